import type { AnyNode, AssetUse, Ports } from '#nodes/kit/define.ts';
import type { ModelSpec } from '#nodes/kit/kinds.ts';
import { problem, type Issue } from '#nodes/kit/issues.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { NodePin } from '#pipelines/document.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import type { Database } from '#server/db/client.ts';
import type { PinnedAssets } from '#server/db/schema.ts';
import type { ArtifactMeta } from './messages.ts';

interface ModelRow {
  readonly hash: string;
  readonly task: string;
  readonly signature: string;
  readonly runNumber: number | null;
  readonly archived: number;
}
interface FittedRow {
  readonly hash: string;
  readonly kind: ArtifactMeta['kind'];
  readonly runNumber: number;
}

/** What nodes give without running: registered models, and results of the training pipeline of a batch inference pipeline. */
export class GivenResults {
  readonly #model;
  readonly #training;
  readonly #fitted;

  constructor({ $client }: Database) {
    this.#model = $client.prepare<{ workspace: string; name: string; version: string }, ModelRow>(
      `SELECT v.hash, v.task, v.signature, v.run_number AS runNumber, v.archived_at IS NOT NULL OR m.archived_at IS NOT NULL AS archived
       FROM models m JOIN model_versions v ON v.model_id = m.id LEFT JOIN model_aliases a ON a.version_id = v.id AND a.alias = @version
       WHERE m.workspace_id = @workspace AND m.name = @name
         AND (CAST(v.version AS TEXT) = @version OR a.alias IS NOT NULL OR (@version = 'latest' AND v.archived_at IS NULL))
       ORDER BY v.version DESC LIMIT 1`,
    );
    this.#training = $client.prepare<[string, string], string | null>('SELECT training_pipeline_id FROM pipelines WHERE workspace_id = ? AND id = ?').pluck();
    this.#fitted = $client.prepare<{ pipeline: string; node: string; port: string; run: number | null }, FittedRow>(
      `SELECT o.hash, a.kind, s.run_number AS runNumber FROM steps s JOIN step_outputs o ON o.step_id = s.id AND o.port = @port
       JOIN artifacts a ON a.workspace_id = o.workspace_id AND a.hash = o.hash
       WHERE s.pipeline_id = @pipeline AND s.node = @node AND s.status IN ('succeeded', 'reused') AND (@run IS NULL OR s.run_number = @run)
       ORDER BY s.run_number DESC LIMIT 1`,
    );
  }

  /** What is known of a registered model before a run; null where there is none that may be used. */
  spec(workspace: string, name: string, version: string): ModelSpec | null {
    const row = this.#model.get({ workspace, name, version });
    if (!row || row.archived) return null;
    const signature = JSON.parse(row.signature) as Signature;
    return { task: signature.task, label: signature.label?.name, signature };
  }

  /** What a step gives, or why it cannot; undefined for a step that runs. */
  find({ workspaceId, pipelineId }: { workspaceId: string; pipelineId: string }, use: AssetUse, definition: AnyNode | undefined): NodePin | Issue | undefined {
    const port = Object.keys((definition?.outputs ?? {}) as Ports)[0]!;
    for (const { name, version } of use.models ?? []) {
      const row = this.#model.get({ workspace: workspaceId, name, version });
      if (row && !row.archived) return { run: row.runNumber ?? 0, outputs: { [port]: row.hash } };
      const what = row
        ? `“${name}”, ${version}, is archived. Restore it, or choose another model.`
        : `The registry has no “${name}”, ${version}. Choose another model.`;
      return problem('data_missing', what, { param: 'model' });
    }
    for (const { node, port: from, run } of use.fitted ?? []) {
      const training = this.#training.get(workspaceId, pipelineId);
      if (training == null)
        return problem('data_missing', 'The training pipeline of this pipeline is gone. Create the inference pipeline anew, or use Registered Model.');
      const row = this.#fitted.get({ pipeline: training, node, port: from, run });
      if (row) return { run: row.runNumber, outputs: { [port]: row.hash } };
      const what =
        run === null
          ? `“${node}” of the training pipeline has no result yet. Run that pipeline first.`
          : `“${node}” has no result in run ${run} of the training pipeline. Choose another run, or 0 for the newest.`;
      return problem('data_missing', what, { param: 'run' });
    }
    return undefined;
  }
}

/** The steps with what was given to the run: such a step counts as pinned. */
export const withGiven = (steps: readonly PlannedStep[], { given = {} }: PinnedAssets): PlannedStep[] =>
  steps.map((step) => (Object.hasOwn(given, step.node) && !step.pin ? { ...step, pin: given[step.node]! } : step));
