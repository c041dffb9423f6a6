import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn, type Client } from '#test/support/client.ts';
import { LOOP_TIMER } from './figures.ts';

const root = join(import.meta.dirname, '../..');
const START_LIMIT = 60_000;
const STOP_LIMIT = 30_000;
/** A folder for CPU profiles of the servers that end by themselves, for whoever looks for where time goes. */
const profiles = process.env.MODELWRIGHT_BENCH_PROFILES;

export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  /** From the command to an answered /readyz, in ms. */
  readonly readyAfter: number;
  signIn(): Promise<Client>;
  /** As `kill -9`: the server gets no chance to put anything in order. Its step processes end with it. */
  kill(): Promise<void>;
  /** As its owner stops it. */
  stop(): Promise<void>;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) for (const pid of familyOf(child.pid!)) end(pid);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** The server as its owner starts it, in a process of its own, on a free port. */
export async function startServer(dataFolder: string, environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const began = performance.now();
  const flags = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const child = spawn(process.execPath, [...flags, 'server/cli.ts', 'start', '--port', '0', '--data', dataFolder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MODELWRIGHT_LOG: 'error', ...environment },
  });
  alive.add(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => alive.delete(child));
  const family = async (signal: NodeJS.Signals): Promise<void> => {
    const pids = familyOf(child.pid!);
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
    await exited;
    clearTimeout(timer);
    await gone(pids);
  };
  const told = await output(child);
  const url = /(http:\/\/[\d.:]+)/.exec(told)![1]!;
  const status = (await fetch(`${url}/readyz`)).status;
  const readyAfter = performance.now() - began;
  if (status !== 200) throw new Error(`The server said that it is ready, but /readyz gave ${status}.`);
  return {
    pid: child.pid!,
    url,
    readyAfter,
    signIn: async () => signIn(url, /(http:\S+#token=\S+)/.exec(told)?.[1] ?? (await newLink(dataFolder))),
    kill: () => family('SIGKILL'),
    stop: () => family('SIGTERM'),
  };
}

/** A data folder of its own for the work, and nothing of it left afterwards. */
export async function withDataFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** A server with a data folder of its own for the work; killed afterwards, whatever it still does, unless its profile is wanted. */
export const withServer = <T>(work: (server: ServerProcess, client: Client) => Promise<T>, environment: Readonly<Record<string, string>> = {}): Promise<T> =>
  withDataFolder(async (folder) => {
    const server = await startServer(folder, environment);
    try {
      return await work(server, await server.signIn());
    } finally {
      await (profiles ? server.stop() : server.kill());
    }
  });

/** What the server printed, once its first line is whole. */
function output(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server was not ready after ${START_LIMIT / 1_000} s: ${text}`));
    }, START_LIMIT);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The server ended with ${code}: ${text}`));
    });
    child.stdout!.on('data', (piece: Buffer) => {
      text += piece.toString();
      if (!/http:\/\/[\d.:]+/.test(text) || !text.endsWith('\n')) return;
      clearTimeout(timer);
      resolve(text);
    });
  });
}

async function newLink(dataFolder: string): Promise<string> {
  const child = spawn(process.execPath, ['server/cli.ts', 'sign-in-link', '--data', dataFolder], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  const link = /(http:\S+#token=\S+)/.exec(text)?.[1];
  if (!link) throw new Error(`No sign-in link was printed: ${text}`);
  return link;
}

const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

/** The process and all that it started, as long as they are alive. */
export function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
  } catch {
    return [];
  }
}

async function gone(pids: readonly number[]): Promise<void> {
  const until = performance.now() + 3_000;
  while (pids.some((pid) => existsSync(`/proc/${pid}`)) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  // A number may have been given to another process by now only if ours is gone; those that remain are ours.
  for (const pid of pids) if (existsSync(`/proc/${pid}`)) end(pid);
}

/** Memory of the processes in MB. `proportional` counts a page that n processes share as 1/n of it; null where the system does not tell. */
export function memoryOf(pids: readonly number[]): { resident: number; proportional: number | null } {
  const sum = (file: string, field: RegExp): number =>
    pids.reduce((all, pid) => all + Number(field.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))![1]) / 1024, 0);
  const resident = sum('status', /^VmRSS:\s+(\d+)/m);
  try {
    return { resident, proportional: sum('smaps_rollup', /^Pss:\s+(\d+)/m) };
  } catch {
    return { resident, proportional: null };
  }
}

/** The longest time in ms that the server's event loop stood still since the last look; the look sets it back. */
export async function longestBlock(client: Client): Promise<number> {
  const text = await (await fetch(`${client.url}/metrics`, { headers: client.headers })).text();
  const seconds = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]);
  if (!Number.isFinite(seconds)) throw new Error('The server does not tell the delay of its event loop.');
  return Math.max(0, seconds * 1_000 - LOOP_TIMER);
}
