import type { PipelineDocument } from '#pipelines/document.ts';
import { parseParams } from '#pipelines/node-params.ts';
import type { modelVersions } from '../db/schema.ts';
import { AppError } from '../errors.ts';
import type { OriginParts } from './origin.ts';

type VersionRow = typeof modelVersions.$inferSelect;

export interface ModelUses {
  /** Deployments with one of the versions in them, those that answer first. */
  readonly deployments: readonly { readonly endpoint: string; readonly deployment: string; readonly state: string; readonly serving: boolean }[];
  /** Pipelines that name it, and inference pipelines that take what its training pipeline made. */
  readonly pipelines: readonly PipelineUse[];
}
export interface PipelineUse {
  readonly id: string;
  readonly name: string;
  /** What the pipeline names: a version, an alias, `latest`, or the run that made it. */
  readonly by: string;
  /** It cannot do without this version. */
  readonly pinned: boolean;
}

const MOST = 200;

/** Who uses these versions of a model. */
export function usesOf(
  { db, catalog }: OriginParts,
  workspaceId: string,
  model: { readonly id: string; readonly name: string },
  versions: readonly VersionRow[],
): ModelUses {
  const { $client } = db;
  const deployed = $client.prepare<[string, string], { endpoint: string; deployment: string; state: string; serving: number }>(
    `SELECT e.name AS endpoint, d.name AS deployment, d.state, d.state <> 'stopped' AS serving FROM deployments d JOIN endpoints e ON e.id = d.endpoint_id
     WHERE d.workspace_id = ? AND d.model_hash = ? ORDER BY serving DESC, e.name, d.created_at DESC`,
  );
  const aliasesOf = $client.prepare<[string], string>('SELECT alias FROM model_aliases WHERE version_id = ?').pluck();
  const newest = $client
    .prepare<[string], number | null>('SELECT max(version) FROM model_versions WHERE model_id = ? AND archived_at IS NULL')
    .pluck()
    .get(model.id);
  const numbers = new Set(versions.map((each) => String(each.version)));
  const aliases = new Set(versions.flatMap((each) => aliasesOf.all(each.id)));
  const isLatest = newest != null && numbers.has(String(newest));
  const made = new Set(versions.flatMap(({ pipelineId, node, runNumber }) => (pipelineId === null ? [] : [`${pipelineId} ${node} ${runNumber}`])));
  const training = new Set(versions.flatMap(({ pipelineId }) => pipelineId ?? []));

  const rows = $client
    .prepare<{ workspaceId: string; name: string; training: string }, { id: string; name: string; document: string; trainingPipelineId: string | null }>(
      `SELECT id, name, document, training_pipeline_id AS trainingPipelineId FROM pipelines
       WHERE workspace_id = @workspaceId AND (instr(document, @name) > 0 OR training_pipeline_id IN (SELECT value FROM json_each(@training))) ORDER BY name, id LIMIT ${MOST}`,
    )
    .all({ workspaceId, name: JSON.stringify(model.name), training: JSON.stringify([...training]) });
  const pipelines: PipelineUse[] = [];
  for (const { id, name, document, trainingPipelineId } of rows) {
    for (const node of (JSON.parse(document) as PipelineDocument).nodes) {
      const definition = catalog[node.type];
      const params = definition && parseParams(definition, node).params;
      const use = (params && definition.assets?.(params)) || {};
      for (const named of use.models ?? []) {
        if (named.name !== model.name) continue;
        if (numbers.has(named.version)) pipelines.push({ id, name, by: `version ${named.version}`, pinned: true });
        else if (aliases.has(named.version)) pipelines.push({ id, name, by: named.version, pinned: true });
        else if (named.version === 'latest' && isLatest) pipelines.push({ id, name, by: 'latest', pinned: false });
      }
      for (const fitted of use.fitted ?? []) {
        const which = fitted.run === null ? null : `${trainingPipelineId} ${fitted.node} ${fitted.run}`;
        if (which !== null && made.has(which)) pipelines.push({ id, name, by: `run ${fitted.run}`, pinned: true });
      }
    }
  }
  const deployments = [...new Set(versions.map((each) => each.hash))].flatMap((hash) => deployed.all(workspaceId, hash));
  return { deployments: deployments.map((each) => ({ ...each, serving: each.serving === 1 })), pipelines };
}

/** Throws 409 that names what would break. */
export function refuseWhileUsed({ deployments, pipelines }: ModelUses, what: string): void {
  const users = [
    ...deployments.filter((each) => each.serving).map((each) => `the endpoint “${each.endpoint}” (${each.deployment})`),
    ...pipelines.filter((each) => each.pinned).map((each) => `the pipeline “${each.name}” (${each.by})`),
  ];
  if (users.length === 0) return;
  const shown = users.slice(0, 5).join(', ') + (users.length > 5 ? ` and ${users.length - 5} more` : '');
  throw new AppError(409, `“${what}” is used by ${shown}. Let them use another version first.`, { code: 'model_used' });
}
