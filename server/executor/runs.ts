import { mkdirSync, rmSync } from 'node:fs';
import type { Catalog } from '#nodes/kit/define.ts';
import type { Compute, Computes } from '#server/compute/computes.ts';
import { storeExchange, type ConnectionSource } from '#server/compute/exchange.ts';
import type { Database } from '#server/db/client.ts';
import { Commits } from '#server/db/commits.ts';
import { newId } from '#server/db/ids.ts';
import { AppError, notFound } from '#server/errors.ts';
import { inSlices } from '#server/slices.ts';
import type { Disk } from '#server/store/disk.ts';
import type { Store } from '#server/store/store.ts';
import { sweepArtifacts, sweepOrphans } from '#server/store/sweep.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { isFinal, type RunEvent } from '#pipelines/events.ts';
import type { Scope } from '#pipelines/plan.ts';
import { policiesOf, type RunPolicy } from '#pipelines/policy.ts';
import type { Observed } from '#pipelines/propagate.ts';
import { countLoads, loadOf, type ComputeCounts, type ComputeLoad } from './compute-load.ts';
import { LiveRun } from './live-run.ts';
import { LiveRuns } from './live-runs.ts';
import { forecasting, observing } from './plan-view.ts';
import type { QueryChecks } from './query-checks.ts';
import { Recovery } from './recovery.ts';
import { RunEvents, type OnRunEnded } from './run-events.ts';
import { RunLoad } from './run-load.ts';
import { RunQueries } from './run-queries.ts';
import { RunRecords } from './run-records.ts';
import { removeRun } from './run-removal.ts';
import { sourcedScope, type RunSource } from './run-source.ts';
import { RunStart, type KeyedRequest, type Kept } from './run-start.ts';
import type {
  EffectHandlers,
  LogLine,
  PipelineState,
  PlanView,
  RunDetails,
  RunPage,
  RunQuery,
  RunSummary,
  StartedBy,
  StartedRun,
  StartRequest,
  WaitingStep,
} from './run-types.ts';
import type { RunWorld } from './run-world.ts';
import { WorkspaceAssets } from './workspace-assets.ts';

export type * from './run-types.ts';

export interface RunsOptions {
  readonly db: Database;
  readonly store: Store;
  readonly computes: Computes;
  readonly catalog: Catalog;
  /** Tells before a run whether its queries can run. */
  readonly queries?: QueryChecks;
  readonly effects: EffectHandlers;
  /** Where attempts on this machine get their scratch folders; emptied at start. */
  readonly scratchFolder: string;
  readonly allowedHosts?: readonly string[];
  /** Where steps get their connections from. */
  readonly connections?: ConnectionSource;
  /** Runs that are carried out at the same time; further ones wait in the database. */
  readonly liveRuns?: number;
  /** Runs that may wait before new ones are refused with 429. */
  readonly queuedRuns?: number;
  readonly stepMilliseconds?: number;
  readonly runMilliseconds?: number;
  /** Refuses new runs while too little of the disk is free. */
  readonly disk?: Disk;
  readonly now?: () => number;
  readonly onRunEnded?: OnRunEnded;
  readonly onError?: (error: unknown, runId: string | null) => void;
  /** Told of each run that has ended in this process; must not throw. */
  readonly onEnded?: (runId: string) => void;
  /** The disk has refused what was written of runs; the process has to end. By default that is thrown where nobody catches it. */
  readonly onDiskLost?: (error: Error) => void;
}

const uncaught = (error: Error): void => {
  setImmediate(() => {
    throw error;
  });
};

const DAY = 86_400_000;

/** Starts runs, carries them out, and tells how they stand. */
export class Runs {
  readonly #db: Database;
  readonly #options: RunsOptions;
  readonly #world: RunWorld;
  readonly #records: RunRecords;
  readonly #events: RunEvents;
  readonly #assets: WorkspaceAssets;
  readonly #starter: RunStart;
  readonly #loader: RunLoad;
  readonly #recovery: Recovery;
  readonly #queries: RunQueries;
  readonly #commits: Commits;
  readonly #live: LiveRuns;
  readonly #removals = new Set<Promise<unknown>>();
  #draining = false;
  /** Runs that are being written down, and will wait then. */
  #beginning = 0;

