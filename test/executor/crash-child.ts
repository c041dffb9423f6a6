import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const compileCache = fileURLToPath(new URL('../../build/compile-cache', import.meta.url));
const script = fileURLToPath(new URL('./crash-server.ts', import.meta.url));

/** What one of the servers in a process does. */
export interface Orders {
  readonly folder: string;
  /** Runs to start, each with its idempotency key. */
  readonly calls: readonly { readonly key: string; readonly pipeline: string }[];
  readonly cancels?: readonly string[];
  /** The process kills itself at this server's n-th transaction, before or after the commit. */
  readonly crashAt?: { readonly commit: number; readonly when: 'before' | 'after' };
}

export interface CrashChild {
  readonly process: ChildProcess;
  /** What it said: `pids …`, `asks KEY`, `started KEY RUN`, `idle`. */
  readonly lines: readonly string[];
  /** Settles with the signal that ended it, once all that it said is there; rejects when it ended by itself. */
  readonly ended: Promise<NodeJS.Signals>;
  go(...orders: Orders[]): void;
  until(wanted: (line: string) => boolean): Promise<string>;
  kill(): Promise<void>;
}

/** A process that has loaded what servers need, and waits for its orders. */
export function launch(): CrashChild {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NODE_COMPILE_CACHE: compileCache } });
  const ended = Promise.all([once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>, once(child.stdout, 'close')]).then(([[code, signal]]) => {
    if (signal === null) throw new Error(`The server ended by itself, with code ${code}.`);
    return signal;
  });
  // Whoever waits for it hears of it; nobody has to.
  ended.catch(() => {});
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const listener of listeners) listener();
  });
  return {
    process: child,
    lines,
    ended,
    go: (...orders) => void child.stdin.write(`${JSON.stringify(orders)}\n`),
    until: (wanted) =>
      new Promise((resolve, reject) => {
        ended.then(() => lines.some(wanted) || reject(new Error(`The server was killed before it said what was waited for.`)), reject);
        const look = (): void => {
          const found = lines.find(wanted);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
