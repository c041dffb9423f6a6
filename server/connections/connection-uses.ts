import type { Database } from '#server/db/client.ts';

export interface ConnectionUses {
  /** Names of pipelines, sorted. */
  readonly pipelines: readonly string[];
  /** Runs that have not ended and read from it or write to it. */
  readonly runs: readonly { readonly number: number; readonly pipelineName: string }[];
}

const NAMES_SHOWN = 10;

/** What names a connection, a few of each. */
export function connectionUses(db: Database, { workspaceId, name }: { workspaceId: string; name: string }): ConnectionUses {
  const wanted = { workspaceId, name, most: NAMES_SHOWN + 1 };
  const pipelines = db.$client
    .prepare<[typeof wanted], string>(
      `SELECT p.name FROM pipelines p WHERE p.workspace_id = @workspaceId
         AND EXISTS (SELECT 1 FROM json_each(p.document, '$.nodes') node WHERE json_extract(node.value, '$.params.connection') = @name)
       ORDER BY p.name LIMIT @most`,
    )
    .pluck()
    .all(wanted);
  const runs = db.$client
    .prepare<[typeof wanted], { number: number; pipelineName: string }>(
      `SELECT r.number, r.pipeline_name AS pipelineName FROM runs r
       WHERE r.workspace_id = @workspaceId AND r.status IN ('queued', 'running', 'cancelling')
         AND EXISTS (SELECT 1 FROM json_each(r.assets, '$.connections') pinned WHERE pinned.key = @name)
       ORDER BY r.number LIMIT @most`,
    )
    .all(wanted);
  return { pipelines, runs };
}

/** Why a connection cannot be deleted, for people; null when it can. */
export function useWords(name: string, { pipelines, runs }: ConnectionUses): string | null {
  const listed = (texts: readonly string[]): string => `${texts.slice(0, NAMES_SHOWN).join(', ')}${texts.length > NAMES_SHOWN ? ' and others' : ''}`;
  if (pipelines.length > 0)
    return `Pipelines use the connection "${name}": ${listed(pipelines.map((each) => `"${each}"`))}. Choose another connection there first.`;
  if (runs.length === 0) return null;
  return `Runs that have not ended use the connection "${name}": ${listed(runs.map((each) => `run ${each.number} of "${each.pipelineName}"`))}. Wait for them, or cancel them.`;
}
