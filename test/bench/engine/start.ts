import type { BenchRow } from '../types.ts';
import { median, row, whole } from '../figures.ts';
import { familyOf, memoryOf, startServer, withDataFolder, type ServerProcess } from '../server-process.ts';

const STARTS = 3;
const SETTLE = 3_000;

async function readyAfter(folder: string): Promise<number> {
  const server = await startServer(folder);
  await server.stop();
  return server.readyAfter;
}

async function idle(server: ServerProcess): Promise<BenchRow[]> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  const pids = familyOf(server.pid);
  const all = memoryOf(pids);
  const own = memoryOf([server.pid]);
  const text = `idle memory: ${pids.length} processes ${SETTLE / 1_000} s after the start`;
  const resident = `resident (RSS) of the server alone ${whole(own.resident)} MB, of all ${whole(all.resident)} MB`;
  return all.proportional === null
    ? [row(`${text}, ${resident}, pages that they share counted more than once`, 'MB', all.resident)]
    : [row(`${text}, proportional (PSS); ${resident}`, 'MB', all.proportional)];
}

/** From the command to an answered /readyz, and what the server holds when nobody asks anything of it. */
export async function start(): Promise<BenchRow[]> {
  // Fills the cache of compiled code, as the first start after an installation does.
  await withDataFolder(readyAfter);
  const empty: number[] = [];
  for (let index = 0; index < STARTS; index++) empty.push(await withDataFolder(readyAfter));
  return withDataFolder(async (folder) => {
    const existing: number[] = [];
    await readyAfter(folder);
    for (let index = 0; index < STARTS; index++) existing.push(await readyAfter(folder));
    const server = await startServer(folder);
    try {
      return [
        row(`start to ready: empty data folder, median of ${STARTS}`, 'ms', median(empty)),
        row(`start to ready: existing data folder, median of ${STARTS}`, 'ms', median(existing)),
        ...(await idle(server)),
      ];
    } finally {
      await server.kill();
    }
  });
}
