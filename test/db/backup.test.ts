import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBackup } from '#server/backup/create-backup.ts';
import { BackupRefused, readManifest, type Manifest } from '#server/backup/manifest.ts';
import { restoreBackup } from '#server/backup/restore-backup.ts';
import { SecretBox } from '#server/auth/secrets.ts';
import { openDatabase } from '#server/db/client.ts';
import { ManualClock } from '#server/scheduler/clock.ts';
import { Store } from '#server/store/store.ts';
import { describeFolder } from '#test/fixtures/describe-folder.ts';
import { expectScore } from './expect-score.ts';
import { finishedRun, signIn } from '#test/support/client.ts';
import { startServer } from '#test/support/server.ts';
import { fixtureFolder, type FixtureFolder } from './fixture-folder.ts';

const DAY = 86_400_000;
let fixture: FixtureFolder;
let backup: string;
let restored: string;
let said: string[];
const say = (text: string): void => void said.push(text);
beforeEach(() => {
  fixture = fixtureFolder();
  backup = join(fixture.folder, 'backup');
  restored = join(fixture.folder, 'restored');
  said = [];
});
afterEach(() => rmSync(fixture.folder, { recursive: true, force: true }));

const create = (more: { withKey?: boolean; say?: (text: string) => void } = {}): Promise<Manifest> =>
  createBackup({ dataFolder: fixture.dataFolder, target: backup, version: 'test', withKey: true, say, now: fixture.expected.madeAt, ...more });
const restore = (now = fixture.expected.madeAt): Promise<Manifest> => restoreBackup({ backup, dataFolder: restored, say, now });

describe('a backup', () => {
  test('gives the same folder again, with every row and every file', async () => {
    const manifest = await create();
    expect(manifest.missing).toEqual([]);
    expect(manifest.counts).toEqual(fixture.expected.tables);
    await restore();
    const client = new Sqlite(join(restored, 'modelwright.sqlite'));
    const { tables, runs } = fixture.expected;
    expect(describeFolder(client)).toEqual({ tables, runs });
    client.close();
    const [before, after] = [new Store(join(fixture.dataFolder, 'store')), new Store(join(restored, 'store'))];
    expect(manifest.artifacts).toHaveLength(tables['artifacts']!);
    for (const { hash } of manifest.artifacts) {
      expect((await after.open(hash)).bytes).toBe(before.bytesOf(hash));
    }
    expect(readFileSync(join(restored, 'secret.key'))).toEqual(readFileSync(join(fixture.dataFolder, 'secret.key')));
  });

  test('goes nowhere where something is, and comes from nowhere else', async () => {
    await create();
    await expect(create()).rejects.toThrow(/is not empty/);
    await restore();
    await expect(restore()).rejects.toThrow(/is not empty/);
    await expect(createBackup({ dataFolder: fixture.folder, target: join(fixture.folder, 'b'), version: '', withKey: false, say })).rejects.toThrow(
      /no Modelwright data/,
    );
  });

  test('is taken anew when something was deleted on the way', async () => {
    const client = new Sqlite(join(fixture.dataFolder, 'modelwright.sqlite'));
    const last = client.prepare('SELECT hash FROM files').pluck().get() as string;
    const store = new Store(join(fixture.dataFolder, 'store'));
    // The copy of the database is made in one piece after this; the deletion comes before its file's turn.
    const manifest = await create({
      say: (text) => {
        say(text);
        if (text !== 'Copying the database.') return;
        queueMicrotask(() => {
          client.exec('DELETE FROM files');
          client.prepare('DELETE FROM artifacts WHERE hash = ?').run(last);
          store.remove(last);
        });
      },
    });
    client.close();
    expect(said).toContain('Something was deleted meanwhile: copying the database again.');
    expect(manifest.missing).toEqual([]);
    expect(manifest.counts['artifacts']).toBe(fixture.expected.tables['artifacts']! - 1);
    expect(manifest.artifacts).toHaveLength(manifest.counts['artifacts']!);
    await restore();
  });

  test('says which files were gone or damaged before; they do not stand in the way of the rest', async () => {
    const store = new Store(join(fixture.dataFolder, 'store'));
    const hashes: string[] = [];
    for await (const hash of store.hashes()) hashes.push(hash);
    const [gone, damaged] = hashes.toSorted() as [string, string];
    store.remove(gone);
    writeFileSync(store.pathOf(damaged), 'other');
    const manifest = await create();
    expect(manifest.missing).toEqual([gone, damaged]);
    await restore();
    const after = new Store(join(restored, 'store'));
    for (const hash of hashes) expect(after.bytesOf(hash) === null).toBe([gone, damaged].includes(hash));
  });
});

