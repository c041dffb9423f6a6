import { NodeError } from '#nodes/kit/issues.ts';
import type { Database } from '#server/db/client.ts';
import { newId } from '#server/db/ids.ts';
import type { ArtifactFile } from './messages.ts';
import type { EffectHandlers } from './run-types.ts';

export interface ModelToRegister {
  readonly workspaceId: string;
  readonly name: string;
  readonly description: string;
  readonly artifact: Pick<ArtifactFile, 'hash' | 'bytes' | 'meta'>;
  readonly headline: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
}

/** Adds a version to the model of that name, which is made when there is none. Call it inside a transaction. Gives the version's number. */
export function registerModel({ $client }: Database, model: ModelToRegister, now: number): number {
  const { workspaceId, name, description, artifact } = model;
  if (artifact.meta.kind !== 'model') throw new NodeError('model_mismatch', 'Only a trained model can be registered.');
  const { signature, summary } = artifact.meta;
  $client
    .prepare('INSERT INTO models (id, workspace_id, name, description, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (workspace_id, name) DO NOTHING')
    .run(newId(), workspaceId, name, description, now);
  const id = $client.prepare<[string, string], string>('SELECT id FROM models WHERE workspace_id = ? AND name = ?').pluck().get(workspaceId, name)!;
  if (description !== '') $client.prepare('UPDATE models SET description = ? WHERE id = ?').run(description, id);
  const version = $client.prepare<[string], number>('SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE model_id = ?').pluck().get(id)!;
  $client
    .prepare(
      `INSERT INTO model_versions (id, workspace_id, model_id, version, hash, bytes, task, learner, signature, summary, headline, run_id, run_number, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      newId(),
      workspaceId,
      id,
      version,
      artifact.hash,
      artifact.bytes,
      summary.task,
      summary.learner,
      JSON.stringify(signature),
      JSON.stringify(summary),
      model.headline,
      model.runId,
      model.runNumber,
      now,
    );
  return version;
}

/** The handler of the Register Model node. */
export function registerModelEffect(db: Database, now: () => number = Date.now): EffectHandlers['register-model'] {
  return ({ name, description }, { workspaceId, input, headline, runId, runNumber }) => {
    if (input.meta.kind !== 'model') throw new NodeError('model_mismatch', 'Only a trained model can be registered.');
    return {
      commit: () => void registerModel(db, { workspaceId, name, description, artifact: input, headline, runId, runNumber }, now()),
    };
  };
}
