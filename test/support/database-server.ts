import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The whole path of a program, looked for in folders and in PATH; null when it is not here. */
export function findProgram(names: readonly string[], folders: readonly string[]): string | null {
  for (const folder of [...folders, ...(process.env.PATH ?? '').split(delimiter)]) {
    for (const name of names) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not there, or not to be run.
      }
    }
  }
  return null;
}

/** Who runs a database server, since neither PostgreSQL nor MariaDB runs as root. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Null when the tests do not run as root: then servers run as whoever runs the tests. */
function ordinaryAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'mysql', 'nobody'].map((name) => accounts.find((account) => account[0] === name)).find((account) => account !== undefined);
  if (!found) throw new Error('No ordinary user is here to run a database server as.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** A temporary folder that the server's user owns. */
export class ServerFolder {
  readonly path: string;
  readonly account: Account | null = ordinaryAccount();

  constructor(name: string) {
    this.path = mkdtempSync(join(tmpdir(), `modelwright-${name}-`));
    if (this.account) chownSync(this.path, this.account.uid, this.account.gid);
  }

  /** Runs a program to its end as the server's user. */
  run(program: string, args: readonly string[]): void {
    execFileSync(program, args, { ...this.account, cwd: this.path, env: { PATH: process.env.PATH, HOME: this.path, LC_ALL: 'C.UTF-8' }, stdio: 'pipe' });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A certificate for `localhost` that signs itself, `server.crt` and `server.key`; false where there is no openssl. */
export function makeCertificate(folder: ServerFolder): boolean {
  const openssl = findProgram(['openssl'], []);
  if (!openssl) return false;
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'server.key'];
  folder.run(openssl, ['req', '-x509', ...key, '-out', 'server.crt', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']);
  return true;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

// Ends the server and removes its folder when standard input ends, so also when the tests are killed; nobody may be left to hear of it.
const KEEPER = `exec 3<&0
"$@" 3<&- &
server=$!
exec 2>/dev/null
{ cat <&3 >/dev/null; kill -s "$SIGNAL" $server; } &
wait $server
cd /
rm -rf "$FOLDER"`;

/** Starts a server that says on standard error when it is ready. Gives what stops it and removes its folder. */
export async function startDatabase(folder: ServerFolder, command: readonly string[], ready: RegExp, signal: string): Promise<() => Promise<void>> {
  const child = spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], {
    ...folder.account,
    cwd: folder.path,
    env: { PATH: process.env.PATH, HOME: folder.path, FOLDER: folder.path, SIGNAL: signal },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let words = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (piece: Buffer) => {
      if (words.length < 100_000) words += piece.toString();
      if (ready.test(words)) resolve();
    });
    void ended.then(() => reject(new Error(`The database server ended: ${words}`)));
  });
  return async () => {
    child.stdin.end();
    await ended;
  };
}
