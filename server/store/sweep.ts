import type { Database } from '#server/db/client.ts';
import { hashesOf, type TableQuery } from '#server/executor/table-query.ts';
import type { Store } from './store.ts';

/** What nodes are pinned to: rows of the pipeline `p` and of `pinned`, whose value is a hash. */
export const PINNED = `FROM pipelines p, json_each(p.document, '$.nodes') node, json_each(node.value, '$.pin.outputs') pinned WHERE instr(p.document, '"pin":') > 0`;

/** What keeps an artifact of a workspace: results of steps, datasets, files, models, deployments, what nodes are pinned to, and what runs that are under way have pinned. */
export const UNREFERENCED = `
  SELECT a.workspace_id AS workspaceId, a.hash FROM artifacts a
  WHERE NOT EXISTS (SELECT 1 FROM step_outputs o WHERE o.workspace_id = a.workspace_id AND o.hash = a.hash)
    AND NOT EXISTS (SELECT 1 FROM dataset_versions d WHERE d.workspace_id = a.workspace_id AND d.hash = a.hash)
    AND NOT EXISTS (SELECT 1 FROM files f WHERE f.workspace_id = a.workspace_id AND f.hash = a.hash)
    AND NOT EXISTS (SELECT 1 FROM model_versions m WHERE m.workspace_id = a.workspace_id AND m.hash = a.hash)
    AND NOT EXISTS (SELECT 1 FROM deployments p WHERE p.workspace_id = a.workspace_id AND p.hash = a.hash)
    AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.workspace_id = a.workspace_id AND r.status IN ('queued', 'running', 'cancelling')
                      AND (instr(r.inputs, a.hash) > 0 OR instr(r.assets, a.hash) > 0))
    AND (a.workspace_id, a.hash) NOT IN (SELECT p.workspace_id, pinned.value ${PINNED})`;
/** Tables that name artifacts by `workspace_id` and `hash`. */
const NAMING = ['artifacts', 'dataset_versions', 'files', 'model_versions', 'deployments'] as const;
const NAMED = `SELECT ${NAMING.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE hash = @hash)`).join(' OR ')}`;
/** All hashes that rows name, for a copy of the database with its files. */
export const NAMED_HASHES = `${NAMING.map((table) => `SELECT hash FROM ${table}`).join(' UNION ')} ORDER BY hash`;

export interface Swept {
  readonly files: number;
  readonly bytes: number;
}

interface Named {
  readonly workspaceId: string;
  readonly hash: string;
}
const placeOf = ({ workspaceId, hash }: Named): string => `${workspaceId} ${hash}`;

/** The tables that tables read which are queries and stay. */
function readByQueries({ $client }: Database, free: readonly Named[]): Set<string> {
  const going = new Set(free.map(placeOf));
  const queries = $client
    .prepare<[], Named & { query: string }>(
      `SELECT workspace_id AS workspaceId, hash, json_extract(meta, '$.query') AS query FROM artifacts
       WHERE kind = 'table' AND instr(meta, '"query":') > 0 AND json_type(meta, '$.query') = 'object'`,
    )
    .all();
  const kept = queries.filter((each) => !going.has(placeOf(each)));
  return new Set(kept.flatMap(({ workspaceId, query }) => hashesOf(JSON.parse(query) as TableQuery).map((hash) => placeOf({ workspaceId, hash }))));
}

/** Removes artifacts that nothing refers to any more, rows first and then files; call it after something was deleted. */
export function sweepArtifacts(db: Database, store: Store): Swept {
  const { $client } = db;
  const forget = $client.prepare('DELETE FROM artifacts WHERE workspace_id = ? AND hash = ? RETURNING bytes');
  const named = $client.prepare(NAMED).pluck();
  let files = 0;
  let bytes = 0;
  const gone = $client
    .transaction(() => {
      const free = ($client.prepare(UNREFERENCED).all() as Named[]).filter(({ hash }) => !store.isHeld(hash));
      const read = free.length === 0 ? new Set<string>() : readByQueries(db, free);
      return free
        .filter((each) => !read.has(placeOf(each)))
        .map(({ workspaceId, hash }) => ({ hash, bytes: (forget.get(workspaceId, hash) as { bytes: number }).bytes }));
    })
    .immediate();
  for (const each of gone) {
    if (named.get({ hash: each.hash }) === 1) continue;
    store.remove(each.hash);
    files++;
    bytes += each.bytes;
  }
  return { files, bytes };
}

/** Removes files that no row names: left by a server that ended between renaming and committing. Whoever is about to name one holds it. */
export async function sweepOrphans(db: Database, store: Store): Promise<Swept> {
  const named = db.$client.prepare(NAMED).pluck();
  let files = 0;
  let bytes = 0;
  for await (const hash of store.hashes()) {
    if (store.isHeld(hash) || named.get({ hash }) === 1) continue;
    bytes += store.bytesOf(hash) ?? 0;
    store.remove(hash);
    files++;
  }
  return { files, bytes };
}

/** Frees everything that nothing refers to: rows with their files, and files without rows. */
export async function sweepAll(db: Database, store: Store): Promise<Swept> {
  const unreferenced = sweepArtifacts(db, store);
  const orphans = await sweepOrphans(db, store);
  return { files: unreferenced.files + orphans.files, bytes: unreferenced.bytes + orphans.bytes };
}
