import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeEntry } from '#test/executor/harness.ts';
import type { Behaviour } from '#test/executor/test-nodes.ts';
import type { StepSpec } from './messages.ts';
import { ProcessRegistry } from './process-registry.ts';
import { StepPool, TaskCrashed, type StepPoolOptions } from './step-pool.ts';

let folder: string;
const pools: StepPool[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-pool-'));
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  rmSync(folder, { recursive: true, force: true });
});

function poolOf(options: Partial<StepPoolOptions> = {}): StepPool {
  const pool = new StepPool({ slots: 1, memoryBytes: 2 ** 29, folder, entry: fakeEntry, killAfterMilliseconds: 100, ...options });
  pools.push(pool);
  return pool;
}
const spec = (behaviour: Behaviour, attemptId: string = behaviour): StepSpec => ({
  attemptId,
  stepId: 'step',
  node: { id: 'n', type: 'sure', version: 1 },
  params: { value: 'x', behaviour, journal: '', gate: join(folder, 'gate'), constant: true },
  inputs: {},
  datasets: {},
  files: {},
  outputFolder: folder,
  scratchFolder: folder,
  threads: 1,
  memoryBytes: 2 ** 29,
  allowedHosts: [],
});
const silent = (): void => {};
const never = new AbortController().signal;
/** Any task of the fake process answers with its arguments. */
const ask = (pool: StepPool, args: string, signal?: AbortSignal): Promise<unknown> => pool.task('profile', args as never, signal);
const exists = (pid: number): boolean => existsSync(`/proc/${pid}`);

test('a task is answered while all slots are taken', async () => {
  const pool = poolOf();
  const steps = [pool.run(spec('wait', 'first'), silent, never), pool.run(spec('wait', 'second'), silent, never)];
  expect(await ask(pool, 'hello')).toBe('hello');
  writeFileSync(join(folder, 'gate'), '');
  expect((await Promise.all(steps)).map((result) => result.type)).toEqual(['succeeded', 'succeeded']);
});

test('a process knows nothing of the server: its environment, its folder', async () => {
  process.env.MODELWRIGHT_CANARY = 'secret';
  const { env, cwd } = (await ask(poolOf(), 'env')) as { env: Record<string, string>; cwd: string };
  delete process.env.MODELWRIGHT_CANARY;
  expect(
    Object.keys(env).filter(
      (name) =>
        ![
          'PATH',
          'TZ',
          'LANG',
          'LC_ALL',
          'HOME',
          'TMPDIR',
          'NODE_ENV',
          'NODE_CHANNEL_FD',
          'NODE_CHANNEL_SERIALIZATION_MODE',
          'ONNXRUNTIME_NODE_INSTALL',
          'NODE_COMPILE_CACHE',
        ].includes(name),
    ),
  ).toEqual([]);
  expect(cwd).toBe(env.HOME);
  expect(cwd.startsWith(folder)).toBe(true);
});

test('a process that ends is replaced, and its task fails with a reason', async () => {
  const pool = poolOf();
  await expect(ask(pool, 'exit')).rejects.toThrow(TaskCrashed);
  await expect(ask(pool, 'fail')).rejects.toMatchObject({ code: 'data_unparsable', message: 'Not a table.' });
  expect(await ask(pool, 'again')).toBe('again');
});

test('work given to processes that end before they begin with it is given to another', async () => {
  const pool = poolOf();
  await ask(pool, 'hello');
  await expect.poll(() => pool.pids.length).toBe(2);
  const { pids } = pool;
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const work = [ask(pool, 'again'), pool.run(spec('ok'), silent, never)] as const;
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  expect(await work[0]).toBe('again');
  expect((await work[1]).type).toBe('succeeded');
});

test('work that no process begins with is cancelled all the same', async () => {
  const pool = poolOf({ killAfterMilliseconds: 20 });
  await ask(pool, 'hello');
  for (const pid of pool.pids) process.kill(pid, 'SIGSTOP');
  const controller = new AbortController();
  const work = pool.run(spec('ok'), silent, controller.signal);
  controller.abort();
  expect((await work).type).toBe('cancelled');
});

test('what does not listen is ended after a while, with its whole group, and counts as cancelled', async () => {
  const pool = poolOf();
  const controller = new AbortController();
  const begun = Promise.withResolvers<void>();
  const deaf = pool.run(spec('deaf'), () => begun.resolve(), controller.signal);
  await begun.promise;
  const queued = pool.run(spec('ok', 'queued'), silent, controller.signal);
  const unanswered = expect(ask(pool, 'never', controller.signal)).rejects.toThrow('aborted');
  controller.abort();
  expect(await queued).toEqual({ type: 'cancelled', id: 'queued' });
  expect(await deaf).toEqual({ type: 'cancelled', id: 'deaf' });
  await unanswered;
  expect((await pool.run(spec('ok'), silent, never)).type).toBe('succeeded');
});

test('processes are replaced after their share of jobs', async () => {
  const pool = poolOf({ slots: 1, recycleAfter: 2 });
  const pids = new Set<number>();
  for (let count = 0; count < 8; count++) pids.add(((await ask(pool, 'env')) as { pid: number }).pid);
  expect(pids.size).toBeGreaterThanOrEqual(4);
});

test('an installation that cannot start processes says so instead of waiting for ever', async () => {
  const words: string[] = [];
  const entry = join(folder, 'broken.ts');
  writeFileSync(entry, 'throw new Error("broken installation")');
  const pool = poolOf({ entry, onCrash: (_pid, lastWords) => words.push(lastWords) });
  expect(await pool.run(spec('ok'), silent, never)).toMatchObject({ type: 'crashed', message: expect.stringContaining('cannot be started') });
  expect(words.join()).toContain('broken installation');
});

test('closing ends every process; a registry lets the next server end what a killed one left', async () => {
  const file = join(folder, 'processes.json');
  const left = new StepPool({ slots: 2, memoryBytes: 2 ** 29, folder, entry: fakeEntry, registry: new ProcessRegistry(file) });
  await ask(left, 'ping');
  const { pids } = left;
  expect(pids).toHaveLength(3);
  const ended = new ProcessRegistry(file).endOrphans();
  expect(ended.sort()).toEqual(pids.sort());
  await left.close();
  expect(pids.filter(exists)).toEqual([]);
  expect(new ProcessRegistry(file).endOrphans()).toEqual([]);
});