  constructor(options: RunsOptions) {
    const { db, catalog, computes } = options;
    const now = options.now ?? Date.now;
    this.#db = db;
    this.#options = options;
    this.#records = new RunRecords(db);
    this.#events = new RunEvents(db, options.onRunEnded);
    this.#commits = new Commits(db.$client, options.onDiskLost ?? uncaught);
    this.#assets = new WorkspaceAssets(db);
    this.#recovery = new Recovery(db, this.#events, now);
    this.#loader = new RunLoad(db, catalog, this.#records, computes);
    this.#live = new LiveRuns({
      computes,
      most: options.liveRuns ?? 64,
      answersAwaited: () => this.#commits.awaited,
      open: (id) => new LiveRun(this.#world, this.#loader.load(id, this.#starter.takePlan(id))),
      onBroken: (error, id) => this.#quarantine(error, id),
      onEnded: (id) => options.onEnded?.(id),
    });
    this.#queries = new RunQueries(db, this.#records, this.#live);
    this.#starter = new RunStart({
      db,
      catalog,
      records: this.#records,
      events: this.#events,
      assets: this.#assets,
      commits: this.#commits,
      computes,
      queries: options.queries,
      runMilliseconds: options.runMilliseconds ?? 7 * DAY,
      now,
    });
    mkdirSync(options.scratchFolder, { recursive: true, mode: 0o700 });
    this.#world = {
      records: this.#records,
      events: this.#events,
      commits: this.#commits,
      store: options.store,
      computes,
      exchange: storeExchange(options.store, options.connections),
      catalog,
      effects: options.effects,
      owner: newId(),
      allowedHosts: options.allowedHosts ?? [],
      stepMilliseconds: options.stepMilliseconds ?? DAY,
      now,
      onError: (error, runId) => this.#report(error, runId),
      offer: () => this.#live.offer(),
      tidy: (removal) => {
        const settled = removal.catch((error: unknown) => this.#report(error, null)).finally(() => this.#removals.delete(settled));
        this.#removals.add(settled);
      },
    };
  }

  /**
   * Checks the pipeline, pins its version and all data that it reads, and commits the run; it is carried out from then on, come what may.
   * @throws AppError 404, 422 with issues, 429 when too many runs wait, 503 while the server stops
   */
  async start(request: StartRequest): Promise<StartedRun> {
    return this.#begin(request, null);
  }

  /** The run that an equal request with the same key has started, whatever has changed since; null when there is none. @throws AppError 422 */
  replay(request: KeyedRequest): Promise<StartedRun | null> {
    return this.#starter.replay(request);
  }

  /**
   * A new run with the version, data and parameters of an ended one, which takes over the results of the steps that succeeded there.
   * @throws AppError 404, 409 while the run has not ended or when it succeeded
   */
  async resume(workspaceId: string, id: string, startedBy: StartedBy, idempotencyKey?: string): Promise<StartedRun> {
    const summary = this.#queries.summary(workspaceId, id);
    if (!isFinal(summary.status)) throw new AppError(409, 'This run has not ended. Cancel it first, or wait.', { code: 'run_not_ended' });
    if (summary.status === 'succeeded')
      throw new AppError(409, 'This run succeeded, so there is nothing to resume. Start a new run.', { code: 'run_succeeded' });
    const row = this.#db.$client
      .prepare(
        'SELECT v.document, r.assets, r.inputs, r.scope, r.force, r.policy, r.parameters FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?',
      )
      .get(id) as { document: string; assets: string; inputs: string; scope: string; force: number; policy: string; parameters: string };
    const kept: Kept = { document: JSON.parse(row.document), revision: summary.revision, assets: JSON.parse(row.assets), inputs: JSON.parse(row.inputs) };
    const scope = JSON.parse(row.scope) as Scope;
    const parameters = JSON.parse(row.parameters) as Record<string, unknown>;
    const policy = JSON.parse(row.policy) as RunPolicy;
    return this.#begin(
      { workspaceId, pipelineId: summary.pipelineId, scope, parameters, force: row.force === 1, policy, startedBy, idempotencyKey, resumeOf: id },
      kept,
    );
  }

  /**
   * Asks a run to end; one that has ended stays as it is. Running steps get a few seconds to stop.
   * @throws AppError 404
   */
  cancel(workspaceId: string, id: string): void {
    if (isFinal(this.#queries.summary(workspaceId, id).status)) return;
    const live = this.#live.get(id);
    if (live) live.cancel();
    else this.#live.activate(id, (run) => run.cancel());
  }

  get(workspaceId: string, id: string): RunDetails {
    return this.#queries.get(workspaceId, id);
  }

  summary(workspaceId: string, id: string): RunSummary {
    return this.#queries.summary(workspaceId, id);
  }

  list(query: RunQuery): RunPage {
    return this.#queries.list(query);
  }

  /** The newest run of a pipeline, for lists. */
  newestRun(workspaceId: string, pipelineId: string): RunSummary | null {
    return this.#queries.newestRun(workspaceId, pipelineId);
  }

  logs(workspaceId: string, id: string, node?: string): LogLine[] {
    return this.#queries.logs(workspaceId, id, node);
  }

  /** How a pipeline stands on the canvas: last run, newest step of each node, and the true specs of results that still hold. */
  async state(workspaceId: string, pipelineId: string): Promise<PipelineState> {
    const document = this.#documentOf(workspaceId, pipelineId);
    const observed = await this.observed(workspaceId, pipelineId, document);
    return { lastRun: this.newestRun(workspaceId, pipelineId), steps: await inSlices(this.#queries.newestSteps(pipelineId, document)), observed };
  }

  /** The true specs of the results that hold for a document of the pipeline. */
  async observed(workspaceId: string, pipelineId: string, document: PipelineDocument): Promise<Observed> {
    const world = { catalog: this.#options.catalog, records: this.#records, assets: this.#assets, store: this.#options.store };
    return inSlices(observing(world, { workspaceId, pipelineId, document }));
  }

  /** What a run would do, step by step, and why. */
  async plan(workspaceId: string, pipelineId: string, scope: Scope, options: { force?: boolean; source?: RunSource } = {}): Promise<PlanView[]> {
    const document = this.#documentOf(workspaceId, pipelineId);
    const world = { catalog: this.#options.catalog, records: this.#records, assets: this.#assets, store: this.#options.store };
    const sourced = sourcedScope(this.#records, { workspaceId, pipelineId, document, catalog: world.catalog, scope, source: options.source });
    const force = (options.force ?? false) || sourced.scope.before === 'fresh';
    const policies = policiesOf(document);
    const isDefault = this.#options.computes.defaultName(workspaceId);
    const forecasts = await inSlices(forecasting(world, { workspaceId, pipelineId, document, ...sourced, force }));
    return forecasts.map(({ view }) => ({ ...view, compute: policies.get(view.node)!.compute ?? isDefault }));
  }

  /** Of a run under way: its place while it is queued, and the steps that wait for slots. @throws AppError 404 */
  waiting(workspaceId: string, id: string): { place: number | null; items: ({ node: string } & WaitingStep)[] } {
    this.#queries.summary(workspaceId, id);
    return { place: this.#live.placeOf(id), items: [...this.#live.waiting(id)].map(([node, each]) => ({ node, ...each })) };
  }

  /** What a compute does now, and the first hundred steps that wait for it. */
  computeLoad(compute: Compute): ComputeLoad {
    return loadOf(compute, this.#live.values(), 100);
  }

  /** What waits for each compute, and the memory of what runs there. */
  computeCounts(): ReadonlyMap<Compute, ComputeCounts> {
    return countLoads(this.#live.values());
  }

  /** Whether a run under way has steps for a compute. */
  usesCompute(compute: Compute): boolean {
    return [...this.#live.values()].some((run) => run.computes.has(compute));
  }

  /** Call it when a compute got more slots: what waits begins. */
  offerSlots(): void {
    this.#live.offer();
  }

  /** The events of a run after `after`, then as they happen, until it has ended. Check before that the run belongs to the workspace. */
  subscribe(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEvent> {
    return this.#events.follow(runId, after, signal);
  }

  /**
   * Deletes a run that has ended, with its steps, events and whatever only it refers to.
   * @throws AppError 404, 409 while it has not ended
   */
  delete(workspaceId: string, id: string): void {
    if (!isFinal(this.#queries.summary(workspaceId, id).status)) throw new AppError(409, 'This run has not ended. Cancel it first.', { code: 'run_not_ended' });
    removeRun(this.#db, id);
    this.sweep();
  }

  /** Ends the runs of a pipeline, so that it can be deleted; settles when they have ended. */
  async stopPipeline(workspaceId: string, pipelineId: string): Promise<void> {
    const open = this.#db.$client
      .prepare<[string, string], string>(`SELECT id FROM runs WHERE workspace_id = ? AND pipeline_id = ? AND status IN ('queued', 'running', 'cancelling')`)
      .pluck()
      .all(workspaceId, pipelineId);
    for (const id of open) this.cancel(workspaceId, id);
    await Promise.all(open.map((id) => this.#live.get(id)?.ended));
  }

  /** Frees the storage of what nothing refers to any more; call it after anything was deleted. */
  sweep(): void {
    sweepArtifacts(this.#db, this.#options.store);
  }

  /** Settles when a run has ended and nothing of it is left lying about; at once when it has already. */
  async ended(id: string): Promise<void> {
    const last = this.#events.lastSeq(id);
    for await (const event of this.subscribe(id, last, new AbortController().signal)) void event;
    await this.#live.get(id)?.ended;
    await Promise.all(this.#removals);
  }

  /** Takes up what an earlier server left. Call it once at start, with the data folder locked, before anything else here. */
  async recover(): Promise<void> {
    const { store, scratchFolder } = this.#options;
    store.clearIncoming();
    rmSync(scratchFolder, { recursive: true, force: true });
    mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
    await sweepOrphans(this.#db, store);
    for (const { status, ...run } of this.#recovery.open()) {
      const { id } = run;
      try {
        this.#recovery.settle(id);
        if (status === 'queued') this.#live.enqueue(run);
        else this.#live.activate(id, (live) => live.begin());
      } catch (error) {
        this.#quarantine(error, id);
      }
    }
    this.#live.pumpSoon();
  }

  /** Takes no new runs, gives those under way some time to end, and hands the rest back to whoever starts next. */
  async drain(milliseconds: number): Promise<void> {
    this.#draining = true;
    this.#live.close();
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, milliseconds);
    await Promise.race([Promise.all([...this.#live.values()].map((run) => run.ended)), timeout.promise]);
    clearTimeout(timer);
    for (const run of this.#live.values()) run.handBack();
    this.#commits.close();
    await Promise.all(this.#removals);
  }

  /** For metrics. */
  get load(): { slots: number; used: number; live: number; queued: number } {
    const books = this.#options.computes.working().map(({ slots }) => slots);
    const sum = (of: (book: (typeof books)[number]) => number): number => books.reduce((total, book) => total + of(book), 0);
    return { slots: sum(({ total }) => total), used: sum(({ used }) => used), live: this.#live.size, queued: this.#live.queued };
  }

  async #begin(request: StartRequest, kept: Kept | null): Promise<StartedRun> {
    if (this.#draining) throw new AppError(503, 'The server is stopping. Try again soon.', { code: 'stopping', headers: { 'retry-after': '10' } });
    this.#options.disk?.refuseWhenFull();
    if (this.#live.queued + this.#beginning >= (this.#options.queuedRuns ?? 10_000)) {
      throw new AppError(429, 'Too many runs wait already. Try again later.', { code: 'queue_full', headers: { 'retry-after': '30' } });
    }
    this.#beginning += 1;
    try {
      const { run, queued } = await this.#starter.start(request, kept);
      if (queued) this.#live.enqueue(queued);
      this.#live.pumpSoon();
      return run;
    } finally {
      this.#beginning -= 1;
    }
  }

  #documentOf(workspaceId: string, pipelineId: string): PipelineDocument {
    const text = this.#db.$client
      .prepare<[string, string], string>('SELECT document FROM pipelines WHERE workspace_id = ? AND id = ?')
      .pluck()
      .get(workspaceId, pipelineId);
    if (text === undefined) throw notFound('pipeline', pipelineId);
    return JSON.parse(text) as PipelineDocument;
  }

  #quarantine(error: unknown, id: string): void {
    this.#report(error, id);
    this.#recovery.quarantine(id);
  }

  #report(error: unknown, runId: string | null): void {
    this.#options.onError?.(error, runId);
  }
}
