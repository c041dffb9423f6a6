import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokenInvariants } from '#test/executor/invariants.ts';
import { finishedRun, signIn } from '#test/support/client.ts';
import { startServer } from '#test/support/server.ts';

/** Why no small disk can be mounted here, or null. */
function noMount(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder]);
    return null;
  } catch (error) {
    return `a tmpfs cannot be mounted here: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const reason = noMount();

let disk: string;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'modelwright-disk-'));
  if (!reason) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
});
afterEach(() => {
  if (!reason) execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

const csv = (seed: number): string => {
  let state = seed;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  return `x,y\n${Array.from({ length: 30_000 }, () => `${next()},${next()}`).join('\n')}\n`;
};
/** Takes all of the disk but so many bytes. */
function leaveFree(bytes: number): void {
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(freeBytes() - bytes));
}
const freeBytes = (): number => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};

test.skipIf(reason)(
  `a full disk refuses, harms nothing, and work goes on when there is room${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const dataFolder = join(disk, 'data');
    // No reserve: this is about the disk being really full.
    const server = await startServer({ dataFolder, environment: { diskReserveBytes: 0 } });
    const client = await signIn(server.url, server.signInLink);
    const put = (seed: number) =>
      client.request(`/datasets/d${seed}`, {
        method: 'PUT',
        headers: { 'x-file-name': 'data.csv', 'content-type': 'application/octet-stream' },
        body: csv(seed),
      });
    expect((await put(0)).status).toBe(201);
    const document = {
      formatVersion: 1,
      name: 'Works',
      nodes: [
        { id: 'data', type: 'dataset', version: 1, params: { dataset: { name: 'd0', version: null } } },
        { id: 'query', type: 'apply-sql-transformation', version: 1, params: { script: 'SELECT x + y AS z FROM t1' } },
      ],
      edges: [{ from: { node: 'data', port: 'data' }, to: { node: 'query', port: 't1' } }],
    };
    const { id: pipeline } = await client.post<{ id: string }>('/pipelines', { document });
    const start = () =>
      client.request(`/pipelines/${pipeline}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ force: true }) });
    const before = await finishedRun(client, ((await (await start()).json()) as { id: string }).id);
    expect(before.status).toBe('succeeded');

    leaveFree(2 * 2 ** 20);
    const refusals: { status: number; text: string }[] = [];
    const accepted: string[] = [];
    for (let seed = 1; seed < 60 && refusals.length < 3; seed++) {
      const answer = await put(seed);
      if (answer.status === 201) accepted.push(`d${seed}`);
      else refusals.push({ status: answer.status, text: await answer.text() });
    }
    expect(refusals.length).toBe(3);
    // What is left over is filled too, so that the database itself meets the end of the disk.
    const last = join(disk, 'last');
    try {
      writeFileSync(last, Buffer.alloc(4 * 2 ** 20));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
    expect(freeBytes()).toBe(0);
    const held: { status: number; text: string }[] = [];
    const open: string[] = [];
    for (let each = 0; each < 40 && held.length < 3; each++) {
      const answer = await start();
      if (answer.status === 202) open.push(((await answer.json()) as { id: string }).id);
      else held.push({ status: answer.status, text: await answer.text() });
    }
    for (const { status, text } of [...refusals, ...held]) {
      expect([status, text]).toEqual([507, expect.stringContaining('Delete runs or datasets')]);
      expect(JSON.parse(text)).toMatchObject({ code: 'disk_full' });
    }
    expect(held.length).toBe(3);

    const list = await client.get<{ items: { name: string }[] }>('/datasets?limit=200');
    expect(list.items.map(({ name }) => name).toSorted()).toEqual(['d0', ...accepted].toSorted());
    expect((await client.get<{ freeDiskBytes: number }>('/storage')).freeDiskBytes).toBe(0);
    const store = join(dataFolder, 'store');
    const damaged = readdirSync(store)
      .filter((name) => /^[0-9a-f]{2}$/.test(name))
      .flatMap((prefix) => readdirSync(join(store, prefix)).map((rest) => [prefix + rest, readFileSync(join(store, prefix, rest))] as const))
      .filter(([hash, content]) => content.length === 0 || createHash('sha256').update(content).digest('hex') !== hash);
    expect(damaged).toEqual([]);

    rmSync(last);
    rmSync(join(disk, 'ballast'));
    expect((await client.request('/datasets/d1', { method: 'DELETE' })).status).toBe(204);
    for (const id of open) await finishedRun(client, id);
    const after = await finishedRun(client, ((await (await start()).json()) as { id: string }).id);
    expect(after.status).toBe('succeeded');
    expect(after.steps.flatMap((step) => step.outputs.map(({ hash }) => hash))).toEqual(before.steps.flatMap((step) => step.outputs.map(({ hash }) => hash)));
    expect((await put(1)).status).toBe(201);
    const { database, store: files, runs } = server.running.services;
    await runs.drain(1_000);
    expect(brokenInvariants({ db: database, store: files, folder: dataFolder })).toEqual([]);
    await server.stop({ keep: true });
  },
  300_000,
);

test.skipIf(reason)(
  'with the reserve, work is refused while the database still can write',
  async () => {
    const server = await startServer({ dataFolder: join(disk, 'data'), environment: { diskReserveBytes: 4 * 2 ** 20 } });
    const client = await signIn(server.url, server.signInLink);
    leaveFree(6 * 2 ** 20);
    let status = 201;
    for (let seed = 0; status === 201 && seed < 100; seed++)
      ({ status } = await client.request(`/datasets/d${seed}`, {
        method: 'PUT',
        headers: { 'x-file-name': 'data.csv', 'content-type': 'application/octet-stream' },
        body: csv(seed),
      }));
    expect(status).toBe(507);
    expect(freeBytes()).toBeGreaterThan(2 * 2 ** 20);
    await client.post('/pipelines', { document: { formatVersion: 1, name: 'Still written', nodes: [], edges: [] } });
    await server.stop({ keep: true });
  },
  120_000,
);
