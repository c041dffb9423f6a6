import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StorageItem, StorageView } from '#server/assets/storage.ts';
import { AppError } from '#server/errors.ts';
import { Disk } from '#server/store/disk.ts';
import { finishedRun, signIn } from '#test/support/client.ts';
import { startServer, startedServer } from '#test/support/server.ts';

const { server, client } = await startedServer();

const storeFolder = () => join(server.dataFolder, 'store');
/** Every file in the store with its size, by hash. */
function stored(): Map<string, number> {
  const files = new Map<string, number>();
  for (const prefix of readdirSync(storeFolder()).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    for (const rest of readdirSync(join(storeFolder(), prefix))) files.set(prefix + rest, statSync(join(storeFolder(), prefix, rest)).size);
  return files;
}
const bytesOf = (hashes: Iterable<string>): number => [...new Set(hashes)].reduce((sum, hash) => sum + (stored().get(hash) ?? NaN), 0);
const remove = async (path: string): Promise<void> => expect((await client.request(path, { method: 'DELETE' })).status).toBe(204);
const view = (): Promise<StorageView> => client.get<StorageView>('/storage');
const itemOf = (found: StorageView, id: string): StorageItem | undefined => found.items.find((item) => item.id === id);
const upload = async (name: string, content: string): Promise<{ hash: string; bytes: number }> => {
  const answer = await client.request(`/datasets/${name}`, {
    method: 'PUT',
    headers: { 'x-file-name': 'data.csv', 'content-type': 'application/octet-stream' },
    body: content,
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { hash: string; bytes: number };
};
const csv = (first: number): string => `x,y\n${Array.from({ length: 500 }, (_, row) => `${first + row},${(first * row) % 97}`).join('\n')}\n`;
/** A pipeline that types in a table and keeps one of its columns; equal content gives equal files. */
async function pipelineOf(name: string, first: number): Promise<string> {
  const document = {
    formatVersion: 1,
    name,
    nodes: [
      { id: 'table', type: 'enter-data-manually', version: 1, params: { data: csv(first) } },
      { id: 'kept', type: 'select-columns-in-dataset', version: 1, params: { columns: { mode: 'names', names: ['x'] } } },
    ],
    edges: [{ from: { node: 'table', port: 'data' }, to: { node: 'kept', port: 'data' } }],
  };
  return (await client.post<{ id: string }>('/pipelines', { document })).id;
}
async function run(pipelineId: string): Promise<{ id: string; hashes: string[] }> {
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipelineId}/runs`, {});
  const { status, steps } = await finishedRun(client, id);
  expect(status).toBe('succeeded');
  return { id, hashes: steps.flatMap((step) => step.outputs.map((output) => output.hash)) };
}

describe('deleting', () => {
  it('a dataset frees its files', async () => {
    const { hash } = await upload('gone', csv(1));
    expect(stored().has(hash)).toBe(true);
    await remove('/datasets/gone');
    expect(stored().has(hash)).toBe(false);
  });

  it('a run frees what it alone holds, and keeps what another run shares', async () => {
    const pipeline = await pipelineOf('Two runs', 10_000);
    const [first, second] = [await run(pipeline), await run(pipeline)];
    expect(second.hashes).toEqual(first.hashes);
    await remove(`/runs/${first.id}`);
    for (const hash of first.hashes) expect(stored().has(hash)).toBe(true);
    await remove(`/runs/${second.id}`);
    for (const hash of first.hashes) expect(stored().has(hash)).toBe(false);
  });

  it('a pipeline frees the files of all its runs', async () => {
    const pipeline = await pipelineOf('All of it', 20_000);
    const { hashes } = await run(pipeline);
    await remove(`/pipelines/${pipeline}`);
    for (const hash of hashes) expect(stored().has(hash)).toBe(false);
  });
});

describe('what is on the disk', () => {
  it('is told for each kind and asset, with what is shared', async () => {
    const pipeline = await pipelineOf('Shown', 30_000);
    const [first, second] = [await run(pipeline), await run(pipeline)];
    const other = await run(await pipelineOf('Alone', 40_000));
    const dataset = await upload('shown', csv(50_000));
    const found = await view();
    expect(itemOf(found, first.id)).toMatchObject({ kind: 'run', bytes: bytesOf(first.hashes), sharedBytes: bytesOf(first.hashes) });
    expect(itemOf(found, first.id)!.name).toMatch(/^Shown, run \d+$/);
    expect(itemOf(found, other.id)).toMatchObject({ bytes: bytesOf(other.hashes), sharedBytes: 0 });
    expect(found.items.find((item) => item.kind === 'dataset')).toMatchObject({ name: 'shown', bytes: dataset.bytes, sharedBytes: 0 });
    expect(found.items.map((item) => item.bytes)).toEqual(found.items.map((item) => item.bytes).toSorted((a, b) => b - a));
    const kinds = Object.fromEntries(found.byKind.map(({ kind, bytes, count }) => [kind, [bytes, count]]));
    expect(kinds).toEqual({
      dataset: [dataset.bytes, 1],
      run: [bytesOf([...first.hashes, ...other.hashes]), 3],
      file: [0, 0],
      model: [0, 0],
      deployment: [0, 0],
      pin: [0, 0],
    });
    expect(found.totalBytes).toBe(bytesOf(stored().keys()) + found.databaseBytes + found.walBytes);
    expect(found.unreferencedBytes).toBe(0);
    expect(found.freeDiskBytes).toBeGreaterThan(0);
    const { storage, access } = server.running.services;
    for (const { id } of [first, second, other]) {
      const { bytes, sharedBytes } = itemOf(found, id)!;
      expect(storage.storageOf(access.workspace.id, 'run', id)).toEqual({ bytes, sharedBytes });
    }
    expect(storage.storageOf('another', 'run', first.id)).toEqual({ bytes: 0, sharedBytes: 0 });
    const { bytes } = itemOf(found, first.id)!;
    expect(await client.get(`/storage/run/${first.id}`)).toEqual({ bytes, sharedBytes: bytes });
    expect(await client.get(`/storage/pipeline/${pipeline}`)).toEqual({ bytes, sharedBytes: 0 });
    expect(await client.get('/storage/dataset/shown')).toEqual({ bytes: dataset.bytes, sharedBytes: 0 });
    expect(await client.get('/storage/dataset/unknown')).toEqual({ bytes: 0, sharedBytes: 0 });
    expect((await client.request('/storage/nothing/x')).status).toBe(400);
  });

  it('tells which pipeline’s pins hold results, also once their run is gone', async () => {
    const pipeline = await pipelineOf('Pinned', 60_000);
    const made = await run(pipeline);
    const { document, revision } = await client.get<{ document: { nodes: { id: string; pin?: unknown }[] }; revision: number }>(`/pipelines/${pipeline}`);
    const kept = made.hashes.at(-1)!;
    const nodes = document.nodes.map((node) => (node.id === 'kept' ? { ...node, pin: { run: 1, outputs: { data: kept } } } : node));
    const saved = await client.request(`/pipelines/${pipeline}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
      body: JSON.stringify({ document: { ...document, nodes } }),
    });
    expect(saved.status).toBe(200);
    await remove(`/runs/${made.id}`);
    expect(stored().has(kept)).toBe(true);
    const pin = (await view()).items.find((item) => item.kind === 'pin');
    expect(pin).toMatchObject({ id: pipeline, name: 'Pinned', bytes: bytesOf([kept]), sharedBytes: 0 });
    await remove(`/pipelines/${pipeline}`);
    expect(stored().has(kept)).toBe(false);
  });

  it('is freed by a sweep when nothing refers to it, but never while someone is about to name it', async () => {
    const { store, database, access } = server.running.services;
    const before = stored();
    const place = async (content: string): Promise<string> => {
      const { createHash, randomUUID } = await import('node:crypto');
      const hash = createHash('sha256').update(content).digest('hex');
      const path = join(await store.newOutputFolder(randomUUID()), 'output');
      writeFileSync(path, content);
      await store.publish(path, hash);
      return hash;
    };
    const [orphan, unreferenced, held] = [await place('no row names this'), await place('nothing refers to it'), await place('a step is at work')];
    database.$client
      .prepare(`INSERT INTO artifacts (workspace_id, hash, kind, bytes, meta, created_at) VALUES (?, ?, 'file', 20, '{"kind":"file","name":""}', 0)`)
      .run(access.workspace.id, unreferenced);
    expect((await view()).unreferencedBytes).toBe(20);
    const release = store.hold(held);
    expect(await client.post('/storage/sweep')).toEqual({ files: 2, bytes: 17 + 20 });
    expect(stored().has(held)).toBe(true);
    expect([orphan, unreferenced].some((hash) => stored().has(hash))).toBe(false);
    release();
    expect(await client.post('/storage/sweep')).toEqual({ files: 1, bytes: 17 });
    expect(stored()).toEqual(before);
    expect(await client.post('/storage/sweep')).toEqual({ files: 0, bytes: 0 });
  });
});

