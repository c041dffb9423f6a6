import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { SecretBox } from '../auth/secrets.ts';
import type { PipelineView } from '../assets/pipelines.ts';
import { AppError, notFound } from '../errors.ts';
import type { EffectContext, PreparedEffect } from '../executor/run-types.ts';
import type { Clock } from '../scheduler/clock.ts';
import { BY_ITSELF, EndpointEvents } from './endpoint-events.ts';
import {
  ALL_TRAFFIC,
  ENDPOINT_NAME,
  EndpointRecords,
  type DeploymentPlan,
  type DeploymentRow,
  type EndpointKeys,
  type EndpointRow,
} from './endpoint-records.ts';
import { DEPLOYMENT_DEFAULTS, type DeploymentSettings, type EndpointSettings } from './endpoint-settings.ts';
import type { Inference } from './inference.ts';
import { LiveDeployment } from './live-deployment.ts';
import { LiveEndpoints, type Addressed, type ScoreAnswer, type ScoreCall } from './live-endpoints.ts';
import { messageOf, ProcessSet } from './process-set.ts';
import { Rollbacks } from './rollbacks.ts';
import { asNodeError, DeploymentSources, type Source, type SourceParts } from './sources.ts';
import { KeyRing } from './key-ring.ts';
import { TrafficBook } from './traffic-book.ts';
import { startWarm, type ProcessParts } from './warm-start.ts';

export type { Addressed, ScoreAnswer, ScoreCall } from './live-endpoints.ts';

export interface DeploymentsParts extends SourceParts {
  readonly clock: Clock;
  readonly box: SecretBox;
  readonly log: Logger;
  /** Where processes get their empty working directory. */
  readonly folder: string;
  readonly threads: number;
}
export interface Deployed {
  readonly endpoint: string;
  readonly deployment: string;
}

/** A deploy that is never committed must not leave its process behind. */
const ADOPT_WITHIN = 120_000;
const TICK = 1_000;
const MINUTE = 60_000;

