import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { chooseConfinement } from '#server/executor/confinement/choose.ts';
import { unconfined, type Confinement } from '#server/executor/confinement/confinement.ts';
import type { StepSpec } from '#server/executor/messages.ts';
import { sampleProcess } from '#server/executor/process-sample.ts';
import { StepPool, type StepPoolOptions, type StepReport, type StepResult } from '#server/executor/step-pool.ts';
import { processesIn } from './invariants.ts';

const entry = fileURLToPath(new URL('./confined-process.ts', import.meta.url));
const MEGABYTE = 2 ** 20;
const LIMIT = 320 * MEGABYTE;
const folder = mkdtempSync(join(tmpdir(), 'modelwright-confinement-'));
const never = new AbortController().signal;
const pools: StepPool[] = [];
let count = 0;

async function available(name: Confinement['name']): Promise<boolean> {
  const chosen = await chooseConfinement({ dataFolder: join(folder, 'try'), allowed: [name] });
  await chosen.close();
  return chosen.name === name;
}
const linux = process.platform === 'linux';
const kinds: { name: Confinement['name']; here: boolean; title: string }[] = await Promise.all(
  (['cgroup-v1', 'cgroup-v2', 'data-limit'] as const).map(async (name) => {
    const here = linux && (await available(name));
    return { name, here, title: here ? name : `${name} (skipped: it cannot be set up by this user on this system)` };
  }),
);
const strongest = kinds.find(({ here }) => here)?.name ?? 'none';

const dying = await chooseConfinement({ dataFolder: join(folder, 'data') });
const dropsPrivileges = dying.launcher.includes('--bounding-set=-all,+dac_override');
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(async () => {
  await dying.close();
  await vi.waitUntil(() => processesIn(folder).length === 0, { timeout: 60_000 });
  rmSync(folder, { recursive: true, force: true });
});

function poolOf(options: Partial<StepPoolOptions> = {}): StepPool {
  const pool = new StepPool({
    slots: 1,
    warm: 1,
    memoryBytes: LIMIT,
    folder: join(folder, 'processes'),
    entry,
    killAfterMilliseconds: 50,
    confinement: dying,
    ...options,
  });
  pools.push(pool);
  return pool;
}
const spec = (does: string, params: Record<string, unknown> = {}, memoryBytes = LIMIT): StepSpec => ({
  attemptId: `attempt-${++count}`,
  stepId: 'step',
  node: { id: 'n', type: 'test', version: 1 },
  params: { does, ...params },
  inputs: {},
  datasets: {},
  files: {},
  outputFolder: folder,
  scratchFolder: folder,
  threads: 1,
  memoryBytes,
  allowedHosts: [],
});
async function carryOut(pool: StepPool, step: StepSpec, signal: AbortSignal = never): Promise<{ result: StepResult; reports: StepReport[] }> {
  const reports: StepReport[] = [];
  return { result: await pool.run(step, (report) => reports.push(report), signal), reports };
}
/** Carries out a step, and gives what it said first while it still runs. */
async function begin(pool: StepPool, step: StepSpec, signal: AbortSignal = never): Promise<{ word: string; done: Promise<StepResult> }> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const done = pool.run(step, (report) => report.type === 'log' && resolve(report.message), signal);
  return { word: await promise, done };
}
/** What ran out of memory says so, as an end of its process or as a failure of the step. */
const wantOfMemory = (result: StepResult): boolean =>
  (result.type === 'crashed' && result.outOfMemory) || (result.type === 'failed' && result.code === 'memory_exhausted');
const linkOf = (descriptor: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
};
const exists = (pid: number): boolean => !['Z', undefined].includes(sampleProcess(pid)?.state);

describe.each(kinds)('memory under $title', ({ name, here }) => {
  let confinement: Confinement;
  beforeAll(async () => {
    if (here) confinement = await chooseConfinement({ dataFolder: join(folder, name), allowed: [name] });
  });
  afterAll(async () => {
    if (here) await confinement.close();
  });
  const given = it.skipIf(!here);

  given.each(['objects', 'buffers', 'webAssembly', 'duckdb'])(
    'a step that hoards %s is ended for want of memory, and the server holds no more than before',
    async (does) => {
      const pool = poolOf({ confinement });
      expect(pool.confinement).toBe(name);
      await carryOut(pool, spec('nothing'));
      const before = process.memoryUsage.rss();
      const { result } = await carryOut(pool, spec(does));
      expect(result).toSatisfy(wantOfMemory);
      expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MEGABYTE);
      expect((await carryOut(pool, spec('nothing'))).result.type).toBe('succeeded');
    },
  );

  given('the limit holds without anyone looking', async () => {
    const hoard = `const kept = []; process.stdin.once('data', () => { for (let left = 200; left; left--) kept.push(Buffer.alloc(8 << 20, 1)); process.exit(0) }); console.log('ready')`;
    const child = spawn(process.execPath, ['-e', hoard], { stdio: ['pipe', 'pipe', 'ignore'] });
    const confined = confinement.confine(child.pid!);
    await once(child.stdout, 'data');
    confined.setMemory(LIMIT);
    child.stdin.write('go');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal, confined.ranOut()]).toEqual(name === 'data-limit' ? [1, null, false] : [null, 'SIGKILL', true]);
    await confined.release();
  });

  given('the limit is each job’s own', async () => {
    const pool = poolOf({ confinement, slots: 1 });
    const hold = (megabytes: number, limit: number) => carryOut(pool, spec('hold', { megabytes }, limit * MEGABYTE)).then(({ result }) => result);
    expect((await hold(600, 1_000)).type).toBe('succeeded');
    expect(await hold(600, 320)).toSatisfy(wantOfMemory);
    expect((await hold(100, 320)).type).toBe('succeeded');
    expect((await hold(600, 1_000)).type).toBe('succeeded');
  });
});

