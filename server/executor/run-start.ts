import type { Assets, Catalog } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { Database } from '#server/db/client.ts';
import type { Commits } from '#server/db/commits.ts';
import { newId } from '#server/db/ids.ts';
import type { PinnedAssets, PinnedInputs } from '#server/db/schema.ts';
import { AppError, notFound } from '#server/errors.ts';
import { betweenPieces, inSlices } from '#server/slices.ts';
import { hashText } from '#server/store/hashing.ts';
import { checking, hasErrors, type PlacedIssue } from '#pipelines/check.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { applyParameters, planning, type Plan, type Scope } from '#pipelines/plan.ts';
import { policiesOf, policyOfRun } from '#pipelines/policy.ts';
import { runningPart } from '#pipelines/running.ts';
import { canonicalJson } from '#pipelines/signature.ts';
import type { Computes } from '#server/compute/computes.ts';
import type { QueryChecks } from './query-checks.ts';
import { withGiven } from './given-results.ts';
import type { RunEvents } from './run-events.ts';
import type { RunRecords } from './run-records.ts';
import { countSteps } from './run-counts.ts';
import type { QueuedRun } from './run-queue.ts';
import { whyNotPinned } from './reuse.ts';
import { sourcedScope } from './run-source.ts';
import type { StartedRun, StartRequest } from './run-types.ts';
import type { WorkspaceAssets } from './workspace-assets.ts';

export interface StartWorld {
  readonly db: Database;
  readonly catalog: Catalog;
  readonly records: RunRecords;
  readonly events: RunEvents;
  readonly assets: WorkspaceAssets;
  readonly commits: Commits;
  readonly computes: Computes;
  readonly queries: QueryChecks | undefined;
  readonly runMilliseconds: number;
  readonly now: () => number;
}

/** What makes requests equal. */
export type KeyedRequest = Omit<StartRequest, 'alongside' | 'scheduledFor'>;

/** What a resumed run takes over unchanged. */
export interface Kept {
  readonly document: PipelineDocument;
  readonly revision: number;
  readonly assets: PinnedAssets;
  readonly inputs: PinnedInputs;
}

interface Prepared {
  readonly saved: { readonly name: string; readonly revision: number };
  readonly document: PipelineDocument;
  /** The document's canonical JSON, and its sha256. */
  readonly version: { readonly text: string; readonly hash: string };
  readonly plan: Plan;
  /** Of the steps, as JSON: their ids, nodes, types and names. */
  readonly rows: string;
  readonly scope: Scope;
  readonly assets: PinnedAssets;
  readonly inputs: PinnedInputs;
}

/** Plans of so many runs are kept until these are taken up. */
const PLANS_KEPT = 16;

/** Turns requests into runs: checks, pins everything that a run reads, and writes the run in one transaction. */
export class RunStart {
  readonly #world: StartWorld;
  readonly #sql;
  readonly #plans = new Map<string, Plan>();

