import { NodeError } from '#nodes/kit/issues.ts';
import type { Database } from '#server/db/client.ts';
import { newId } from '#server/db/ids.ts';
import type { ModelChecks, ModelEvaluation, ModelTags } from '#server/db/schema/models.ts';
import type { ArtifactFile } from '#server/executor/messages.ts';
import type { EffectHandlers } from '#server/executor/run-types.ts';
import { moveAlias } from './aliases.ts';
import { MODEL_ALIAS } from './names.ts';
import { evaluationsOf, originOf, type ModelOrigin, type OriginParts } from './origin.ts';

export interface ModelToRegister {
  readonly workspaceId: string;
  readonly name: string;
  /** Of a model that is new; of the version where the model is there already. */
  readonly description: string;
  /** Of the version. */
  readonly tags: ModelTags;
  /** Each moves to the new version. */
  readonly aliases: readonly string[];
  readonly artifact: Pick<ArtifactFile, 'hash' | 'bytes' | 'meta'>;
  readonly headline: string | null;
  readonly origin: ModelOrigin | undefined;
  readonly evaluations: readonly ModelEvaluation[];
  readonly source: 'run' | 'upload';
  readonly fileName: string;
  readonly checks: ModelChecks | null;
}

/** Adds a version to the model of that name, which is made when there is none. Call it inside a transaction. Gives the version's number. */
export function registerVersion(db: Database, model: ModelToRegister, now: number): number {
  const { $client } = db;
  const { workspaceId, name, description, artifact, origin } = model;
  if (artifact.meta.kind !== 'model') throw new NodeError('model_mismatch', 'Only a trained model can be registered.');
  const { signature, summary } = artifact.meta;
  const { changes: made } = $client
    .prepare('INSERT INTO models (id, workspace_id, name, description, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (workspace_id, name) DO NOTHING')
    .run(newId(now), workspaceId, name, description, now);
  const { id, version } = $client
    .prepare<[string, string], { id: string; version: number }>(
      'UPDATE models SET last_version = last_version + 1, archived_at = NULL WHERE workspace_id = ? AND name = ? RETURNING id, last_version AS version',
    )
    .get(workspaceId, name)!;
  $client
    .prepare(`INSERT INTO artifacts (workspace_id, hash, kind, bytes, meta, created_at) VALUES (?, ?, 'model', ?, ?, ?) ON CONFLICT DO NOTHING`)
    .run(workspaceId, artifact.hash, artifact.bytes, JSON.stringify(artifact.meta), now);
  const versionId = newId(now);
  $client
    .prepare(
      `INSERT INTO model_versions (id, workspace_id, model_id, version, hash, bytes, task, learner, signature, summary, headline, description, tags, source, file_name,
                                   evaluations, datasets, checks, node, pipeline_id, pipeline_version_id, pipeline_name, run_id, run_number, created_at)
       VALUES (@versionId, @workspaceId, @id, @version, @hash, @bytes, @task, @learner, @signature, @summary, @headline, @description, @tags, @source, @fileName,
               @evaluations, @datasets, @checks, @node, @pipelineId, @pipelineVersionId, @pipelineName, @runId, @runNumber, @now)`,
    )
    .run({
      versionId,
      workspaceId,
      id,
      version,
      hash: artifact.hash,
      bytes: artifact.bytes,
      task: summary.task,
      learner: summary.learner,
      signature: JSON.stringify(signature),
      summary: JSON.stringify(summary),
      headline: model.headline,
      description: made > 0 ? '' : description,
      tags: JSON.stringify(model.tags),
      source: model.source,
      fileName: model.fileName,
      evaluations: JSON.stringify(model.evaluations),
      datasets: JSON.stringify(origin?.datasets ?? []),
      checks: model.checks && JSON.stringify(model.checks),
      node: origin?.node ?? null,
      pipelineId: origin?.pipelineId ?? null,
      pipelineVersionId: origin?.pipelineVersionId ?? null,
      pipelineName: origin?.pipelineName ?? '',
      runId: origin?.runId ?? null,
      runNumber: origin?.runNumber ?? null,
      now,
    });
  for (const alias of new Set(model.aliases)) moveAlias(db, { workspaceId, modelId: id, alias, versionId }, now);
  return version;
}

/** The handler of the Register Model node. */
export function registerModelEffect(parts: OriginParts, now: () => number = Date.now): EffectHandlers['register-model'] {
  return async ({ name, description, aliases, tags }, { workspaceId, input, headline, runId }) => {
    if (input.meta.kind !== 'model') throw new NodeError('model_mismatch', 'Only a trained model can be registered.');
    const wrong = aliases.find((alias) => !MODEL_ALIAS.test(alias) || alias === 'latest');
    if (wrong !== undefined) throw new NodeError('name_invalid', `“${wrong}” cannot be an alias.`, { param: 'aliases' });
    const origin = originOf(parts, workspaceId, input.hash, runId);
    const evaluations = await evaluationsOf(parts, runId, input.hash);
    const model: ModelToRegister = {
      ...{ workspaceId, name, description, tags, aliases, artifact: input, headline, origin, evaluations },
      ...{ source: 'run', fileName: '', checks: null },
    };
    return { commit: () => void registerVersion(parts.db, model, now()) };
  };
}

/** Completes the versions that a run registered before its evaluations were there. */
export async function completeVersions(parts: OriginParts, runId: string): Promise<void> {
  const rows = parts.db.$client
    .prepare<[string], { id: string; hash: string }>(`SELECT id, hash FROM model_versions WHERE run_id = ? AND evaluations = '[]'`)
    .all(runId);
  for (const { id, hash } of rows) {
    const evaluations = await evaluationsOf(parts, runId, hash);
    if (evaluations.length > 0) parts.db.$client.prepare('UPDATE model_versions SET evaluations = ? WHERE id = ?').run(JSON.stringify(evaluations), id);
  }
}