describe('a disk with too little left', () => {
  it('refuses new runs and uploads with 507 and what to do, while all else works', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelwright-disk-'));
    const full = await startServer({ dataFolder: folder, environment: { diskReserveBytes: Number.MAX_SAFE_INTEGER } });
    try {
      const there = await signIn(full.url, full.signInLink);
      const { id } = await there.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Waits', nodes: [], edges: [] } });
      const json = { 'content-type': 'application/json' };
      const refused = [
        await there.request(`/pipelines/${id}/runs`, { method: 'POST', headers: json, body: '{}' }),
        await there.request('/datasets/new', { method: 'PUT', headers: { 'x-file-name': 'a.csv' }, body: 'a\n1\n' }),
        await there.request('/files', { method: 'POST', headers: { 'x-file-name': 'a.csv' }, body: 'a\n1\n' }),
      ];
      for (const answer of refused) {
        expect(answer.status).toBe(507);
        expect(await answer.json()).toMatchObject({
          code: 'disk_full',
          detail: expect.stringMatching(/has \d+ MB free, and this needs \d+ MB\. Delete runs/) as string,
        });
      }
      expect((await there.request(`/pipelines/${id}`)).status).toBe(200);
      expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
    } finally {
      await full.stop();
    }
  });

  it('keeps 200 MB, or 2 % of a small disk, unless told otherwise', () => {
    const { freeBytes, totalBytes } = new Disk(tmpdir()).space();
    const reserve = Math.min(200 * 2 ** 20, totalBytes * 0.02);
    expect(freeBytes).toBeGreaterThan(reserve);
    new Disk(tmpdir()).refuseWhenFull();
    expect(() => new Disk(tmpdir()).refuseWhenFull(freeBytes)).toThrow(AppError);
    new Disk(tmpdir(), 0).refuseWhenFull(Math.floor(freeBytes / 2));
  });
});
