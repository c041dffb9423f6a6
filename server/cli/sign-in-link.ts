import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Access, ensureWorkspace } from '../auth/access.ts';
import { openDatabase } from '../db/client.ts';
import { readEnvironment } from '../env.ts';
import { systemClock } from '../scheduler/clock.ts';
import { UsageError } from './messages.ts';

/** Prints a fresh one-time link for the server that uses the data folder, running or not. */
export default async function signInLink(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { data: { type: 'string' } } });
  const environment = readEnvironment();
  const folder = resolve(values.data ?? environment.dataFolder);
  const file = join(folder, 'modelwright.sqlite');
  if (!existsSync(file)) throw new UsageError(`There is no Modelwright data in ${folder}. Start the server once, or name the folder with --data.`);
  const database = openDatabase(file);
  try {
    const access = new Access(database, systemClock, ensureWorkspace(database, Date.now()));
    const address = join(folder, 'server.url');
    const url = existsSync(address) ? readFileSync(address, 'utf8').trim() : `http://${environment.host}:${environment.port}`;
    console.log(`${url}/sign-in#token=${access.newSignInToken()}`);
    return 0;
  } finally {
    database.$client.close();
  }
}