describe('a restore', () => {
  let whole: { folder: string; backup: string; manifest: Manifest };
  beforeAll(async () => {
    const { folder, dataFolder } = fixtureFolder();
    const target = join(folder, 'backup');
    whole = { folder, backup: target, manifest: await createBackup({ dataFolder, target, version: 'test', withKey: true, say: () => {} }) };
  });
  afterAll(() => rmSync(whole.folder, { recursive: true, force: true }));
  const firstArtifact = (manifest: Manifest): string => join(backup, 'store', manifest.artifacts[0]!.hash.slice(0, 2), manifest.artifacts[0]!.hash.slice(2));
  const flip = (path: string): void => {
    const content = readFileSync(path);
    content[Math.floor(content.length / 2)]! ^= 1;
    writeFileSync(path, content);
  };
  const cut = (path: string): void => truncateSync(path, readFileSync(path).length - 1);
  const changeManifest = (change: (manifest: Manifest) => object): void =>
    writeFileSync(join(backup, 'manifest.json'), JSON.stringify(change(readManifest(backup))));

  test.each<[string, (manifest: Manifest) => void, RegExp]>([
    ['a database that was cut', () => cut(join(backup, 'modelwright.sqlite')), /modelwright\.sqlite has \d+ bytes instead of/],
    ['a database that was changed', () => flip(join(backup, 'modelwright.sqlite')), /modelwright\.sqlite was changed/],
    ['no database', () => rmSync(join(backup, 'modelwright.sqlite')), /modelwright\.sqlite is not in the backup/],
    ['a file that was cut', (manifest) => cut(firstArtifact(manifest)), /[0-9a-f]{62} has \d+ bytes instead of/],
    ['a file that was changed', (manifest) => flip(firstArtifact(manifest)), /[0-9a-f]{62} was changed/],
    ['a missing file', (manifest) => rmSync(firstArtifact(manifest)), /[0-9a-f]{62} is not in the backup/],
    ['another key', () => flip(join(backup, 'secret.key')), /secret\.key was changed/],
    ['no manifest', () => rmSync(join(backup, 'manifest.json')), /manifest\.json is not there/],
    ['half a manifest', () => truncateSync(join(backup, 'manifest.json'), 20), /manifest\.json cannot be read/],
    [
      'a manifest with paths',
      () => changeManifest((manifest) => ({ ...manifest, artifacts: [{ hash: '../../etc/passwd', bytes: 1 }] })),
      /is not the manifest/,
    ],
    [
      'other rows than the manifest tells of',
      () => changeManifest((manifest) => ({ ...manifest, counts: { ...manifest.counts, runs: 99 } })),
      /does not have the rows .* runs/,
    ],
  ])('refuses %s and writes nothing', async (_what, harm, message) => {
    cpSync(whole.backup, backup, { recursive: true });
    harm(whole.manifest);
    const error = await restore().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(BackupRefused);
    expect((error as Error).message).toMatch(message);
    expect(readdirSync(fixture.folder).toSorted()).toEqual(['backup', 'data']);
  });

  test('refuses a backup of a newer version', async () => {
    const client = openDatabase(join(fixture.dataFolder, 'modelwright.sqlite')).$client;
    client.prepare(`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('', 9999999999999)`).run();
    client.close();
    await create();
    await expect(restore()).rejects.toThrow(/newer version/);
    expect(readdirSync(fixture.folder).toSorted()).toEqual(['backup', 'data']);
  });

  test('after a month and without the key: no missed slots, the half-finished run ends well, endpoints answer, and showing a key says what is wrong', async () => {
    const client = new Sqlite(join(fixture.dataFolder, 'modelwright.sqlite'));
    const primary = SecretBox.open(fixture.dataFolder).unseal(
      client.prepare(`SELECT secret FROM endpoint_keys WHERE which = 'primary'`).pluck().get() as string,
    );
    client.close();
    await create({ withKey: false });
    const later = fixture.expected.madeAt + 30 * DAY;
    await restore(later);
    expect(said.some((text) => text.includes('no key file'))).toBe(true);
    const server = await startServer({ dataFolder: restored, clock: new ManualClock(later) });
    try {
      const { services } = server.running;
      await services.scheduler.idle();
      expect(services.database.$client.prepare('SELECT count(*) FROM schedule_firings').pluck().get()).toBe(0);
      const caller = await signIn(server.url, server.signInLink);
      const half = fixture.expected.runs.find((run) => run.status === 'running')!;
      expect((await finishedRun(caller, half.id)).status).toBe('succeeded');
      expect((await caller.get<{ items: unknown[] }>('/runs?limit=200')).items).toHaveLength(fixture.expected.runs.length);
      const keys = await caller.request('/endpoints/tumours/key');
      expect([keys.status, await keys.text()]).toEqual([500, expect.stringMatching(/key/)]);
      await expectScore(caller, 'tumours', primary);
    } finally {
      await server.stop({ keep: true });
    }
  });
});
