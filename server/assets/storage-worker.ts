// Adds up what every asset holds, on a connection and a thread of its own: with a long history that takes seconds, and the server goes on meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { UNREFERENCED } from '../store/sweep.ts';
import { HOLDERS, PINS, STORAGE_KINDS, type StorageItem, type StorageOfKind, type StorageTotals } from './storage-holders.ts';

const { file, workspaceId, limit } = workerData as { file: string; workspaceId: string; limit: number };

const HOLDINGS = STORAGE_KINDS.map((kind) => `SELECT '${kind}' AS kind, id, hash FROM (${HOLDERS[kind].all})`).join(' UNION ALL ');
const ITEMS = `SELECT h.kind, h.id, sum(a.bytes) AS bytes, sum(iif(u.holders > 1, a.bytes, 0)) AS sharedBytes
  FROM holding h JOIN use u ON u.hash = h.hash JOIN artifacts a ON a.workspace_id = @workspaceId AND a.hash = h.hash
  GROUP BY h.kind, h.id ORDER BY bytes DESC, h.id LIMIT @limit`;
const KINDS = `SELECT p.kind, sum(a.bytes) AS bytes, sum(iif(u.kinds > 1, a.bytes, 0)) AS sharedBytes
  FROM (SELECT DISTINCT kind, hash FROM holding) p JOIN use u ON u.hash = p.hash
    JOIN artifacts a ON a.workspace_id = @workspaceId AND a.hash = p.hash
  GROUP BY p.kind`;

const client = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
try {
  client.pragma('cache_size = -65536');
  client.pragma('temp_store = MEMORY');
  client.prepare(`CREATE TEMP TABLE holding AS WITH ${PINS} SELECT DISTINCT kind, id, hash FROM (${HOLDINGS})`).run({ workspaceId });
  client.exec(
    'CREATE TEMP TABLE use AS SELECT hash, count(*) AS holders, count(DISTINCT kind) AS kinds FROM holding GROUP BY hash; CREATE INDEX temp.use_hash ON use (hash)',
  );
  const counts = new Map(client.prepare('SELECT kind, count(DISTINCT id) FROM holding GROUP BY kind').raw().all() as [string, number][]);
  const kinds = new Map((client.prepare(KINDS).all({ workspaceId }) as StorageOfKind[]).map((each) => [each.kind, each]));
  const items = client.prepare(ITEMS).all({ workspaceId, limit }) as Omit<StorageItem, 'name'>[];
  const sum = (rows: string): number => client.prepare(`SELECT coalesce(sum(bytes), 0) FROM (${rows})`).pluck().get() as number;
  const totals: StorageTotals = {
    storedBytes: sum('SELECT max(bytes) AS bytes FROM artifacts GROUP BY hash'),
    unreferencedBytes: sum(`SELECT a.bytes FROM (${UNREFERENCED}) u JOIN artifacts a ON a.workspace_id = u.workspaceId AND a.hash = u.hash`),
    byKind: STORAGE_KINDS.map((kind) => ({ ...(kinds.get(kind) ?? { kind, bytes: 0, sharedBytes: 0 }), count: counts.get(kind) ?? 0 })),
    items: items.map((item) => ({ ...item, name: (client.prepare(HOLDERS[item.kind].name).pluck().get(item.id) as string | undefined) ?? item.id })),
  };
  parentPort?.postMessage(totals);
} finally {
  client.close();
}
