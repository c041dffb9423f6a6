import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Catalog } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { matchesHash, type SecretBox } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { AppError, notFound } from '../errors.ts';
import { fileOf, RunRecords } from '../executor/run-records.ts';
import type { EffectContext, PreparedEffect } from '../executor/run-types.ts';
import type { StepPool } from '../executor/step-pool.ts';
import { WorkspaceAssets } from '../executor/workspace-assets.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { PlainTables } from '../assets/plain-tables.ts';
import type { Store } from '../store/store.ts';
import type { PipelineView } from '../assets/pipelines.ts';
import { ENDPOINT_NAME, EndpointRecords, type DeploymentOrigin, type DeploymentRow, type EndpointKeys, type EndpointRow } from './endpoint-records.ts';
import { fusePath, pathOfDocument, pathToNode, specOfMeta, type Fused } from './fusion.ts';
import { Inference } from './inference.ts';
import type { Batch, OutputColumn } from './messages.ts';
import { TrafficBook, type TrafficSummary } from './traffic.ts';

export interface DeploymentsParts {
  readonly db: Database;
  readonly store: Store;
  readonly tables: Pick<PlainTables, 'plain'>;
  readonly pool: Pick<StepPool, 'task'>;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly box: SecretBox;
  readonly log: Logger;
  /** Where processes get their empty working directory. */
  readonly folder: string;
  readonly threads: number;
}

/** A deployment whose process answers. */
interface Live {
  readonly deployment: DeploymentRow;
  readonly endpointName: string;
  readonly inference: Inference;
  keyHashes: readonly string[];
}
/** An endpoint, as far as scoring needs it. */
export interface Addressed {
  readonly id: string;
  readonly workspaceId: string;
}
/** Rows to score, in whatever protocol they came. */
export interface ScoreCall {
  /** Makes the rows into a batch for the deployment that was chosen; throws 400 for what does not fit it. */
  readonly read: (signature: DeploymentRow['signature']) => Batch;
  /** Milliseconds, within the deployment's own limit. */
  readonly timeout?: number;
  /** The deployment that shall answer; otherwise the split of the traffic decides. */
  readonly deployment?: string;
}
export interface ScoreAnswer {
  readonly deployment: string;
  readonly signature: DeploymentRow['signature'];
  readonly rowCount: number;
  /** In the order of the signature's outputs. */
  readonly outputs: readonly OutputColumn[];
  readonly queueMilliseconds: number;
  readonly computeMilliseconds: number;
  /** Requests that went through the graph together with this one, itself among them. */
  readonly together: number;
  readonly milliseconds: number;
}

/** A deploy that is never committed must not leave its process behind. */
const ADOPT_WITHIN = 120_000;
const RESTARTS = 3;
const RESTART_WINDOW = 60_000;

/** Endpoints: makes deployments, keeps a process for each that answers, and scores. */
export class Deployments {
  readonly #parts: DeploymentsParts;
  readonly records: EndpointRecords;
  readonly #runRecords: RunRecords;
  readonly #emptyFolder: string;
  /** By endpoint id. */
  readonly #live = new Map<string, Live>();
  readonly #byName = new Map<string, Addressed>();
  readonly #traffic: TrafficBook;
  readonly #deaths = new Map<string, number[]>();
  #closed = false;

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
    this.records = new EndpointRecords(parts.db, parts.box);
    this.#runRecords = new RunRecords(parts.db);
    this.#emptyFolder = join(parts.folder, 'empty');
    mkdirSync(this.#emptyFolder, { recursive: true, mode: 0o700 });
    this.#traffic = new TrafficBook(parts.db, parts.clock);
  }

