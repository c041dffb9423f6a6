import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { signIn, type Client } from './client.ts';

const root = join(import.meta.dirname, '../..');

/** The server as its owner starts it, in a process of its own on a free port. */
export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  /** From the command until it said that it is ready, in milliseconds. */
  readonly readyAfter: number;
  readonly signInLink: string | null;
  /** What it printed so far. */
  readonly words: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signIn(): Promise<Client>;
  send(signal: NodeJS.Signals): void;
}

/** @throws when it ends before it is ready, with what it printed */
export async function startProcess(dataFolder: string, environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const from = performance.now();
  const child = spawn(process.execPath, ['server/cli.ts', 'start', '--port', '0', '--data', dataFolder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MODELWRIGHT_LOG: 'error', ...environment },
  });
  let words = '';
  const ended = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) => code ?? signal!);
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (piece: Buffer): void => {
      words += piece.toString();
      if (/http:\/\/\S+[\s\S]*\n/.test(words)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then((how) => reject(new Error(`The server ended with ${how}: ${words}`)));
  });
  await ready;
  const readyAfter = performance.now() - from;
  const link = /http:\S+#token=\S+/.exec(words)?.[0] ?? null;
  const url = /http:\/\/[\w.:]+/.exec(words)![0];
  return {
    pid: child.pid!,
    url,
    readyAfter,
    signInLink: link,
    words: () => words,
    ended,
    signIn: () => {
      if (!link) throw new Error('It printed no link, since somebody signed in before.');
      return signIn(url, link);
    },
    send: (signal) => void child.kill(signal),
  };
}