describe.each(kinds.filter(({ name }) => name !== 'data-limit'))('groups of $title', ({ name, here }) => {
  const given = it.skipIf(!here);
  const choose = () => chooseConfinement({ dataFolder: join(folder, `groups-${name}`), allowed: [name] });
  const groupOf = (pid: number): string => {
    const line = readFileSync(`/proc/${pid}/cgroup`, 'latin1')
      .split('\n')
      .find((each) => (name === 'cgroup-v1' ? each.includes(':memory:') : each.startsWith('0::')))!;
    return line.slice(line.lastIndexOf(':') + 1);
  };

  given('are removed with their process, and with the server', async () => {
    const confinement = await choose();
    const pool = poolOf({ confinement });
    await carryOut(pool, spec('nothing'));
    const [pid] = pool.pids;
    expect(groupOf(pid!)).toMatch(new RegExp(`/modelwright-[0-9a-f]{16}-${process.pid}-\\d+/step-${pid}$`));
    const mounted = readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .map((line) => `${line.split(' ')[4]}${groupOf(pid!)}`)
      .find((path) => existsSync(path))!;
    await carryOut(pool, spec('exit'));
    await pool.close();
    expect(existsSync(mounted)).toBe(false);
    expect(readdirSync(join(mounted, '..')).filter((each) => each.startsWith('step-'))).toEqual([]);
    await confinement.close();
    expect(existsSync(join(mounted, '..'))).toBe(false);
  });

  given('of an earlier server are emptied and removed at the next start', async () => {
    const earlier = poolOf({ confinement: await choose() });
    const { word, done } = await begin(earlier, spec('offspring'));
    const left = [...earlier.pids, ...(JSON.parse(word) as number[])];
    const next = await choose();
    await done;
    expect(left.filter(exists)).toEqual([]);
    await earlier.close();
    await next.close();
  });
});

describe('without any limit of the system', () => {
  it('the watcher ends what holds too much', async () => {
    const pool = poolOf({ confinement: unconfined() });
    expect(pool.confinement).toBe('none');
    expect((await carryOut(pool, spec('buffers'))).result).toMatchObject({ type: 'crashed', outOfMemory: true, message: expect.stringContaining('320 MB') });
  });
});

