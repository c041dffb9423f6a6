import type { Database } from '#server/db/client.ts';

/** Lets an alias name this version alone: one statement, so that nobody ever sees it on two versions or on none. */
export function moveAlias(
  { $client }: Database,
  { workspaceId, modelId, alias, versionId }: { workspaceId: string; modelId: string; alias: string; versionId: string },
  now: number,
): void {
  $client
    .prepare(
      `INSERT INTO model_aliases (workspace_id, model_id, alias, version_id, updated_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (model_id, alias) DO UPDATE SET version_id = excluded.version_id, updated_at = excluded.updated_at`,
    )
    .run(workspaceId, modelId, alias, versionId, now);
}