  constructor(world: StartWorld) {
    this.#world = world;
    const { $client } = world.db;
    this.#sql = {
      pipeline: $client.prepare<[string, string], { name: string; revision: number; document: string }>(
        'SELECT name, revision, document FROM pipelines WHERE workspace_id = ? AND id = ?',
      ),
      known: $client.prepare<[string, string, string], { id: string; number: number; requestHash: string }>(
        `SELECT r.id, r.number, k.request_hash AS requestHash FROM idempotency_keys k JOIN runs r ON r.id = k.run_id WHERE k.workspace_id = ? AND k.scope = ? AND k.key = ?`,
      ),
      remember: $client.prepare('INSERT INTO idempotency_keys (workspace_id, scope, key, request_hash, run_id, created_at) VALUES (?, ?, ?, ?, ?, ?)'),
      version: $client.prepare<[string, string], string>('SELECT id FROM pipeline_versions WHERE pipeline_id = ? AND hash = ?').pluck(),
      addVersion: $client.prepare(
        'INSERT INTO pipeline_versions (id, workspace_id, pipeline_id, revision, hash, document, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      number: $client
        .prepare<[string], number>(
          `INSERT INTO counters (workspace_id, name, value) VALUES (?, 'run', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
        )
        .pluck(),
      run: $client.prepare(
        `INSERT INTO runs (id, workspace_id, pipeline_id, version_id, number, pipeline_name, revision, status, attempt, lease_no, deadline, started_by_kind, started_by_name, started_by_id,
                           scheduled_for, resume_of, parameters, scope, force, policy, priority, assets, inputs, counts, created_at)
         VALUES (@id, @workspaceId, @pipelineId, @versionId, @number, @name, @revision, 'queued', 1, 0, @deadline, @kind, @by, @byId, @scheduledFor, @resumeOf, @parameters, @scope, @force, @policy, @priority,
                 @assets, @inputs, @counts, @now)`,
      ),
      // One statement for all steps: a run may have thousands.
      steps: $client.prepare(
        `INSERT INTO steps (id, workspace_id, run_id, pipeline_id, run_number, node, type, name, position, status, attempt, lease_no, deadline)
         SELECT value ->> 0, @workspaceId, @run, @pipelineId, @number, value ->> 1, value ->> 2, value ->> 3, key, 'queued', 0, 0, @deadline FROM json_each(@steps)`,
      ),
    };
  }

  /** @throws AppError 404 for an unknown pipeline, 422 with issues for one that cannot run, 422 for an idempotency key used for another request */
  async start(request: StartRequest, kept: Kept | null = null): Promise<{ run: StartedRun; queued: QueuedRun | null }> {
    const known = this.#known(request);
    // It may have been written this moment, and is told of only when it is on disk.
    if (known) return this.#world.commits.write(() => ({ run: known, queued: null }));
    const prepared = await this.#prepare(request, kept);
    return this.#world.commits.write(() => {
      // An equal request may have come in the same moment.
      const same = this.#known(request);
      if (same) return { run: same, queued: null };
      const run = this.#write(request, prepared, kept);
      const { priority } = policyOfRun(prepared.document, request.policy);
      return { run, queued: { ...run, pipelineId: request.pipelineId, priority } };
    });
  }

  /** The run that an equal request with the same key has started; null when there is none. @throws AppError 422 as `start` does */
  async replay(request: KeyedRequest): Promise<StartedRun | null> {
    const known = this.#known(request);
    return known && this.#world.commits.write(() => known);
  }

  /** The plan of a run that was started a moment ago, to spare making it again; once. */
  takePlan(id: string): Plan | undefined {
    const plan = this.#plans.get(id);
    this.#plans.delete(id);
    return plan;
  }

  #known(request: KeyedRequest): StartedRun | null {
    if (request.idempotencyKey === undefined) return null;
    const row = this.#sql.known.get(request.workspaceId, keyScope(request), request.idempotencyKey);
    if (!row) return null;
    if (row.requestHash !== requestHash(request))
      throw new AppError(422, 'This Idempotency-Key was used for another request. Choose a new key.', { code: 'idempotency_key_reused' });
    return { id: row.id, number: row.number, replayed: true };
  }

  async #prepare(request: StartRequest, kept: Kept | null): Promise<Prepared> {
    const { catalog, assets } = this.#world;
    const othersFirst = betweenPieces();
    const row = this.#sql.pipeline.get(request.workspaceId, request.pipelineId);
    if (!row) throw notFound('pipeline', request.pipelineId);
    const document = kept?.document ?? request.document ?? (JSON.parse(row.document) as PipelineDocument);
    const applied = applyParameters(document, request.parameters ?? {}, catalog);
    if (applied.issues.length > 0) throw refused('A parameter of the run is not valid.', applied.issues);
    const wanted = request.scope ?? { kind: 'all' };
    const { workspaceId, pipelineId, source } = request;
    const { scope, inputs } = kept
      ? { scope: wanted, inputs: kept.inputs }
      : sourcedScope(this.#world.records, { workspaceId, pipelineId, document: applied.document, catalog, scope: wanted, source });
    await othersFirst();
    const steps = await inSlices(planning(applied.document, catalog, scope));
    await othersFirst();
    await this.#check(applied.document, steps, workspaceId, wanted);
    await othersFirst();
    const gone = steps.steps.flatMap((step) => whyNotPinned(this.#world.records, workspaceId, step, catalog[step.type]) ?? []);
    if (gone.length > 0) throw refused('A pinned result cannot be taken.', gone);
    this.#checkComputes(applied.document, steps, request);
    const present = assets.pin({ workspaceId, pipelineId, force: request.force ?? false }, steps.steps, catalog);
    // A resumed run reads what the first one read, through the connections as they are now: that is how a wrong password is mended.
    const pinned = kept ? { ...kept.assets, connections: present.pinned.connections } : present.pinned;
    const issues = kept ? present.issues.filter(({ code }) => code === 'connection_missing') : present.issues;
    if (issues.length > 0) throw refused('Data that the pipeline reads is missing.', issues);
    await othersFirst();
    const text = canonicalJson(document);
    const version = { text, hash: hashText(text) };
    await othersFirst();
    return {
      saved: { name: document.name || row.name, revision: kept?.revision ?? request.revision ?? row.revision },
      document,
      version,
      plan: { steps: withGiven(steps.steps, pinned) },
      rows: JSON.stringify(stepRows(steps, document, catalog)),
      scope,
      assets: pinned,
      inputs,
    };
  }

  async #check(document: PipelineDocument, { steps }: Plan, workspaceId: string, scope: Scope): Promise<void> {
    const { catalog, assets, queries } = this.#world;
    const included = new Set(steps.map((step) => step.node));
    const look = (known: Assets) => inSlices(checking(document, { catalog, assets: known, purpose: 'run' }));
    const schemas = assets.schemas(workspaceId);
    const found = await (queries ? queries.settle(schemas, look) : look(schemas));
    const issues = found.filter((issue) => issue.node === null || steps.length === 0 || included.has(issue.node));
    if (hasErrors(issues))
      throw refused(
        'The pipeline cannot run yet.',
        issues.filter((issue) => issue.level === 'error'),
      );
    if (steps.length > 0) return;
    const { off } = runningPart(document, catalog);
    if (scope.kind === 'all' ? off.size > 0 : off.has(scope.node)) {
      const node = scope.kind === 'all' ? null : scope.node;
      const why = node === null ? 'Every node is disabled. Enable one.' : (off.get(node) ?? 'This node is disabled. Enable it first.');
      throw refused('There is nothing to run.', [{ ...problem('node_off', why), node }]);
    }
    const message = scope.kind === 'all' ? 'There is nothing to run. Add a node.' : `There is no node "${scope.node}" in this pipeline.`;
    throw refused(message, [{ ...problem('node_unknown_type', message), node: null }]);
  }

  /** Every step has a compute, and that can give it the memory that it asks for. */
  #checkComputes(document: PipelineDocument, { steps }: Plan, { workspaceId, policy }: StartRequest): void {
    const policies = policiesOf(document, policy);
    const find = this.#world.computes.finder(workspaceId);
    const issues = steps.flatMap(({ node }) => {
      const { compute: name, memoryMegabytes } = policies.get(node)!;
      const compute = find(name);
      if (!compute) return { ...problem('compute_unknown', `There is no compute "${name}". Choose another one, or register it.`), node };
      const megabytes = compute.adapter.capabilities().memoryBytes / 2 ** 20;
      if (memoryMegabytes === null || memoryMegabytes <= megabytes) return [];
      const message = `This step asks for ${memoryMegabytes} MB of memory, and the compute "${compute.name}" gives ${Math.floor(megabytes)} MB to a step. Ask for less, or choose another compute.`;
      return { ...problem('memory_exhausted', message), node };
    });
    if (issues.length > 0) throw refused('No compute can carry this out.', issues);
  }

  #write(request: StartRequest, prepared: Prepared, kept: Kept | null): StartedRun {
    const { workspaceId, pipelineId } = request;
    const { events, runMilliseconds, now: clock } = this.#world;
    const now = clock();
    const id = newId();
    const { text, hash } = prepared.version;
    let versionId = this.#sql.version.get(pipelineId, hash);
    if (versionId === undefined) {
      versionId = newId();
      this.#sql.addVersion.run(versionId, workspaceId, pipelineId, prepared.saved.revision, hash, text, now);
    }
    const number = this.#sql.number.get(workspaceId)!;
    const { priority, runTimeLimitSeconds } = policyOfRun(prepared.document, request.policy);
    const deadline = now + (runTimeLimitSeconds === null ? runMilliseconds : Math.min(runMilliseconds, runTimeLimitSeconds * 1_000));
    const { steps } = prepared.plan;
    this.#sql.run.run({
      id,
      workspaceId,
      pipelineId,
      versionId,
      number,
      name: prepared.saved.name,
      revision: prepared.saved.revision,
      deadline,
      kind: request.startedBy.kind,
      by: request.startedBy.name,
      byId: request.startedBy.id ?? null,
      scheduledFor: request.scheduledFor ?? null,
      resumeOf: kept ? (request.resumeOf ?? null) : null,
      parameters: JSON.stringify(request.parameters ?? {}),
      scope: JSON.stringify(prepared.scope),
      force: request.force || prepared.scope.before === 'fresh' ? 1 : 0,
      policy: JSON.stringify(request.policy ?? {}),
      priority,
      assets: JSON.stringify(prepared.assets),
      inputs: JSON.stringify(prepared.inputs),
      counts: JSON.stringify(countSteps(steps.map(() => 'waiting'))),
      now,
    });
    this.#sql.steps.run({ workspaceId, run: id, pipelineId, number, deadline, steps: prepared.rows });
    this.#plans.set(id, prepared.plan);
    if (this.#plans.size > PLANS_KEPT) this.#plans.delete(this.#plans.keys().next().value!);
    events.write(workspaceId, id, 1, now, { type: 'run', status: 'queued', error: null });
    if (request.idempotencyKey !== undefined) this.#sql.remember.run(workspaceId, keyScope(request), request.idempotencyKey, requestHash(request), id, now);
    request.alongside?.({ id, number });
    return { id, number };
  }
}

function stepRows({ steps }: Plan, document: PipelineDocument, catalog: Catalog): string[][] {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  return steps.map(({ node, type }) => [newId(), node, type, nodes.get(node)?.name || catalog[type]?.title || type]);
}

const refused = (message: string, issues: readonly PlacedIssue[]): AppError =>
  new AppError(422, `${message} ${issues[0]!.message}`, { code: 'check_failed', issues });

const keyScope = ({ startedBy, pipelineId }: KeyedRequest): string =>
  startedBy.id === undefined ? `pipeline:${pipelineId}` : `${startedBy.kind}:${startedBy.id}`;

/** What must be equal for two requests to be the same. */
const requestHash = ({ pipelineId, document, scope, source, parameters, force, policy, resumeOf, asked }: KeyedRequest): string =>
  hashText(
    canonicalJson(
      asked ?? {
        pipelineId,
        document: document ?? null,
        scope: scope ?? { kind: 'all' },
        parameters: parameters ?? {},
        force: force ?? false,
        source: source ?? null,
        policy: policy ?? {},
        resumeOf: resumeOf ?? null,
      },
    ),
  );