/** Endpoints: makes deployments, splits traffic among them, and keeps their processes. */
export class Deployments {
  readonly #parts: DeploymentsParts;
  readonly records: EndpointRecords;
  readonly events: EndpointEvents;
  readonly traffic: TrafficBook;
  readonly sources: DeploymentSources;
  readonly live: LiveEndpoints;
  readonly #processes: ProcessParts;
  readonly #set: ProcessSet;
  readonly #rollbacks: Rollbacks;
  #ticking: NodeJS.Timeout | null = null;
  /** Told of every new deployment, after it answers. */
  onDeployed: (deployment: DeploymentRow, source: Source) => void = () => {};
  /** Called each second. */
  onTick: (now: number) => void = () => {};

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
    this.records = new EndpointRecords(parts.db, parts.box);
    this.events = new EndpointEvents(parts.db);
    this.traffic = new TrafficBook(parts.db, parts.clock);
    this.sources = new DeploymentSources(parts);
    this.live = new LiveEndpoints(this.traffic, () => parts.clock.now());
    const emptyFolder = join(parts.folder, 'empty');
    mkdirSync(emptyFolder, { recursive: true, mode: 0o700 });
    this.#processes = { store: parts.store, emptyFolder, threads: parts.threads };
    this.#set = new ProcessSet({
      records: this.records,
      events: this.events,
      live: this.live,
      log: parts.log,
      start: (row, settings, onDeath) => startWarm(this.#processes, row, settings, onDeath),
      now: () => parts.clock.now(),
    });
    this.#rollbacks = new Rollbacks({ records: this.records, set: this.#set, log: parts.log, now: () => parts.clock.now() });
  }

  /** Starts processes for every deployment that answered before the server stopped. Never throws: what cannot start is `failed` with its reason. */
  async start(): Promise<void> {
    this.#ticking = setInterval(() => this.#tick(), TICK);
    this.#ticking.unref();
    const started = this.records.answering().map(async (row) => {
      const endpoint = this.#set.openEndpoint(row);
      if (endpoint.paused) return;
      const live = this.#set.newLive(endpoint, row);
      if (row.state === 'idle') return;
      this.records.setState(row, 'starting', null, this.#parts.clock.now());
      await live.up().catch(() => {});
    });
    await Promise.all(started);
  }

  async close(): Promise<void> {
    this.#set.closed = true;
    if (this.#ticking) clearInterval(this.#ticking);
    this.traffic.write();
    await Promise.all(this.live.all().flatMap(({ deployments }) => deployments.map((live) => live.close())));
  }

  /** Deploys an inference pipeline with the newest results of its training pipeline. */
  async deployPipeline(pipeline: PipelineView, workspaceId: string, endpoint: string, by: string, plan: DeploymentPlan = ALL_TRAFFIC): Promise<Deployed> {
    checkName(endpoint);
    return this.deploy(workspaceId, endpoint, await this.sources.ofPipeline(pipeline), plan, by);
  }

  /** Deploys what a source gave. Throws 422 when it cannot be loaded. */
  async deploy(workspaceId: string, endpoint: string, source: Source, plan: DeploymentPlan, by: string): Promise<Deployed> {
    checkName(endpoint);
    const prepared = await this.#prepare(workspaceId, endpoint, source, plan, by);
    try {
      prepared.commit();
    } catch (error) {
      prepared.giveUp();
      throw error;
    }
    return prepared.afterCommit();
  }

  /** The effect of Deploy to Endpoint: fuses, proves and loads first; the endpoint switches over in the transaction that ends the step. */
  async deployFromRun(effect: Omit<DeploymentPlan, 'name'> & { readonly endpoint: string }, context: EffectContext): Promise<PreparedEffect> {
    const { endpoint, mode, weight, settings } = effect;
    try {
      checkName(endpoint);
      const source = await this.sources.ofStep(context);
      const row = this.records.find(context.workspaceId, endpoint);
      const alone = !row || this.records.deployments(row.id).every((each) => each.weight === 0);
      const plan: DeploymentPlan = { ...(alone ? ALL_TRAFFIC : { name: null, mode, weight }), settings };
      const { commit, afterCommit } = await this.#prepare(context.workspaceId, endpoint, source, plan, `run ${context.runNumber}`);
      return { commit, afterCommit: () => void afterCommit() };
    } catch (error) {
      throw asNodeError(error);
    }
  }

  /** The slow part: processes with the model. `commit` writes the rows and may run in another's transaction; `afterCommit` switches over. */
  async #prepare(workspaceId: string, endpointName: string, source: Source, plan: DeploymentPlan, by: string) {
    const { fused } = source;
    let adopted: LiveDeployment | null = null;
    const settings = { ...DEPLOYMENT_DEFAULTS, ...plan.settings };
    const inference: Inference = await startWarm(this.#processes, fused, settings, (reason) => adopted?.died(inference, reason)).catch((cause: unknown) => {
      fused.release();
      throw new AppError(422, `The model cannot be served: ${messageOf(cause)}`, { code: 'model_mismatch', cause });
    });
    const giveUp = (): void => {
      clearTimeout(orphaned);
      fused.release();
      void inference.close();
    };
    const orphaned = setTimeout(giveUp, ADOPT_WITHIN);
    orphaned.unref();
    let written: { endpoint: EndpointRow; deployment: DeploymentRow } | undefined;
    return {
      giveUp,
      commit: () => {
        written = this.records.add(workspaceId, endpointName, source, plan, this.#parts.clock.now());
        const { endpoint, deployment } = written;
        this.events.add(endpoint, { type: 'deployed', deployment: deployment.name, by, message: deployedMessage(deployment) }, deployment.createdAt);
      },
      afterCommit: (): Deployed => {
        clearTimeout(orphaned);
        const { deployment } = written!;
        const endpoint = this.#set.openEndpoint(deployment);
        if (endpoint.paused) void inference.close();
        else adopted = this.#set.newLive(endpoint, deployment, inference);
        this.#set.followRecords(endpoint);
        this.onDeployed(deployment, source);
        fused.release();
        return { endpoint: endpointName, deployment: deployment.name };
      },
    };
  }

  #tick(): void {
    const now = this.#parts.clock.now();
    try {
      for (const endpoint of this.live.all()) {
        for (const live of endpoint.deployments) {
          const { idleMinutes } = live.settings;
          if (idleMinutes > 0 && live.pids.length > 0 && now - live.lastUsed > idleMinutes * MINUTE) live.sleep();
        }
        this.#rollbacks.watch(endpoint, now);
      }
      if (now % MINUTE < TICK) this.traffic.write();
      this.onTick(now);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'looking after endpoints failed');
    }
  }

  /** The endpoint by its address alone, without a look into the database when it answers. */
  at(name: string): Addressed | undefined {
    const known = this.live.byName(name);
    if (known) return known;
    const row = this.records.byAddress(name);
    return row && { id: row.id, workspaceId: row.workspaceId };
  }

  /** Whether the secret is one of the endpoint's keys. */
  holdsKey(endpoint: Addressed, secret: string): boolean {
    const keys = this.live.get(endpoint.id)?.keys ?? new KeyRing(this.records.keyHashes(endpoint.id));
    return keys.fits(secret);
  }

  /** Scores rows. Throws 400 naming row and column, 404 for a deployment that is named and not there, 503 when the endpoint cannot answer now, 504 over time. */
  score(endpoint: Addressed, call: ScoreCall): Promise<ScoreAnswer> {
    return this.live.score(this.live.get(endpoint.id), call);
  }

  settings(endpoint: { readonly id: string }): EndpointSettings {
    return this.#set.settings(endpoint);
  }

  changeSettings(workspaceId: string, name: string, change: Partial<EndpointSettings>, by: string): void {
    const row = this.records.get(workspaceId, name);
    this.records.setSettings(row, { ...row.settings, ...change }, this.#parts.clock.now());
    this.#set.forgetSettings(row.id);
    this.#set.log(
      { endpointId: row.id, workspaceId },
      { type: 'settings', by, message: `Changed the settings of ${Object.keys(change).map(wordsOf).join(' and ')}.` },
    );
    const endpoint = this.live.get(row.id);
    if (endpoint && change.autoRollback) {
      for (const live of endpoint.deployments) live.restartWindow(change.autoRollback.windowSeconds);
    }
  }

  /** Switches an endpoint off, with all its processes, or on again; kept over restarts. Resolves when it answers, or nothing new reaches a process. */
  async setPaused(workspaceId: string, name: string, paused: boolean, by: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    if (this.settings(row).paused === paused) return;
    this.records.setSettings(row, { ...row.settings, paused }, this.#parts.clock.now());
    this.#set.forgetSettings(row.id);
    const message = paused ? 'Paused: it answers nobody, and its processes end.' : 'Resumed.';
    this.#set.log({ endpointId: row.id, workspaceId }, { type: paused ? 'paused' : 'resumed', by, message });
    const endpoint = this.#set.openEndpoint({ endpointId: row.id });
    if (paused) this.#set.pause(endpoint);
    else await this.#set.resume(endpoint);
  }

  /** The rows of an endpoint's deployments, newest first, as callers find them: a paused endpoint has none that answers. */
  deploymentsOf({ id }: { readonly id: string }): DeploymentRow[] {
    const rows = this.records.deployments(id);
    return this.settings({ id }).paused ? rows.map((row) => ({ ...row, state: 'stopped' as const, error: 'The endpoint is paused.' })) : rows;
  }

  keys(workspaceId: string, name: string): EndpointKeys {
    return this.records.keys(this.records.get(workspaceId, name).id);
  }

  rotate(workspaceId: string, name: string, which: 'primary' | 'secondary', by = BY_ITSELF): EndpointKeys {
    const endpoint = this.records.get(workspaceId, name);
    this.records.rotate(endpoint, which, this.#parts.clock.now());
    const live = this.live.get(endpoint.id);
    if (live) live.keys = new KeyRing(this.records.keyHashes(endpoint.id));
    this.#set.log({ endpointId: endpoint.id, workspaceId }, { type: 'keys', by, message: `Renewed the ${which} key.` });
    return this.records.keys(endpoint.id);
  }

  /** Splits the traffic by the names of deployments; weights are whole percents that sum to 100. Those that get traffic are up before they get it. */
  async setTraffic(workspaceId: string, name: string, weights: Readonly<Record<string, number>>, by: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    const all = this.records.deployments(row.id);
    const chosen = new Map<string, number>();
    for (const [deployment, weight] of Object.entries(weights)) chosen.set(found(all, deployment).id, weight);
    if ([...chosen.values()].reduce((sum, weight) => sum + weight, 0) !== 100)
      throw new AppError(422, 'The shares of the deployments must sum to 100.', { code: 'traffic_invalid' });
    const endpoint = await this.#set.ensureUp(all.filter((each) => (chosen.get(each.id) ?? 0) > 0));
    this.records.setWeights(row.id, chosen, this.#parts.clock.now(), { stop: false });
    this.#set.followRecords(endpoint);
    const split = all.flatMap((each) => (chosen.get(each.id) ? [`${each.name} ${chosen.get(each.id)} %`] : []));
    this.#set.log({ endpointId: row.id, workspaceId }, { type: 'traffic', by, message: `Traffic: ${split.join(', ')}.` });
  }

  /** Gives one deployment all traffic, in one step. */
  async promote(workspaceId: string, name: string, deploymentName: string, by: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    const deployment = found(this.records.deployments(row.id), deploymentName);
    const endpoint = await this.#set.ensureUp([deployment]);
    this.records.setWeights(row.id, new Map([[deployment.id, 100]]), this.#parts.clock.now());
    this.#set.followRecords(endpoint);
    this.#set.log(deployment, { type: 'promoted', deployment: deploymentName, by, message: `${deploymentName} takes all traffic.` });
  }

  /** Goes back to the deployment that had the traffic before; the present ones stay, without traffic. Throws 409 when there is none before it. */
  async rollback(workspaceId: string, name: string, by = BY_ITSELF): Promise<void> {
    const row = this.records.get(workspaceId, name);
    const target = this.records.lastGood(row.id);
    if (!target) throw new AppError(409, 'There is no earlier deployment to go back to.', { code: 'rollback_none' });
    const endpoint = this.#set.openEndpoint(target);
    await this.#rollbacks.to(endpoint, target, { type: 'rolled_back', deployment: target.name, by, message: `Rolled back to ${target.name}.` });
  }

  /** A shadow scores copies of the requests; one that has traffic cannot be one. */
  async setShadow(workspaceId: string, name: string, deploymentName: string, shadow: boolean, by: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    const deployment = found(this.records.deployments(row.id), deploymentName);
    if (shadow && deployment.weight > 0)
      throw new AppError(409, 'This deployment answers requests. Give its traffic to another one first.', { code: 'deployment_active' });
    const endpoint = await this.#set.ensureUp([deployment]);
    this.records.change(deployment.id, { mode: shadow ? 'shadow' : 'live', ...(shadow ? { servedUntil: null } : {}) });
    this.#set.followRecords(endpoint);
    const message = shadow ? `${deploymentName} scores copies of the requests.` : `${deploymentName} is no shadow any more.`;
    this.#set.log(deployment, { type: 'shadowed', deployment: deploymentName, by, message });
  }

  /** Starts a deployment that takes only requests that name it, or stops one without traffic. */
  async setRunning(workspaceId: string, name: string, deploymentName: string, running: boolean, by: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    const deployment = found(this.records.deployments(row.id), deploymentName);
    if (running) await this.#set.ensureUp([deployment]);
    else {
      if (deployment.weight > 0) throw active();
      this.records.setState(deployment, 'stopped', null, this.#parts.clock.now());
      const endpoint = this.live.get(row.id);
      if (endpoint) this.#set.followRecords(endpoint);
    }
    this.#set.log(deployment, {
      type: running ? 'started' : 'stopped',
      deployment: deploymentName,
      by,
      message: `${running ? 'Started' : 'Stopped'} ${deploymentName}.`,
    });
  }

  /** Other workers and limits: new processes with them are up before they take over. */
  async changeDeployment(workspaceId: string, name: string, deploymentName: string, change: Partial<DeploymentSettings>, by: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    const deployment = found(this.records.deployments(row.id), deploymentName);
    const settings = { ...deployment.settings, ...change };
    const next: DeploymentRow = { ...deployment, settings };
    const endpoint = this.live.get(row.id);
    const before = endpoint?.deployments.find((live) => live.row.id === deployment.id);
    if (endpoint && before?.awake) {
      const live = new LiveDeployment(next, this.#set.host, this.#set.settings(endpoint).autoRollback.windowSeconds);
      await live.up();
      endpoint.deployments = endpoint.deployments.map((each) => (each === before ? live : each));
      before.retire();
    } else if (endpoint && before) {
      endpoint.deployments = endpoint.deployments.map((each) =>
        each === before ? new LiveDeployment(next, this.#set.host, this.#set.settings(endpoint).autoRollback.windowSeconds) : each,
      );
    }
    this.records.change(deployment.id, { settings });
    this.#set.log(deployment, { type: 'settings', deployment: deploymentName, by, message: `Changed the settings of ${deploymentName}.` });
  }

  async remove(workspaceId: string, name: string): Promise<void> {
    const row = this.records.get(workspaceId, name);
    for (const { id } of this.records.deployments(row.id)) this.traffic.forget(id);
    this.records.remove(row.id);
    this.#set.forgetSettings(row.id);
    await Promise.all(this.live.remove(row.id)?.deployments.map((live) => live.close()) ?? []);
  }

  /** Throws 409 for one that answers. */
  removeDeployment(workspaceId: string, name: string, deploymentName: string, by = BY_ITSELF): void {
    const deployment = found(this.records.deployments(this.records.get(workspaceId, name).id), deploymentName);
    if (deployment.weight > 0) throw active();
    this.records.removeDeployment(deployment.id);
    this.traffic.forget(deployment.id);
    const endpoint = this.live.get(deployment.endpointId);
    if (endpoint) this.#set.followRecords(endpoint);
    this.#set.log(deployment, { type: 'removed', deployment: deploymentName, by, message: `Removed ${deploymentName}.` });
  }

  /** Pids of the inference processes. */
  get pids(): number[] {
    return this.live.all().flatMap(({ deployments }) => deployments.flatMap((live) => live.pids));
  }
}

function found(deployments: readonly DeploymentRow[], name: string): DeploymentRow {
  const deployment = deployments.find((each) => each.name === name);
  if (!deployment) throw notFound('deployment', name);
  return deployment;
}

const active = (): AppError =>
  new AppError(409, 'This deployment answers requests now. Give its traffic to another one first, or delete the endpoint.', { code: 'deployment_active' });

const wordsOf = (setting: string): string => (setting === 'autoRollback' ? 'automatic rollback' : 'the request log');

function deployedMessage({ name, mode, weight, modelName, modelVersion, runNumber }: DeploymentRow): string {
  const what = modelName === null ? (runNumber === null ? '' : ` from run ${runNumber}`) : ` with ${modelName} v${modelVersion}`;
  const how = mode === 'shadow' ? 'as a shadow' : weight === 0 ? 'without traffic' : weight === 100 ? 'with all traffic' : `with ${weight} % of the traffic`;
  return `Deployed ${name}${what}, ${how}.`;
}

function checkName(name: string): void {
  if (!ENDPOINT_NAME.test(name)) {
    throw new AppError(422, 'An endpoint name is part of its address: lower-case letters, digits and "-", at most 63, no "-" at either end.', {
      code: 'name_invalid',
      errors: [{ pointer: '/endpoint', detail: 'Lower-case letters, digits and "-" only.' }],
    });
  }
}
