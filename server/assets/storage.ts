import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Database } from '../db/client.ts';
import { walBytes } from '../db/wal.ts';
import type { Disk } from '../store/disk.ts';
import type { Store } from '../store/store.ts';
import { sweepAll, type Swept } from '../store/sweep.ts';
import { HOLDERS, PINS, RUNS_OF_PIPELINE, STORAGE_KINDS, type StorageKind, type StorageTotals, type StorageUse } from './storage-holders.ts';

export type { StorageItem, StorageKind, StorageOfKind, StorageTotals, StorageUse } from './storage-holders.ts';

/** Assets that people know by their name. */
const NAMED_KINDS = ['dataset', 'model'] as const;

export interface StorageView extends Omit<StorageTotals, 'storedBytes'> {
  /** Stored files, the database and its log. */
  readonly totalBytes: number;
  readonly freeDiskBytes: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
}

/** Bytes of what holds the hashes `own`: whether an index leads to another holder of each. */
const use = (own: string, others: readonly string[]): string => `
  WITH ${PINS}, own AS MATERIALIZED (SELECT DISTINCT hash FROM (${own}))
  SELECT coalesce(sum(a.bytes), 0) AS bytes,
    coalesce(sum(iif(${others.map((other) => `EXISTS (${other})`).join(' OR ')}, a.bytes, 0)), 0) AS sharedBytes
  FROM own CROSS JOIN artifacts a ON a.workspace_id = @workspaceId AND a.hash = own.hash`;

/** What the assets of a workspace take on the disk, and what can be freed. */
export class Storage {
  readonly #db: Database;
  readonly #store: Store;
  readonly #disk: Disk;
  readonly #one;
  readonly #pipeline;
  readonly #named;
  readonly #asked = new Map<string, Promise<StorageTotals>>();

  constructor({ db, store, disk }: { db: Database; store: Store; disk: Disk }) {
    this.#db = db;
    this.#store = store;
    this.#disk = disk;
    const { $client } = db;
    const prepare = (own: string, others: readonly string[]) => $client.prepare<[{ workspaceId: string; id: string }], StorageUse>(use(own, others));
    const others = STORAGE_KINDS.map((kind) => HOLDERS[kind].other);
    this.#one = new Map(STORAGE_KINDS.map((kind) => [kind, prepare(HOLDERS[kind].own, others)]));
    this.#pipeline = prepare(RUNS_OF_PIPELINE.own, [
      RUNS_OF_PIPELINE.other,
      ...STORAGE_KINDS.filter((kind) => kind !== 'run').map((kind) => HOLDERS[kind].other),
    ]);
    this.#named = new Map(
      NAMED_KINDS.map((kind) => [kind, $client.prepare<[string, string], string>(`SELECT id FROM ${kind}s WHERE workspace_id = ? AND name = ?`).pluck()]),
    );
  }

  /** What one asset holds. An unknown one holds nothing. */
  storageOf(workspaceId: string, kind: StorageKind, id: string): StorageUse {
    return this.#one.get(kind)!.get({ workspaceId, id })!;
  }

  /** The same by the name that people use; of a pipeline what its runs hold. */
  useOf(workspaceId: string, kind: StorageKind | 'pipeline', name: string): StorageUse {
    if (kind === 'pipeline') return this.#pipeline.get({ workspaceId, id: name })!;
    const named = this.#named.get(kind as 'dataset');
    return this.storageOf(workspaceId, kind, named ? (named.get(workspaceId, name) ?? '') : name);
  }

  /** Everything, with the `limit` largest assets. What is added up over the whole history is added up beside the server. */
  async view(workspaceId: string, limit = 100): Promise<StorageView> {
    const { $client } = this.#db;
    const { storedBytes, ...totals } = await this.#totals(workspaceId, limit);
    const databaseBytes = statSync($client.name).size;
    const wal = walBytes($client.name);
    return {
      totalBytes: storedBytes + databaseBytes + wal,
      freeDiskBytes: this.#disk.space().freeBytes,
      databaseBytes,
      walBytes: wal,
      ...totals,
    };
  }

  /** Those who ask at the same time for the same wait for one answer. */
  #totals(workspaceId: string, limit: number): Promise<StorageTotals> {
    const key = `${workspaceId} ${limit}`;
    let asked = this.#asked.get(key);
    if (!asked) {
      asked = new Promise<StorageTotals>((resolve, reject) => {
        const worker = new Worker(new URL('./storage-worker.ts', import.meta.url), { workerData: { file: this.#db.$client.name, workspaceId, limit } });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', () => reject(new Error('The thread that adds up storage ended without an answer.')));
      }).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  /** Frees what nothing refers to; files that are being written or named right now stay. */
  async sweep(): Promise<Swept> {
    return sweepAll(this.#db, this.#store);
  }
}
