import { mkdirSync, rmSync } from 'node:fs';
import type { Catalog } from '#nodes/kit/define.ts';
import { LocalCompute } from '#server/compute/local.ts';
import type { ComputeAdapter } from '#server/compute/adapter.ts';
import type { Database } from '#server/db/client.ts';
import { newId } from '#server/db/ids.ts';
import { AppError, notFound } from '#server/errors.ts';
import type { Store } from '#server/store/store.ts';
import { sweepArtifacts, sweepOrphans } from '#server/store/sweep.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { isFinal, type RunEvent } from '#pipelines/events.ts';
import type { Scope } from '#pipelines/plan.ts';
import { LiveRun } from './live-run.ts';
import type { ArtifactFile } from './messages.ts';
import { forecast, observedOf } from './plan-view.ts';
import { Recovery } from './recovery.ts';
import { RunEvents } from './run-events.ts';
import { RunLoad } from './run-load.ts';
import { RunQueries } from './run-queries.ts';
import { RunRecords, fileOf } from './run-records.ts';
import { removeRun } from './run-removal.ts';
import { RunStart, type Kept } from './run-start.ts';
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
} from './run-types.ts';
import type { RunWorld } from './run-world.ts';
import { SlotBook } from './slot-book.ts';
import type { StepPool } from './step-pool.ts';
import { WorkspaceAssets } from './workspace-assets.ts';

export type * from './run-types.ts';

