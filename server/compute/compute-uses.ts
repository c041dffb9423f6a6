import type { Database } from '#server/db/client.ts';

export interface ComputeUses {
  /** Names of pipelines, sorted. */
  readonly pipelines: readonly string[];
  /** Runs that have not ended. */
  readonly runs: readonly { readonly number: number; readonly pipelineName: string }[];
}

/** SQL that is true when a document names the compute, for all its steps or for one. */
const names = (document: string): string =>
  `(json_extract(${document}, '$.policy.compute') = @name
    OR EXISTS (SELECT 1 FROM json_each(${document}, '$.nodes') node WHERE json_extract(node.value, '$.policy.compute') = @name))`;

/** What names a compute in its policy, `most` of each kind at most. */
export function usesOf(db: Database, { workspaceId, name, most }: { workspaceId: string; name: string; most: number }): ComputeUses {
  const wanted = { workspaceId, name, most };
  const pipelines = db.$client
    .prepare<[typeof wanted], string>(
      `SELECT p.name FROM pipelines p WHERE p.workspace_id = @workspaceId AND ${names('p.document')} ORDER BY p.name LIMIT @most`,
    )
    .pluck()
    .all(wanted);
  const runs = db.$client
    .prepare<[typeof wanted], { number: number; pipelineName: string }>(
      `SELECT r.number, r.pipeline_name AS pipelineName FROM runs r JOIN pipeline_versions v ON v.id = r.version_id
       WHERE r.workspace_id = @workspaceId AND r.status IN ('queued', 'running', 'cancelling')
         AND (json_extract(r.policy, '$.compute') = @name OR ${names('v.document')})
       ORDER BY r.number LIMIT @most`,
    )
    .all(wanted);
  return { pipelines, runs };
}
