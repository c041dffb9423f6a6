import { statSync } from 'node:fs';
import type { Database } from '../db/client.ts';
import { walBytes } from '../db/wal.ts';
import type { Disk } from '../store/disk.ts';
import type { Store } from '../store/store.ts';
import { sweepAll, UNREFERENCED, type Swept } from '../store/sweep.ts';

export const STORAGE_KINDS = ['dataset', 'file', 'run', 'model', 'deployment'] as const;
export type StorageKind = (typeof STORAGE_KINDS)[number];

export interface StorageUse {
  /** All that it holds; equal content counts once. */
  readonly bytes: number;
  /** The part that something else holds too, so that deleting this one alone does not free it. */
  readonly sharedBytes: number;
}
export interface StorageOfKind extends StorageUse {
  readonly kind: StorageKind;
  readonly count: number;
}
export interface StorageItem extends StorageUse {
  readonly kind: StorageKind;
  readonly id: string;
  readonly name: string;
}
export interface StorageView {
  /** Stored files, the database and its log. */
  readonly totalBytes: number;
  readonly freeDiskBytes: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
  /** What a sweep would free. */
  readonly unreferencedBytes: number;
  readonly byKind: readonly StorageOfKind[];
  /** The largest first. */
  readonly items: readonly StorageItem[];
}

const HOLDERS: Readonly<Record<StorageKind, { readonly hashes: string; readonly name: string }>> = {
  dataset: {
    hashes: 'SELECT workspace_id, dataset_id AS id, hash FROM dataset_versions',
    name: 'SELECT name FROM datasets WHERE id = ?',
  },
  file: { hashes: 'SELECT workspace_id, id, hash FROM files', name: 'SELECT name FROM files WHERE id = ?' },
  run: {
    hashes: 'SELECT o.workspace_id, s.run_id AS id, o.hash FROM step_outputs o JOIN steps s ON s.id = o.step_id',
    name: `SELECT pipeline_name || ', run ' || number FROM runs WHERE id = ?`,
  },
  model: { hashes: 'SELECT workspace_id, model_id AS id, hash FROM model_versions', name: 'SELECT name FROM models WHERE id = ?' },
  deployment: {
    hashes: 'SELECT workspace_id, id, hash FROM deployments',
    name: `SELECT e.name || ' ' || d.name FROM deployments d JOIN endpoints e ON e.id = d.endpoint_id WHERE d.id = ?`,
  },
};

/** Who holds what, once each: (kind, id, hash). */
const HOLDINGS = `SELECT DISTINCT kind, id, hash FROM (${STORAGE_KINDS.map(
  (kind) => `SELECT '${kind}' AS kind, id, hash FROM (${HOLDERS[kind].hashes}) WHERE workspace_id = @workspaceId`,
).join(' UNION ALL ')})`;

const BY_ITEM = `
  WITH holding AS MATERIALIZED (${HOLDINGS}), use AS MATERIALIZED (SELECT hash, count(*) AS holders FROM holding GROUP BY hash)
  SELECT h.kind, h.id, sum(a.bytes) AS bytes, sum(iif(u.holders > 1, a.bytes, 0)) AS sharedBytes
  FROM holding h JOIN use u ON u.hash = h.hash JOIN artifacts a ON a.workspace_id = @workspaceId AND a.hash = h.hash
  GROUP BY h.kind, h.id ORDER BY bytes DESC, h.id LIMIT @limit`;

const BY_KIND = `
  WITH holding AS MATERIALIZED (${HOLDINGS}), part AS (SELECT kind, hash FROM holding GROUP BY kind, hash),
    use AS MATERIALIZED (SELECT hash, count(*) AS kinds FROM part GROUP BY hash)
  SELECT p.kind, sum(a.bytes) AS bytes, sum(iif(u.kinds > 1, a.bytes, 0)) AS sharedBytes,
    (SELECT count(DISTINCT id) FROM holding h WHERE h.kind = p.kind) AS count
  FROM part p JOIN use u ON u.hash = p.hash JOIN artifacts a ON a.workspace_id = @workspaceId AND a.hash = p.hash GROUP BY p.kind`;

/** Bytes of one asset: its hashes, and whether an index leads to another holder of each. */
const one = (kind: StorageKind): string => `
  WITH own AS (SELECT DISTINCT hash FROM (${HOLDERS[kind].hashes}) WHERE id = @id AND workspace_id = @workspaceId)
  SELECT coalesce(sum(a.bytes), 0) AS bytes, coalesce(sum(iif(${STORAGE_KINDS.map(
    (other) =>
      `EXISTS (SELECT 1 FROM (${HOLDERS[other].hashes}) x WHERE x.workspace_id = @workspaceId AND x.hash = own.hash${other === kind ? ' AND x.id <> @id' : ''})`,
  ).join(' OR ')}, a.bytes, 0)), 0) AS sharedBytes
  FROM own JOIN artifacts a ON a.workspace_id = @workspaceId AND a.hash = own.hash`;

/** What the assets of a workspace take on the disk, and what can be freed. */
export class Storage {
  readonly #db: Database;
  readonly #store: Store;
  readonly #disk: Disk;
  readonly #one;
  readonly #names;

  constructor({ db, store, disk }: { db: Database; store: Store; disk: Disk }) {
    this.#db = db;
    this.#store = store;
    this.#disk = disk;
    const { $client } = db;
    this.#one = new Map(STORAGE_KINDS.map((kind) => [kind, $client.prepare<[{ workspaceId: string; id: string }], StorageUse>(one(kind))]));
    this.#names = new Map(STORAGE_KINDS.map((kind) => [kind, $client.prepare<[string], string>(HOLDERS[kind].name).pluck()]));
  }

  /** What one asset holds. An unknown one holds nothing. */
  storageOf(workspaceId: string, kind: StorageKind, id: string): StorageUse {
    return this.#one.get(kind)!.get({ workspaceId, id })!;
  }

  /** Everything, with the `limit` largest assets. */
  view(workspaceId: string, limit = 100): StorageView {
    const { $client } = this.#db;
    const kinds = new Map(($client.prepare(BY_KIND).all({ workspaceId }) as StorageOfKind[]).map((each) => [each.kind, each]));
    const items = $client.prepare(BY_ITEM).all({ workspaceId, limit }) as Omit<StorageItem, 'name'>[];
    const stored = $client.prepare('SELECT coalesce(sum(bytes), 0) FROM (SELECT max(bytes) AS bytes FROM artifacts GROUP BY hash)').pluck().get() as number;
    const free = $client
      .prepare(`SELECT coalesce(sum(a.bytes), 0) FROM (${UNREFERENCED}) u JOIN artifacts a ON a.workspace_id = u.workspaceId AND a.hash = u.hash`)
      .pluck()
      .get() as number;
    const databaseBytes = statSync($client.name).size;
    const wal = walBytes($client.name);
    return {
      totalBytes: stored + databaseBytes + wal,
      freeDiskBytes: this.#disk.space().freeBytes,
      databaseBytes,
      walBytes: wal,
      unreferencedBytes: free,
      byKind: STORAGE_KINDS.map((kind) => kinds.get(kind) ?? { kind, bytes: 0, sharedBytes: 0, count: 0 }),
      items: items.map((item) => ({ ...item, name: this.#names.get(item.kind)!.get(item.id) ?? item.id })),
    };
  }

  /** Frees what nothing refers to; files that are being written or named right now stay. */
  async sweep(): Promise<Swept> {
    return sweepAll(this.#db, this.#store);
  }
}
