import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '#server/db/client.ts';
import { ArtifactDamaged, PathRefused, resolveInside, Store } from './store.ts';
import { sweepArtifacts, sweepOrphans } from './sweep.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-store-'));
  store = new Store(join(folder, 'store'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
async function hashesOf(from: Store): Promise<string[]> {
  const hashes: string[] = [];
  for await (const hash of from.hashes()) hashes.push(hash);
  return hashes;
}
let attempts = 0;
/** Writes content as a step would. */
async function written(content: string | Buffer): Promise<{ path: string; hash: string }> {
  const path = join(await store.newOutputFolder(`attempt-${++attempts}`), 'output');
  writeFileSync(path, content);
  return { path, hash: hashOf(content) };
}
async function published(content: string | Buffer): Promise<string> {
  const { path, hash } = await written(content);
  await store.publish(path, hash);
  return hash;
}

describe('publish', () => {
  test('takes a file in under its hash; equal content is kept once', async () => {
    const hash = await published('rows');
    const again = await written('rows');
    await store.publish(again.path, again.hash);
    expect(readFileSync(store.pathOf(hash), 'utf8')).toBe('rows');
    expect(await store.size()).toBe(4);
    await store.publish(store.pathOf(hash), hash);
  });

  test('takes large files in too', async () => {
    const content = Buffer.alloc(5_000_000, 7);
    const hash = await published(content);
    expect((await new Store(store.folder).open(hash)).bytes).toBe(5_000_000);
  });

  test('refuses content that is not what was announced, and files from elsewhere', async () => {
    const { path } = await written('one');
    await expect(store.publish(path, hashOf('two'))).rejects.toThrow(ArtifactDamaged);
    const outside = join(folder, 'secret');
    writeFileSync(outside, 'secret');
    await expect(store.publish(outside, hashOf('secret'))).rejects.toThrow(PathRefused);
    const link = join(await store.newOutputFolder('link'), 'output');
    symlinkSync(outside, link);
    await expect(store.publish(link, hashOf('secret'))).rejects.toThrow(PathRefused);
    expect(await hashesOf(store)).toEqual([]);
  });
});

describe('open', () => {
  test('notices damage in a new process, puts the file aside, and counts it as gone from then on', async () => {
    const hash = await published('good rows');
    writeFileSync(store.pathOf(hash), 'bad! rows');
    const next = new Store(store.folder);
    await expect(next.open(hash)).rejects.toThrow('is damaged');
    await expect(next.open(hash)).rejects.toThrow('is gone');
    expect(readdirSync(join(store.folder, 'quarantine'))).toHaveLength(1);
  });

  test('notices that a file was touched after it was verified', async () => {
    const hash = await published('good rows');
    expect(store.isSound(hash)).toBe(true);
    writeFileSync(store.pathOf(hash), 'bad! rows');
    expect(store.isSound(hash)).toBe(false);
    await expect(store.open(hash)).rejects.toThrow('is damaged');
  });

  test('takes nothing but hashes', async () => {
    for (const bad of ['', '..', 'a'.repeat(63), `../${'a'.repeat(61)}`, 'A'.repeat(64)]) await expect(store.open(bad)).rejects.toThrow(PathRefused);
  });
});

describe('resolveInside', () => {
  test.each(['../x', '/etc/passwd', 'a/../../x', '', 'nul\0', '.', 'away/x', 'alias'])('refuses %j', (name) => {
    symlinkSync('/etc', join(folder, 'away'));
    symlinkSync('/etc/passwd', join(folder, 'alias'));
    expect(() => resolveInside(folder, name)).toThrow(PathRefused);
  });

  test('gives the path of a name inside, there or not', () => {
    mkdirSync(join(folder, 'sub'));
    expect(resolveInside(folder, 'sub/new')).toBe(join(folder, 'sub', 'new'));
    expect(resolveInside(folder, join(folder, 'sub'))).toBe(join(folder, 'sub'));
  });

  test('a hard link inside is a file like any other: publishing compares its content', async () => {
    const { path, hash } = await written('linked');
    linkSync(path, join(folder, 'other'));
    await store.publish(path, hash);
  });
});

describe('sweeping', () => {
  let db: Database;
  beforeEach(() => {
    db = openDatabase(join(folder, 'db.sqlite'));
    db.$client.prepare(`INSERT INTO workspaces VALUES ('w', 'W', 0), ('v', 'V', 0)`).run();
  });
  afterEach(() => db.$client.close());
  const row = (workspace: string, hash: string) =>
    db.$client.prepare(`INSERT INTO artifacts VALUES (?, ?, 'file', 4, '{"kind":"file","name":""}', 0)`).run(workspace, hash);
  const use = (workspace: string, hash: string) =>
    db.$client.prepare(`INSERT INTO files VALUES (?, ?, 'f', 4, ?, NULL, '[]', 0)`).run(`${workspace}-${hash}`, workspace, hash);

  test('removes what nothing refers to, and leaves what another workspace holds or someone is about to name', async () => {
    const [used, unused, shared, held] = [await published('used'), await published('unus'), await published('shar'), await published('held')];
    for (const hash of [used, unused, shared, held]) row('w', hash);
    row('v', shared);
    use('w', used);
    use('v', shared);
    const release = store.hold(held);
    expect(sweepArtifacts(db, store)).toEqual({ files: 1, bytes: 4 });
    expect((await hashesOf(store)).sort()).toEqual([used, shared, held].sort());
    expect(db.$client.prepare(`SELECT count(*) FROM artifacts WHERE workspace_id = 'w'`).pluck().get()).toBe(2);
    release();
    expect(sweepArtifacts(db, store).files).toBe(1);
  });

  test('removes files that no row names', async () => {
    const [named] = [await published('name'), await published('left')];
    row('w', named!);
    expect(await sweepOrphans(db, store)).toEqual({ files: 1, bytes: 4 });
    expect(await hashesOf(store)).toEqual([named]);
  });
});