export interface RunsOptions {
  readonly db: Database;
  readonly store: Store;
  readonly pool: StepPool;
  readonly catalog: Catalog;
  readonly effects: EffectHandlers;
  /** Where steps get their scratch folders; emptied at start. */
  readonly scratchFolder: string;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly allowedHosts?: readonly string[];
  readonly compute?: ComputeAdapter;
  /** Runs that are carried out at the same time; further ones wait in the database. */
  readonly liveRuns?: number;
  /** Runs that may wait before new ones are refused with 429. */
  readonly queuedRuns?: number;
  readonly stepMilliseconds?: number;
  readonly runMilliseconds?: number;
  readonly now?: () => number;
  readonly onError?: (error: unknown, runId: string | null) => void;
}

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
  readonly #slots: SlotBook<LiveRun>;
  readonly #live = new Map<string, LiveRun>();
  readonly #removals = new Set<Promise<unknown>>();
  readonly #nextQueued;
  readonly #queuedCount;
  #offering = false;
  #pumping = false;
  #draining = false;

  constructor(options: RunsOptions) {
    const { db, catalog, pool } = options;
    const now = options.now ?? Date.now;
    this.#db = db;
    this.#options = options;
    this.#records = new RunRecords(db);
    this.#events = new RunEvents(db);
    this.#assets = new WorkspaceAssets(db);
    this.#slots = new SlotBook(pool.slots);
    this.#recovery = new Recovery(db, this.#events, now);
    this.#loader = new RunLoad(db, catalog, this.#records);
    this.#queries = new RunQueries(db, this.#records);
    this.#starter = new RunStart({
      db,
      catalog,
      records: this.#records,
      events: this.#events,
      assets: this.#assets,
      runMilliseconds: options.runMilliseconds ?? 7 * DAY,
      now,
    });
    this.#nextQueued = db.$client.prepare<[number], string>(`SELECT id FROM runs WHERE status = 'queued' ORDER BY number LIMIT ?`).pluck();
    this.#queuedCount = db.$client.prepare<[], number>(`SELECT count(*) FROM runs WHERE status = 'queued'`).pluck();
    mkdirSync(options.scratchFolder, { recursive: true, mode: 0o700 });
    this.#world = {
      records: this.#records,
      events: this.#events,
      store: options.store,
      compute: options.compute ?? new LocalCompute(pool, { threads: options.threads, memoryBytes: options.memoryBytes }),
      catalog,
      effects: options.effects,
      slots: this.#slots,
      owner: newId(),
      scratchFolder: options.scratchFolder,
      threads: options.threads,
      memoryBytes: options.memoryBytes,
      allowedHosts: options.allowedHosts ?? [],
      stepMilliseconds: options.stepMilliseconds ?? DAY,
      now,
      onError: (error, runId) => this.#report(error, runId),
      offer: () => this.#offer(),
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
        'SELECT v.document, r.assets, r.inputs, r.scope, r.force, r.parameters FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?',
      )
      .get(id) as { document: string; assets: string; inputs: string; scope: string; force: number; parameters: string };
    const kept: Kept = { document: JSON.parse(row.document), revision: summary.revision, assets: JSON.parse(row.assets), inputs: JSON.parse(row.inputs) };
    const scope = JSON.parse(row.scope) as Scope;
    const parameters = JSON.parse(row.parameters) as Record<string, unknown>;
    return this.#begin(
      { workspaceId, pipelineId: summary.pipelineId, scope, parameters, force: row.force === 1, startedBy, idempotencyKey, resumeOf: id },
      kept,
    );
  }

  /**
   * Asks a run to end; one that has ended stays as it is. Running steps get a few seconds to stop.
   * @throws AppError 404
   */
  cancel(workspaceId: string, id: string): void {
    if (isFinal(this.#queries.summary(workspaceId, id).status)) return;
    (this.#live.get(id) ?? this.#activate(id))?.cancel();
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
  state(workspaceId: string, pipelineId: string, document: PipelineDocument = this.#documentOf(workspaceId, pipelineId)): PipelineState {
    const nodes = document.nodes.map((node) => node.id);
    const observed = observedOf({ catalog: this.#options.catalog, records: this.#records, assets: this.#assets }, { workspaceId, pipelineId, document });
    return { lastRun: this.newestRun(workspaceId, pipelineId), steps: this.#queries.newestSteps(pipelineId, nodes), observed };
  }

  /** What a run would do, step by step, and why. */
  plan(workspaceId: string, pipelineId: string, scope: Scope, options: { force?: boolean; document?: PipelineDocument } = {}): PlanView[] {
    const document = options.document ?? this.#documentOf(workspaceId, pipelineId);
    const world = { catalog: this.#options.catalog, records: this.#records, assets: this.#assets };
    return forecast(world, { workspaceId, pipelineId, document, scope, force: options.force ?? false }).map((each) => each.view);
  }

  /** The artifacts that the newest good step of each node gave: node → port → artifact. Paths are not verified; open them through the store. */
  newestOutputs(workspaceId: string, pipelineId: string): ReadonlyMap<string, ReadonlyMap<string, ArtifactFile>> {
    const { store } = this.#options;
    const found = new Map<string, ReadonlyMap<string, ArtifactFile>>();
    for (const { id } of this.#documentOf(workspaceId, pipelineId).nodes) {
      const newest = this.#records.newestGood(pipelineId, id);
      if (newest) found.set(id, new Map([...this.#records.outputs(newest.id)].map(([port, record]) => [port, fileOf(record, store.pathOf(record.hash))])));
    }
    return found;
  }

  /** An artifact of the workspace, its file verified; undefined when the workspace has none. Throws ArtifactDamaged. */
  async artifact(workspaceId: string, hash: string): Promise<ArtifactFile | undefined> {
    const record = this.#records.artifact(workspaceId, hash);
    return record && fileOf(record, (await this.#options.store.open(hash)).path);
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
    const { store, scratchFolder, now = Date.now } = this.#options;
    store.clearIncoming();
    rmSync(scratchFolder, { recursive: true, force: true });
    mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
    await sweepOrphans(this.#db, store);
    this.#db.$client.prepare('DELETE FROM idempotency_keys WHERE created_at < ?').run(now() - 2 * DAY);
    for (const { id, status } of this.#recovery.open()) {
      try {
        this.#recovery.settle(id);
        if (status !== 'queued') this.#activate(id);
      } catch (error) {
        this.#report(error, id);
        this.#recovery.quarantine(id);
      }
    }
    this.#pump();
  }

  /** Takes no new runs, gives those under way some time to end, and hands the rest back to whoever starts next. */
  async drain(milliseconds: number): Promise<void> {
    this.#draining = true;
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, milliseconds);
    await Promise.race([Promise.all([...this.#live.values()].map((run) => run.ended)), timeout.promise]);
    clearTimeout(timer);
    for (const run of this.#live.values()) run.handBack();
    await Promise.all(this.#removals);
  }

  /** For metrics. */
  get load(): { slots: number; used: number; live: number; queued: number } {
    return { slots: this.#slots.total, used: this.#slots.used, live: this.#live.size, queued: this.#queuedCount.get()! };
  }

  #begin(request: StartRequest, kept: Kept | null): StartedRun {
    if (this.#draining) throw new AppError(503, 'The server is stopping. Try again soon.', { code: 'stopping', headers: { 'retry-after': '10' } });
    if (this.#queuedCount.get()! >= (this.#options.queuedRuns ?? 10_000)) {
      throw new AppError(429, 'Too many runs wait already. Try again later.', { code: 'queue_full', headers: { 'retry-after': '30' } });
    }
    const { run } = this.#starter.start(request, kept);
    // The caller gets its answer first.
    setImmediate(() => this.#pump());
    return run;
  }

  #pump(): void {
    if (this.#pumping || this.#draining) return;
    this.#pumping = true;
    try {
      const most = this.#options.liveRuns ?? 64;
      for (const id of this.#nextQueued.all(most)) if (this.#live.size < most && !this.#live.has(id)) this.#activate(id);
    } finally {
      this.#pumping = false;
    }
  }

  #activate(id: string): LiveRun | undefined {
    try {
      const start = this.#loader.load(id);
      const run = new LiveRun(this.#world, start);
      this.#live.set(id, run);
      this.#slots.enter(run);
      void run.ended.then(() => {
        this.#live.delete(id);
        this.#slots.leave(run);
        this.#offer();
        setImmediate(() => this.#pump());
      });
      run.begin();
      return run;
    } catch (error) {
      this.#report(error, id);
      this.#recovery.quarantine(id);
      return undefined;
    }
  }

  #offer(): void {
    if (this.#offering || this.#draining) return;
    this.#offering = true;
    try {
      for (let run = this.#slots.next(); run; run = this.#slots.next()) {
        const used = this.#slots.used;
        run.offer();
        if (this.#slots.used === used) break;
      }
    } finally {
      this.#offering = false;
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

  #report(error: unknown, runId: string | null): void {
    this.#options.onError?.(error, runId);
  }
}
