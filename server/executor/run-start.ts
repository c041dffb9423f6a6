import type { Catalog } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { Database } from '#server/db/client.ts';
import { newId } from '#server/db/ids.ts';
import type { PinnedAssets, PinnedInputs } from '#server/db/schema.ts';
import { AppError, notFound } from '#server/errors.ts';
import { hashText } from '#server/store/hashing.ts';
import { check, hasErrors, type PlacedIssue } from '#pipelines/check.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { applyParameters, plan, type Plan, type Scope } from '#pipelines/plan.ts';
import { canonicalJson } from '#pipelines/signature.ts';
import type { RunEvents } from './run-events.ts';
import type { RunRecords } from './run-records.ts';
import { countSteps } from './run-counts.ts';
import type { StartedRun, StartRequest } from './run-types.ts';
import type { WorkspaceAssets } from './workspace-assets.ts';

export interface StartWorld {
  readonly db: Database;
  readonly catalog: Catalog;
  readonly records: RunRecords;
  readonly events: RunEvents;
  readonly assets: WorkspaceAssets;
  readonly runMilliseconds: number;
  readonly now: () => number;
}

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
  readonly plan: Plan;
  readonly scope: Scope;
  readonly assets: PinnedAssets;
  readonly inputs: PinnedInputs;
}