describe('a step process', () => {
  const circumstances = async (): Promise<Record<'folder' | 'parent', string> & { env: Record<string, string>; content: string[]; files: string[] }> =>
    JSON.parse((await begin(poolOf(), spec('circumstances'))).word);

  it('starts in an empty folder of its own, without what the server knows', async () => {
    vi.stubEnv('MODELWRIGHT_KEY_CANARY', 'canary-5f2d');
    vi.stubEnv('SOME_TOKEN', 'canary-5f2d');
    const { env, folder: own, content } = await circumstances();
    vi.unstubAllEnvs();
    expect(JSON.stringify(env)).not.toContain('canary-5f2d');
    expect(Object.keys(env).filter((name) => /MODELWRIGHT|TOKEN|SECRET|KEY|PASSWORD/.test(name))).toEqual([]);
    expect([env.HOME, env.TMPDIR, content]).toEqual([own, own, []]);
  });

  it.skipIf(!linux)('has nothing open that the server opened', async () => {
    const links = (): string[] => readdirSync('/proc/self/fd').map(linkOf).filter(Boolean);
    const before = new Set(links());
    const file = openSync(fileURLToPath(import.meta.url), 'r');
    const socket = createServer().listen(0, '127.0.0.1');
    await once(socket, 'listening');
    const opened = links().filter((link) => !before.has(link));
    expect(opened).toEqual(expect.arrayContaining([fileURLToPath(import.meta.url), expect.stringMatching(/^socket:/)]));
    const { files } = await circumstances();
    expect(files.filter((each) => opened.includes(each))).toEqual([]);
    socket.close();
    closeSync(file);
  });

  it.skipIf(!dropsPrivileges)('cannot read the server’s own environment when the server is root', async () => {
    expect((await circumstances()).parent).toBe('EACCES');
  });

  it.skipIf(!linux)('may open a bounded number of files, leave no dump, and gain no privilege', async () => {
    const pool = poolOf();
    await carryOut(pool, spec('nothing'));
    const [pid] = pool.pids;
    if (dying.launcher.some((word) => word.endsWith('prlimit'))) {
      expect(readFileSync(`/proc/${pid}/limits`, 'latin1')).toMatch(/Max core file size +0 +0/);
      expect(Number(/Max open files +\d+ +(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))![1])).toBeLessThanOrEqual(4_096);
    }
    if (dying.launcher.includes('--nnp')) expect(readFileSync(`/proc/${pid}/status`, 'latin1')).toMatch(/^NoNewPrivs:\s+1$/m);
    if (dropsPrivileges) expect(readFileSync(`/proc/${pid}/status`, 'latin1')).toMatch(/^CapEff:\s+0+2$/m);
  });

  it('that ends is noticed, with its code', async () => {
    const pool = poolOf();
    expect((await carryOut(pool, spec('exit'))).result).toMatchObject({ type: 'crashed', outOfMemory: false, message: expect.stringContaining('code 7') });
    const { word, done } = await begin(pool, spec('offspring'));
    expect(JSON.parse(word)).toHaveLength(2);
    for (const pid of pool.pids) process.kill(pid, 'SIGKILL');
    expect(await done).toMatchObject({ type: 'crashed', outOfMemory: false, message: expect.stringContaining('SIGKILL') });
  });

  it.skipIf(!linux)('that is stopped is found and ended', async () => {
    const { result } = await carryOut(poolOf({ stoppedAfterMilliseconds: 300 }), spec('stop'));
    expect(result).toMatchObject({ type: 'crashed', outOfMemory: false, message: expect.stringContaining('was stopped from outside') });
  });

  it.skipIf(!linux)('is not taken for stopped while it waits or computes', async () => {
    expect((await carryOut(poolOf({ stoppedAfterMilliseconds: 300 }), spec('compute'))).result.type).toBe('succeeded');
  });

  it('that is cancelled takes all it started with it', async () => {
    const controller = new AbortController();
    const pool = poolOf();
    const { word, done } = await begin(pool, spec('offspring'), controller.signal);
    const [inside, apart] = JSON.parse(word) as [number, number];
    const pids = [...pool.pids];
    controller.abort();
    expect((await done).type).toBe('cancelled');
    await pool.close();
    expect([...pids, inside].filter(exists)).toEqual([]);
    // What leaves the process group is found by its control group alone.
    if (strongest.startsWith('cgroup')) expect(exists(apart)).toBe(false);
    else process.kill(apart, 'SIGKILL');
  });

  it.skipIf(!linux)('tells what its job uses', async () => {
    const { result, reports } = await carryOut(poolOf(), spec('compute'));
    expect(result.type).toBe('succeeded');
    const usage = reports.flatMap((report) => (report.type === 'usage' ? [report] : []));
    expect(usage.at(-1)!.cpuMilliseconds).toBeGreaterThan(0);
    expect(usage.map(({ cpuMilliseconds }) => cpuMilliseconds)).toEqual(usage.map(({ cpuMilliseconds }) => cpuMilliseconds).sort((a, b) => a - b));
    for (const { residentBytes } of usage) expect(residentBytes).toBeGreaterThan(20 * MEGABYTE);
  });
});

describe('a server that is killed', () => {
  it.skipIf(!linux)('takes its step process with it, although that never looks up', async () => {
    const data = join(folder, 'killed');
    const server = spawn(process.execPath, [fileURLToPath(new URL('./confined-server.ts', import.meta.url)), data], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [words] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
    const pids = words.trim().split(',').map(Number);
    expect(pids.every(exists)).toBe(true);
    server.kill('SIGKILL');
    await once(server, 'exit');
    // Without setpriv the next server ends it, by its registry.
    if (dying.launcher.includes('--pdeathsig')) await vi.waitUntil(() => !pids.some(exists), { timeout: 60_000 });
    else for (const pid of pids) process.kill(pid, 'SIGKILL');
    await (await chooseConfinement({ dataFolder: data })).close();
  });
});

describe('a step that talks without end', () => {
  test('to its output', async () => {
    const pool = poolOf();
    await carryOut(pool, spec('nothing'));
    const before = process.memoryUsage.rss();
    const { result, reports } = await carryOut(pool, spec('print', { megabytes: 64 }));
    expect(result.type).toBe('succeeded');
    expect(reports.filter(({ type }) => type !== 'usage')).toEqual([]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MEGABYTE);
    expect(readdirSync(join(folder, 'processes')).flatMap((name) => readdirSync(join(folder, 'processes', name)))).toEqual([]);
  });

  test('to its log', async () => {
    const pool = poolOf();
    await carryOut(pool, spec('nothing'));
    const before = process.memoryUsage.rss();
    const { result, reports } = await carryOut(pool, spec('logs'));
    expect(result.type).toBe('succeeded');
    const lines = reports.flatMap((report) => (report.type === 'log' ? [report.message] : []));
    expect(lines).toHaveLength(2_001);
    expect(lines.at(-1)).toContain('further lines were dropped');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(4_100);
    expect(reports.filter(({ type }) => type === 'metric')).toHaveLength(20_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MEGABYTE);
  });
});
