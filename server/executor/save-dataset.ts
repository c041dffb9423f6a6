import type { Database } from '#server/db/client.ts';
import type { PlainTables } from '#server/assets/plain-tables.ts';
import { newId } from '#server/db/ids.ts';
import type { ArtifactFile } from './messages.ts';
import type { EffectHandlers } from './run-types.ts';

export interface VersionToSave {
  readonly workspaceId: string;
  readonly name: string;
  readonly artifact: Pick<ArtifactFile, 'hash' | 'bytes' | 'meta'>;
  readonly fileName: string;
  readonly notes: readonly string[];
  readonly source: 'upload' | 'sample' | 'run';
  readonly description: string;
  readonly runId: string | null;
  readonly runNumber: number | null;
}

/** Hears of a new version inside the transaction that makes it. */
export type OnDatasetSaved = (saved: { readonly workspaceId: string; readonly name: string; readonly version: number; readonly runId: string | null }) => void;

/** Adds a version to the dataset of that name, which is made when there is none. Call it inside a transaction. Gives the version's number. */
export function saveDatasetVersion({ $client }: Database, saved: VersionToSave, now: number, onSaved: OnDatasetSaved = () => {}): number {
  const { workspaceId, name, artifact } = saved;
  const { hash, bytes, meta } = artifact;
  if (meta.kind !== 'table') throw new Error('Only a table can be saved as a dataset.');
  $client
    .prepare('INSERT INTO datasets (id, workspace_id, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (workspace_id, name) DO NOTHING')
    .run(newId(now), workspaceId, name, now);
  const { id, version } = $client
    .prepare<[string, string], { id: string; version: number }>(
      `UPDATE datasets SET last_version = 1 + max(last_version, (SELECT coalesce(max(v.version), 0) FROM dataset_versions v WHERE v.dataset_id = datasets.id))
       WHERE workspace_id = ? AND name = ? RETURNING id, last_version AS version`,
    )
    .get(workspaceId, name)!;
  $client
    .prepare(`INSERT INTO artifacts (workspace_id, hash, kind, bytes, meta, created_at) VALUES (?, ?, 'table', ?, ?, ?) ON CONFLICT DO NOTHING`)
    .run(workspaceId, hash, bytes, JSON.stringify(meta), now);
  $client
    .prepare(
      `INSERT INTO dataset_versions
         (id, workspace_id, dataset_id, version, hash, schema, row_count, bytes, file_name, notes, source, description, run_id, run_number, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      newId(now),
      workspaceId,
      id,
      version,
      hash,
      JSON.stringify(meta.schema),
      meta.rowCount,
      bytes,
      saved.fileName,
      JSON.stringify(saved.notes),
      saved.source,
      saved.description,
      saved.runId,
      saved.runNumber,
      now,
    );
  onSaved({ workspaceId, name, version, runId: saved.runId });
  return version;
}

/** The handler of the Save as Dataset node. */
export function saveDatasetEffect(
  db: Database,
  tables: Pick<PlainTables, 'plain'>,
  now: () => number = Date.now,
  onSaved: OnDatasetSaved = () => {},
): EffectHandlers['save-dataset'] {
  return async ({ name, description }, { workspaceId, input, runId, runNumber }) => {
    const version = { workspaceId, name, artifact: await tables.plain(input), fileName: '', notes: [], source: 'run', description, runId, runNumber } as const;
    return { commit: () => void saveDatasetVersion(db, version, now(), onSaved) };
  };
}
