import type { Catalog } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { applyParameters } from '#pipelines/plan.ts';
import type { PipelineView } from '../assets/pipelines.ts';
import type { PlainTables } from '../assets/plain-tables.ts';
import type { Database } from '../db/client.ts';
import { AppError, notFound } from '../errors.ts';
import type { ArtifactFile } from '../executor/messages.ts';
import { fileOf, RunRecords } from '../executor/run-records.ts';
import type { EffectContext } from '../executor/run-types.ts';
import type { StepPool } from '../executor/step-pool.ts';
import { WorkspaceAssets } from '../executor/workspace-assets.ts';
import type { Models } from '../models/registry.ts';
import type { Store } from '../store/store.ts';
import type { DeploymentOrigin } from './endpoint-records.ts';
import { fusePath, pathOfDocument, pathToNode, specOfMeta, type Fused } from './fusion.ts';

export interface SourceParts {
  readonly db: Database;
  readonly store: Store;
  readonly tables: Pick<PlainTables, 'plain'>;
  readonly pool: Pick<StepPool, 'task'>;
  readonly catalog: Catalog;
  readonly models: Pick<Models, 'deployable'>;
}
/** A model ready to be served, and where it comes from. */
export interface Source {
  readonly fused: Fused;
  readonly origin: DeploymentOrigin;
}

/** What a deployment is made of: an inference pipeline, a run, or a registered model. Throws 422 with the place when it cannot be served. */
export class DeploymentSources {
  readonly #parts: SourceParts;
  readonly #runs: RunRecords;

  constructor(parts: SourceParts) {
    this.#parts = parts;
    this.#runs = new RunRecords(parts.db);
  }

  /** An inference pipeline with the newest results of its training pipeline. */
  async ofPipeline(pipeline: PipelineView): Promise<Source> {
    const training = pipeline.trainingPipelineId;
    if (pipeline.kind !== 'inference' || training === null) {
      throw new AppError(422, 'Only an inference pipeline can be deployed. Run the training pipeline and press Create inference pipeline.', {
        code: 'scoring_refused',
      });
    }
    const scoring = pathOfDocument(pipeline.document, this.#parts.catalog);
    const newest = (node: string, run?: number) => this.#runs.newestGood(training, node, run);
    const fused = await fusePath(
      scoring,
      async ({ node, port, run }) => {
        const step = newest(node, run);
        return step && this.#file(step.id, port);
      },
      this.#parts,
    );
    const trained = newest(scoring.trained.node, scoring.trained.run);
    return { fused, origin: { ...NOWHERE, pipelineId: pipeline.id, runId: trained?.runId ?? null, runNumber: trained?.runNumber ?? null } };
  }

  /** The model that enters a node of a run under way. Throws a NodeError. */
  async ofStep(context: EffectContext): Promise<Source> {
    const { document, workspaceId } = context;
    const fused = await this.#alongPath(
      workspaceId,
      document,
      context.node,
      (node, port) => context.artifact(node, port),
      (place) => Promise.resolve(context.artifact(place.node, place.port)),
    );
    return { fused, origin: { ...NOWHERE, pipelineId: context.pipelineId, runId: context.runId, runNumber: context.runNumber } };
  }

  /** What a run trained; `node`: its Train Model node, needed when there are several. */
  async ofRun(workspaceId: string, runId: string, node: string | null): Promise<Source> {
    const run = this.#parts.db.$client
      .prepare<[string, string], { number: number; pipelineId: string; parameters: string; document: string }>(
        `SELECT r.number, r.pipeline_id AS pipelineId, r.parameters, v.document FROM runs r JOIN pipeline_versions v ON v.id = r.version_id
         WHERE r.id = ? AND r.workspace_id = ?`,
      )
      .get(runId, workspaceId);
    if (!run) throw notFound('run', runId);
    const written = JSON.parse(run.document) as PipelineDocument;
    const { document } = applyParameters(written, JSON.parse(run.parameters) as Record<string, unknown>, this.#parts.catalog);
    const recordAt = (id: string, port: string) => {
      const step = this.#runs.goodStep(runId, id);
      return step === undefined ? undefined : this.#runs.outputs(step).get(port);
    };
    const fused = await this.#alongPath(
      workspaceId,
      document,
      node,
      (id, port) => recordAt(id, port),
      (place) => {
        const step = this.#runs.goodStep(runId, place.node);
        return step === undefined ? Promise.resolve(undefined) : this.#file(step, place.port);
      },
    );
    return { fused, origin: { ...NOWHERE, pipelineId: run.pipelineId, runId, runNumber: run.number } };
  }

  /** A registered model by version, alias or `latest`: with the preparation of the run that made it, or, without a run, as it is. */
  async ofModel(workspaceId: string, name: string, which: string): Promise<Source> {
    const version = this.#parts.models.deployable(workspaceId, name, which);
    const named = { modelName: name, modelVersion: version.version };
    if (version.runId !== null && version.node !== null) {
      const { fused, origin } = await this.ofRun(workspaceId, version.runId, version.node);
      return { fused, origin: { ...origin, ...named } };
    }
    const { hash, bytes, signature, summary } = version;
    const tried = version.checks?.trial ?? null;
    const sample = tried
      ? tried.rows.map((row) => Object.fromEntries(tried.inputs.map((name, index) => [name, row[index] ?? null])))
      : [Object.fromEntries(signature.inputs.map((input) => [input.name, input.example ?? null]))];
    // There is no run whose rows it could be held against; `rowCount` 0 says so.
    const proof = { rowCount: 0, equal: true, largestDifference: 0, differingLabels: 0, against: 'stages' } as const;
    const release = this.#parts.store.hold(hash);
    return { fused: { hash, bytes, signature, summary, modelHash: hash, proof, sample, training: null, release }, origin: { ...NOWHERE, ...named } };
  }

  async #file(stepId: string, port: string): Promise<ArtifactFile | undefined> {
    const record = this.#runs.outputs(stepId).get(port);
    return record && fileOf(record, (await this.#parts.store.open(record.hash)).path);
  }

  /** `recordAt` says what is known of a result, `fileAt` opens it. */
  #alongPath(
    workspaceId: string,
    document: PipelineDocument,
    node: string | null,
    recordAt: (node: string, port: string) => { readonly meta: ArtifactFile['meta'] } | undefined,
    fileAt: (place: { readonly node: string; readonly port: string }) => Promise<ArtifactFile | undefined>,
  ): Promise<Fused> {
    const { catalog, db } = this.#parts;
    const observed = Object.fromEntries(
      document.nodes.map(({ id, type }) => {
        const ports = Object.keys((catalog[type]?.outputs ?? {}) as object);
        return [
          id,
          Object.fromEntries(
            ports.flatMap((port) => {
              const record = recordAt(id, port);
              const spec = record && specOfMeta(record.meta);
              return spec ? [[port, spec]] : [];
            }),
          ),
        ];
      }),
    );
    const scoring = pathToNode(document, node, { catalog, assets: new WorkspaceAssets(db).schemas(workspaceId), observed });
    return fusePath(scoring, fileAt, this.#parts);
  }
}

const NOWHERE: DeploymentOrigin = { pipelineId: null, runId: null, runNumber: null, modelName: null, modelVersion: null };

/** As a step's error, for a deployment that is part of a run. */
export function asNodeError(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return new NodeError(error.code === 'name_invalid' ? 'name_invalid' : 'scoring_refused', error.message, { cause: error });
}