/** Turns requests into runs: checks, pins everything that a run reads, and writes the run in one transaction. */
export class RunStart {
  readonly #world: StartWorld;
  readonly #sql;

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
                           scheduled_for, resume_of, parameters, scope, force, assets, inputs, counts, created_at)
         VALUES (@id, @workspaceId, @pipelineId, @versionId, @number, @name, @revision, 'queued', 1, 0, @deadline, @kind, @by, @byId, @scheduledFor, @resumeOf, @parameters, @scope, @force,
                 @assets, @inputs, @counts, @now)`,
      ),
      step: $client.prepare(
        `INSERT INTO steps (id, workspace_id, run_id, pipeline_id, run_number, node, type, name, position, status, attempt, lease_no, deadline)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, ?)`,
      ),
    };
  }

  /** @throws AppError 404 for an unknown pipeline, 422 with issues for one that cannot run, 422 for an idempotency key used for another request */
  start(request: StartRequest, kept: Kept | null = null): { run: StartedRun; isNew: boolean } {
    const known = this.#known(request);
    if (known) return { run: known, isNew: false };
    const prepared = this.#prepare(request, kept);
    return { run: this.#world.records.transaction(() => this.#write(request, prepared, kept)), isNew: true };
  }

  #known(request: StartRequest): StartedRun | null {
    if (request.idempotencyKey === undefined) return null;
    const row = this.#sql.known.get(request.workspaceId, keyScope(request), request.idempotencyKey);
    if (!row) return null;
    if (row.requestHash !== requestHash(request))
      throw new AppError(422, 'This Idempotency-Key was used for another request. Choose a new key.', { code: 'idempotency_key_reused' });
    return { id: row.id, number: row.number };
  }

  #prepare(request: StartRequest, kept: Kept | null): Prepared {
    const { catalog, assets } = this.#world;
    const row = this.#sql.pipeline.get(request.workspaceId, request.pipelineId);
    if (!row) throw notFound('pipeline', request.pipelineId);
    const document = kept?.document ?? request.document ?? (JSON.parse(row.document) as PipelineDocument);
    const applied = applyParameters(document, request.parameters ?? {}, catalog);
    if (applied.issues.length > 0) throw refused('A parameter of the run is not valid.', applied.issues);
    const wanted = request.scope ?? { kind: 'all' };
    const { scope, inputs } = kept ? { scope: wanted, inputs: kept.inputs } : this.#scope(request.pipelineId, applied.document, wanted);
    const steps = plan(applied.document, catalog, scope);
    this.#check(applied.document, steps, request.workspaceId, wanted);
    const { pinned, issues } = kept ? { pinned: kept.assets, issues: [] } : assets.pin(request.workspaceId, steps.steps, catalog);
    if (issues.length > 0) throw refused('Data that the pipeline reads is missing.', issues);
    return { saved: { name: document.name || row.name, revision: kept?.revision ?? row.revision }, document, plan: steps, scope, assets: pinned, inputs };
  }

  /** A node alone runs on what the nodes before it gave last; where one of them gave nothing yet, it runs too. */
  #scope(pipelineId: string, document: PipelineDocument, scope: Scope): { scope: Scope; inputs: PinnedInputs } {
    if (scope.kind !== 'node') return { scope, inputs: {} };
    const inputs: Record<string, Record<string, string>> = {};
    for (const { from } of document.edges.filter((edge) => edge.to.node === scope.node)) {
      const newest = this.#world.records.newestGood(pipelineId, from.node);
      const record = newest && this.#world.records.outputs(newest.id).get(from.port);
      if (!record) return { scope: { kind: 'to', node: scope.node }, inputs: {} };
      inputs[from.node] = { ...inputs[from.node], [from.port]: record.hash };
    }
    return { scope, inputs };
  }

  #check(document: PipelineDocument, { steps }: Plan, workspaceId: string, scope: Scope): void {
    const { catalog, assets } = this.#world;
    const included = new Set(steps.map((step) => step.node));
    const issues = check(document, { catalog, assets: assets.schemas(workspaceId), purpose: 'run' }).filter(
      (issue) => issue.node === null || steps.length === 0 || included.has(issue.node),
    );
    if (hasErrors(issues))
      throw refused(
        'The pipeline cannot run yet.',
        issues.filter((issue) => issue.level === 'error'),
      );
    if (steps.length > 0) return;
    const message = scope.kind === 'all' ? 'There is nothing to run. Add a node.' : `There is no node "${scope.node}" in this pipeline.`;
    throw refused(message, [{ ...problem('node_unknown_type', message), node: null }]);
  }

  #write(request: StartRequest, prepared: Prepared, kept: Kept | null): StartedRun {
    const { workspaceId, pipelineId } = request;
    const { events, runMilliseconds, now: clock } = this.#world;
    const now = clock();
    const id = newId();
    const text = canonicalJson(prepared.document);
    const hash = hashText(text);
    let versionId = this.#sql.version.get(pipelineId, hash);
    if (versionId === undefined) {
      versionId = newId();
      this.#sql.addVersion.run(versionId, workspaceId, pipelineId, prepared.saved.revision, hash, text, now);
    }
    const number = this.#sql.number.get(workspaceId)!;
    const deadline = now + runMilliseconds;
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
      force: request.force ? 1 : 0,
      assets: JSON.stringify(prepared.assets),
      inputs: JSON.stringify(prepared.inputs),
      counts: JSON.stringify(countSteps(steps.map(() => 'waiting'))),
      now,
    });
    const nodes = new Map(prepared.document.nodes.map((node) => [node.id, node]));
    for (const [position, { node, type }] of steps.entries()) {
      const name = nodes.get(node)?.name || this.#world.catalog[type]?.title || type;
      this.#sql.step.run(newId(), workspaceId, id, pipelineId, number, node, type, name, position, deadline);
    }
    events.write(workspaceId, id, 1, now, { type: 'run', status: 'queued', error: null });
    if (request.idempotencyKey !== undefined) this.#sql.remember.run(workspaceId, keyScope(request), request.idempotencyKey, requestHash(request), id, now);
    request.alongside?.({ id, number });
    return { id, number };
  }
}

const refused = (message: string, issues: readonly PlacedIssue[]): AppError =>
  new AppError(422, `${message} ${issues[0]!.message}`, { code: 'check_failed', issues });

const keyScope = ({ startedBy, pipelineId }: StartRequest): string =>
  startedBy.id === undefined ? `pipeline:${pipelineId}` : `${startedBy.kind}:${startedBy.id}`;

/** What must be equal for two requests to be the same. */
const requestHash = ({ pipelineId, document, scope, parameters, force, resumeOf }: StartRequest): string =>
  hashText(
    canonicalJson({
      pipelineId,
      document: document ?? null,
      scope: scope ?? { kind: 'all' },
      parameters: parameters ?? {},
      force: force ?? false,
      resumeOf: resumeOf ?? null,
    }),
  );
