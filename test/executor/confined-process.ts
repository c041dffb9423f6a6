// A step process for the tests of confinement: does to its memory, its output and its parent what a step's parameter `does` says.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import type { FromProcess, StepSpec, ToProcess } from '#server/executor/messages.ts';
import { failureOf } from '#server/executor/runtime/failure.ts';
import { limitReports } from '#server/executor/runtime/report-limits.ts';

const send = (message: FromProcess): void => void process.send!(message);
const say = (id: string, message: string): Promise<void> =>
  new Promise((resolve) => process.send!({ type: 'log', id, level: 'info', message } satisfies FromProcess, () => resolve()));
const stand = (): Promise<never> => new Promise(() => {});
const kept: unknown[] = [];

const MUCH = 5 * 2 ** 30;

const deeds: Record<string, (spec: StepSpec) => Promise<unknown> | unknown> = {
  nothing: () => {},
  /** Holds as many megabytes as it is told, and lets them go. */
  hold: ({ params }) => void Buffer.alloc(Number(params.megabytes) * 2 ** 20, 1),
  objects: () => {
    for (;;) kept.push({ number: Math.random(), more: new Array<number>(1_000).fill(Math.random()) });
  },
  buffers: () => {
    for (let bytes = 0; bytes < MUCH; bytes += 8 << 20) kept.push(Buffer.alloc(8 << 20, 1));
  },
  webAssembly: () => {
    for (let bytes = 0; bytes < MUCH; bytes += 64 << 20) {
      const memory = new WebAssembly.Memory({ initial: 1 });
      kept.push(memory);
      memory.grow(1_023);
      new Uint8Array(memory.buffer).fill(1);
    }
  },
  duckdb: async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: '32GB', threads: '1' })).connect();
    await connection.run(`CREATE TABLE much AS SELECT hash(range) AS a, hash(range + 1) AS b, hash(range + 2) AS c FROM range(${Math.floor(MUCH / 24)})`);
  },
  /** Computes without ever looking up. */
  spin: async ({ attemptId }) => {
    await say(attemptId, 'spinning');
    for (;;);
  },
  compute: async ({ attemptId }) => {
    await say(attemptId, 'computing');
    const until = process.cpuUsage().user + 800_000;
    while (process.cpuUsage().user < until) await new Promise(setImmediate);
  },
  stop: () => {
    process.kill(process.pid, 'SIGSTOP');
    return stand();
  },
  exit: () => process.exit(7),
  /** Starts a program in its group, and one that leaves it and keeps the pipe open. */
  offspring: async ({ attemptId }) => {
    const inside = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const apart = spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
    await say(attemptId, JSON.stringify([inside.pid, apart.pid]));
    for (;;);
  },
  print: ({ params }) => {
    const line = Buffer.from(`${'x'.repeat(2 ** 16 - 1)}\n`);
    for (let bytes = 0; bytes < Number(params.megabytes) * 2 ** 20; bytes += line.length) {
      writeSync(1, line);
      writeSync(2, line);
    }
  },
  logs: ({ attemptId: id }) => {
    const reporter = limitReports({
      log: (level, message) => send({ type: 'log', id, level, message }),
      progress: (fraction, message) => send({ type: 'progress', id, fraction, message }),
      metric: (name, value, iteration) => send({ type: 'metric', id, name, value, iteration }),
    });
    const enormous = 'y'.repeat(2 ** 20);
    for (let line = 0; line < 300_000; line++) {
      reporter.log('info', line % 1_000 ? 'line' : enormous);
      reporter.metric(enormous, line, line);
      reporter.progress(1, enormous);
    }
  },
  /** What it was given: its environment, its folder, its open files, and what it can read of its parent's environment. */
  circumstances: ({ attemptId }) => {
    const files = readdirSync('/proc/self/fd').flatMap((name) => {
      try {
        return [readlinkSync(`/proc/self/fd/${name}`)];
      } catch {
        return [];
      }
    });
    const parent = (() => {
      try {
        return readFileSync(`/proc/${process.ppid}/environ`, 'latin1');
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    })();
    return say(attemptId, JSON.stringify({ env: process.env, folder: process.cwd(), content: readdirSync('.'), files, parent }));
  },
};

process.on('message', (message: ToProcess) => {
  if (message.type !== 'run') return;
  const { spec } = message;
  const id = spec.attemptId;
  send({ type: 'begun', id });
  void (async () => {
    try {
      await deeds[String(spec.params.does)]!(spec);
      send({ type: 'succeeded', id, outputs: [], effects: [], peakBytes: process.memoryUsage.rss(), cpuMilliseconds: 0 });
    } catch (error) {
      kept.length = 0;
      send({ type: 'failed', id, ...failureOf(error), cpuMilliseconds: 0 });
    }
  })();
});
process.on('disconnect', () => process.exit(0));
send({ type: 'ready', pid: process.pid });