  /** Starts a process for every deployment that answered before the server stopped. Never throws: what cannot start is `failed` with its reason. */
  async start(): Promise<void> {
    await Promise.all(
      this.records.serving().map(async (deployment) => {
        this.records.setState(deployment, 'starting', null, this.#parts.clock.now());
        await this.#bringUp(deployment);
      }),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#traffic.save();
    await Promise.all([...this.#live.values()].map(({ inference }) => inference.close()));
    this.#live.clear();
  }

  /** Deploys an inference pipeline with the newest results of its training pipeline. Throws 422 with the place when it cannot be served. */
  async deployPipeline(pipeline: PipelineView, workspaceId: string, endpoint: string): Promise<{ endpoint: string; deployment: string }> {
    checkName(endpoint);
    const training = pipeline.trainingPipelineId;
    if (pipeline.kind !== 'inference' || training === null) {
      throw new AppError(422, 'Only an inference pipeline can be deployed. Run the training pipeline and press Create inference pipeline.', {
        code: 'scoring_refused',
      });
    }
    const scoring = pathOfDocument(pipeline.document, this.#parts.catalog);
    const newest = (node: string, run?: number) => this.#runRecords.newestGood(training, node, run);
    const fused = await fusePath(
      scoring,
      async ({ node, port, run }) => {
        const step = newest(node, run);
        const record = step && this.#runRecords.outputs(step.id).get(port);
        return record && fileOf(record, (await this.#parts.store.open(record.hash)).path);
      },
      this.#parts,
    );
    const trained = newest(scoring.trained.node, scoring.trained.run);
    const prepared = await this.#prepare(workspaceId, endpoint, fused, {
      pipelineId: pipeline.id,
      runId: trained?.runId ?? null,
      runNumber: trained?.runNumber ?? null,
    });
    prepared.commit();
    return prepared.afterCommit();
  }

  /** The effect of Deploy to Endpoint: fuses, proves and loads first; the endpoint switches over in the transaction that ends the step. */
  async deployFromRun(effect: { endpoint: string }, context: EffectContext): Promise<PreparedEffect> {
    try {
      checkName(effect.endpoint);
      const { document, workspaceId } = context;
      const scoring = pathToNode(document, context.node, {
        catalog: this.#parts.catalog,
        assets: new WorkspaceAssets(this.#parts.db).schemas(workspaceId),
        observed: this.#observed(context),
      });
      const fused = await fusePath(scoring, ({ node, port }) => Promise.resolve(context.artifact(node, port)), this.#parts);
      const origin = { pipelineId: context.pipelineId, runId: context.runId, runNumber: context.runNumber };
      const { commit, afterCommit } = await this.#prepare(workspaceId, effect.endpoint, fused, origin);
      return { commit, afterCommit: () => void afterCommit() };
    } catch (error) {
      if (error instanceof AppError) throw new NodeError(error.code === 'name_invalid' ? 'name_invalid' : 'scoring_refused', error.message, { cause: error });
      throw error;
    }
  }

  /** Specs of what this run's nodes made, as far as they have ended. */
  #observed({ document, artifact }: EffectContext) {
    return Object.fromEntries(
      document.nodes.map(({ id, type }) => {
        const ports = Object.keys((this.#parts.catalog[type]?.outputs ?? {}) as object);
        return [
          id,
          Object.fromEntries(
            ports.flatMap((port) => {
              const file = artifact(id, port);
              const spec = file && specOfMeta(file.meta);
              return spec ? [[port, spec]] : [];
            }),
          ),
        ];
      }),
    );
  }

  /** The slow part: a process with the model. `commit` writes the rows and may run in another's transaction; `afterCommit` switches over. */
  async #prepare(workspaceId: string, endpointName: string, fused: Fused, origin: DeploymentOrigin) {
    const inference = await this.#startProcess(fused.hash, fused.signature, (reason) => this.#died(inference, reason)).catch((cause: unknown) => {
      fused.release();
      throw new AppError(422, `The model cannot be served: ${cause instanceof Error ? cause.message : String(cause)}`, { code: 'model_mismatch', cause });
    });
    const orphaned = setTimeout(() => {
      fused.release();
      void inference.close();
    }, ADOPT_WITHIN);
    orphaned.unref();
    let written: { endpoint: EndpointRow; deployment: DeploymentRow } | undefined;
    return {
      commit: () => {
        written = this.records.add(workspaceId, endpointName, fused, origin, this.#parts.clock.now());
      },
      afterCommit: () => {
        clearTimeout(orphaned);
        fused.release();
        const { endpoint, deployment } = written!;
        this.#switchTo({ deployment, endpointName, inference, keyHashes: this.records.keyHashes(endpoint.id) });
        return { endpoint: endpointName, deployment: deployment.name };
      },
    };
  }

  #switchTo(live: Live): void {
    const { endpointId } = live.deployment;
    const before = this.#live.get(endpointId);
    this.#live.set(endpointId, live);
    this.#byName.set(live.endpointName, { id: endpointId, workspaceId: live.deployment.workspaceId });
    if (before) void before.inference.drain();
  }

  async #startProcess(hash: string, signature: DeploymentRow['signature'], onDeath: (reason: string) => void): Promise<Inference> {
    const { path } = await this.#parts.store.open(hash);
    return Inference.start({ path, emptyFolder: this.#emptyFolder, threads: this.#parts.threads, onDeath }, signature);
  }

  async #bringUp(deployment: DeploymentRow): Promise<void> {
    const { clock, log } = this.#parts;
    const endpoint = this.records.deployment(deployment.id) && this.#endpointOf(deployment);
    if (!endpoint || this.#closed) return;
    try {
      const inference: Inference = await this.#startProcess(deployment.hash, deployment.signature, (reason) => this.#died(inference, reason));
      if (this.#closed || (this.records.deployment(deployment.id)?.weight ?? 0) === 0) return await inference.close();
      this.records.setState(deployment, 'serving', null, clock.now());
      this.#switchTo({ deployment, endpointName: endpoint.name, inference, keyHashes: this.records.keyHashes(endpoint.id) });
    } catch (error) {
      log.error({ err: error, endpoint: endpoint.name }, 'a deployment could not be started');
      this.records.setState(deployment, 'failed', error instanceof Error ? error.message : String(error), clock.now());
    }
  }

  #endpointOf(deployment: DeploymentRow): EndpointRow | undefined {
    return this.#parts.db.query.endpoints.findFirst({ where: (table, { eq }) => eq(table.id, deployment.endpointId) }).sync();
  }

  #died(inference: Inference, reason: string): void {
    const live = [...this.#live.values()].find((each) => each.inference === inference);
    if (!live || this.#closed) return;
    const { deployment } = live;
    this.#live.delete(deployment.endpointId);
    const now = this.#parts.clock.now();
    const recent = [...(this.#deaths.get(deployment.id) ?? []).filter((at) => at > now - RESTART_WINDOW), now];
    this.#deaths.set(deployment.id, recent);
    this.#parts.log.warn({ endpoint: live.endpointName, reason }, 'an inference process ended');
    if (recent.length > RESTARTS) return this.records.setState(deployment, 'failed', `${reason} It ended ${recent.length} times within a minute.`, now);
    this.records.setState(deployment, 'starting', reason, now);
    void this.#bringUp(deployment);
  }

  /**
   * The endpoint by its address alone, without a look into the database when it answers: names are unique within a workspace, and there is one
   * workspace so far.
   */
  at(name: string): Addressed | undefined {
    const known = this.#byName.get(name);
    if (known) return known;
    const row = this.records.byAddress(name);
    return row && { id: row.id, workspaceId: row.workspaceId };
  }

  /** Whether the secret is one of the endpoint's keys; every key is compared, in constant time. */
  holdsKey(endpoint: Addressed, secret: string): boolean {
    const hashes = this.#live.get(endpoint.id)?.keyHashes ?? this.records.keyHashes(endpoint.id);
    return hashes.map((hash) => matchesHash(secret, hash)).includes(true);
  }

  /** Scores rows. Throws 400 naming row and column, 503 when the endpoint cannot answer now, 504 over time. */
  async score(endpoint: Addressed, { read, timeout, deployment }: ScoreCall): Promise<ScoreAnswer> {
    const started = performance.now();
    try {
      const live = this.#live.get(endpoint.id);
      if (!live) throw notReady(this.#parts.db.query.endpoints.findFirst({ where: (table, { eq }) => eq(table.id, endpoint.id) }).sync());
      const { signature, name } = live.deployment;
      if (deployment !== undefined && deployment !== name) throw notFound('deployment', deployment);
      const batch = read(signature);
      const scored = await live.inference.score(batch, { timeout });
      const milliseconds = performance.now() - started;
      this.#traffic.add(endpoint.id, milliseconds, false);
      return { ...scored, deployment: name, signature, rowCount: batch.rowCount, milliseconds };
    } catch (error) {
      this.#traffic.add(endpoint.id, null, true);
      throw error;
    }
  }

  traffic(endpointId: string): TrafficSummary {
    return this.#traffic.summary(endpointId);
  }

  keys(workspaceId: string, name: string): EndpointKeys {
    return this.records.keys(this.records.get(workspaceId, name).id);
  }

  rotate(workspaceId: string, name: string, which: 'primary' | 'secondary'): EndpointKeys {
    const endpoint = this.records.get(workspaceId, name);
    this.records.rotate(endpoint, which, this.#parts.clock.now());
    const live = this.#live.get(endpoint.id);
    if (live) live.keyHashes = this.records.keyHashes(endpoint.id);
    return this.records.keys(endpoint.id);
  }

  /** Goes back to the deployment before the one that answers; that one stays, without traffic. Throws 409 when there is none before it. */
  async rollback(workspaceId: string, name: string): Promise<void> {
    const endpoint = this.records.get(workspaceId, name);
    const all = this.records.deployments(endpoint.id);
    const current = all.findIndex((each) => each.weight > 0);
    const before = all[current + 1];
    if (!before) throw new AppError(409, 'There is no earlier deployment to go back to.', { code: 'rollback_none' });
    const inference: Inference = await this.#startProcess(before.hash, before.signature, (reason) => this.#died(inference, reason)).catch((cause: unknown) => {
      throw new AppError(409, `The earlier deployment cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`, {
        code: 'rollback_failed',
        cause,
      });
    });
    this.records.activate(endpoint.id, before.id, this.#parts.clock.now());
    this.#switchTo({ deployment: { ...before, weight: 100, state: 'serving' }, endpointName: name, inference, keyHashes: this.records.keyHashes(endpoint.id) });
  }

  async remove(workspaceId: string, name: string): Promise<void> {
    const endpoint = this.records.get(workspaceId, name);
    this.records.remove(endpoint.id);
    const live = this.#live.get(endpoint.id);
    this.#live.delete(endpoint.id);
    this.#byName.delete(name);
    this.#traffic.forget(endpoint.id);
    await live?.inference.close();
  }

  /** Throws 409 for the deployment that answers. */
  removeDeployment(workspaceId: string, name: string, deploymentName: string): void {
    const deployment = this.records.deployments(this.records.get(workspaceId, name).id).find((each) => each.name === deploymentName);
    if (!deployment) throw notFound('deployment', deploymentName);
    if (deployment.weight > 0)
      throw new AppError(409, 'This deployment answers requests now. Roll back or deploy another one first, or delete the endpoint.', {
        code: 'deployment_active',
      });
    this.records.removeDeployment(deployment.id);
  }

  /** Pids of the inference processes. */
  get pids(): number[] {
    return [...this.#live.values()].flatMap(({ inference }) => inference.pids);
  }

  /** For /metrics. */
  counters(): readonly { endpoint: string; requests: number; errors: number }[] {
    return [...this.#live.values()].map(({ endpointName, deployment }) => ({ endpoint: endpointName, ...this.#traffic.totals(deployment.endpointId) }));
  }
}

function checkName(name: string): void {
  if (!ENDPOINT_NAME.test(name)) {
    throw new AppError(422, 'An endpoint name is part of its address: lower-case letters, digits and "-", at most 63, no "-" at either end.', {
      code: 'name_invalid',
      errors: [{ pointer: '/endpoint', detail: 'Lower-case letters, digits and "-" only.' }],
    });
  }
}

function notReady(endpoint: EndpointRow | undefined): AppError {
  const why = endpoint?.state === 'failed' ? `The endpoint failed: ${endpoint.error ?? 'unknown reason'}` : 'The endpoint is starting.';
  return new AppError(503, why, { code: 'endpoint_unavailable', headers: { 'retry-after': '2' } });
}
