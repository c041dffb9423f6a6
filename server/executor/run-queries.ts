import type { Database } from '#server/db/client.ts';
import type { PinnedInputs, RunCounts } from '#server/db/schema.ts';
import { AppError, notFound } from '#server/errors.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import type { RunEvent, Status, StepError } from '#pipelines/events.ts';
import type { Paused } from '#pipelines/paused.ts';
import type { Scope } from '#pipelines/plan.ts';
import { policiesOf, policyOfRun, type RunPolicy } from '#pipelines/policy.ts';
import type { Outputs, RunRecords } from './run-records.ts';
import type { LogLine, RunDetails, RunPage, RunQuery, RunSummary, StartedBy, StepView, WaitingStep } from './run-types.ts';
import { iso, planOfRun, rowsOf, STEP_COLUMNS, stepView, type RunPlan, type StepRow } from './step-views.ts';

interface RunRow {
  readonly id: string;
  readonly number: number;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly revision: number;
  readonly status: Status;
  readonly started_by_kind: StartedBy['kind'];
  readonly started_by_name: string;
  readonly started_by_id: string | null;
  readonly scheduled_for: number | null;
  readonly resume_of: string | null;
  readonly priority: number;
  readonly counts: string;
  readonly headline: string | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}
const COLUMNS = `id, number, pipeline_id, pipeline_name, revision, status, started_by_kind, started_by_name, started_by_id, scheduled_for, resume_of, priority, counts, headline, error,
  created_at, started_at, finished_at`;
/** What only the executor knows of runs under way. */
export interface LiveFacts {
  placeOf(runId: string): number | null;
  waiting(runId: string): ReadonlyMap<string, WaitingStep>;
}

/** Reads runs for people. */
export class RunQueries {
  readonly #db: Database;
  readonly #catalog: Catalog;
  readonly #records: RunRecords;
  readonly #live: LiveFacts;
  readonly #newestStep;
  readonly #expected;
  readonly #newestRun;

  constructor(db: Database, catalog: Catalog, records: RunRecords, live: LiveFacts) {
    this.#db = db;
    this.#catalog = catalog;
    this.#live = live;
    this.#records = records;
    this.#newestStep = db.$client.prepare<[string, string], StepRow>(
      `SELECT ${STEP_COLUMNS} FROM steps WHERE pipeline_id = ? AND node = ? ORDER BY run_number DESC LIMIT 1`,
    );
    this.#expected = db.$client
      .prepare<[string, string, number], number>(
        `SELECT milliseconds FROM steps WHERE pipeline_id = ? AND node = ? AND run_number < ? AND status IN ('succeeded', 'reused') AND milliseconds IS NOT NULL
         ORDER BY run_number DESC LIMIT 1`,
      )
      .pluck();
    this.#newestRun = db.$client.prepare<[string, string], RunRow>(
      `SELECT ${COLUMNS} FROM runs WHERE workspace_id = ? AND pipeline_id = ? ORDER BY number DESC LIMIT 1`,
    );
  }

  summary(workspaceId: string, id: string): RunSummary {
    const row = this.#db.$client.prepare(`SELECT ${COLUMNS} FROM runs WHERE workspace_id = ? AND id = ?`).get(workspaceId, id) as RunRow | undefined;
    if (!row) throw notFound('run', id);
    return this.#summaryOf(row);
  }

  get(workspaceId: string, id: string): RunDetails {
    const summary = this.summary(workspaceId, id);
    const { $client } = this.#db;
    const more = $client
      .prepare('SELECT v.document, r.parameters, r.scope, r.policy, r.inputs FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?')
      .get(id) as { document: string; parameters: string; scope: string; policy: string; inputs: string };
    const rows = $client.prepare(`SELECT ${STEP_COLUMNS} FROM steps WHERE run_id = ? ORDER BY position`).all(id) as StepRow[];
    const document = JSON.parse(more.document) as PipelineDocument;
    const parameters = JSON.parse(more.parameters) as Record<string, unknown>;
    const policy = JSON.parse(more.policy) as RunPolicy;
    const inputs = JSON.parse(more.inputs) as PinnedInputs;
    const plan = planOfRun(this.#catalog, { document, parameters, scope: JSON.parse(more.scope) as Scope, policy, inputs });
    return { ...summary, document, parameters, policy: policyOfRun(document, policy), steps: this.#views(workspaceId, id, rows, plan) };
  }

  #views(workspaceId: string, runId: string, rows: readonly StepRow[], { steps, policies, inputs }: RunPlan): StepView[] {
    const outputs = new Map(rows.map((row) => [row.node, this.#records.outputs(row.id)]));
    const waiting = this.#live.waiting(runId);
    const rowsInto = (node: string): number | null =>
      rowsOf(
        Object.values(steps.get(node)?.inputs ?? {}).flatMap((from) => {
          const pinned = inputs[from.node]?.[from.port];
          return outputs.get(from.node)?.get(from.port) ?? (pinned === undefined ? [] : (this.#records.artifact(workspaceId, pinned) ?? []));
        }),
      );
    return rows.map((row) =>
      stepView(row, {
        outputs: outputs.get(row.node)!,
        expectedMilliseconds: this.#expected.get(...expectedKey(row)) ?? null,
        rowsIn: rowsInto(row.node),
        needs: [...new Set(Object.values(steps.get(row.node)?.inputs ?? {}).map((from) => from.node))].filter((node) => outputs.has(node)),
        policy: policies.get(row.node),
        waiting: waiting.get(row.node) ?? null,
      }),
    );
  }

  /** Newest first; the cursor is the number of the last run on the page. */
  list({ workspaceId, pipelineId, status, limit = 50, cursor }: RunQuery): RunPage {
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
    if (!Number.isSafeInteger(before)) throw new AppError(400, 'The cursor is not one that this list gave.', { code: 'cursor_invalid' });
    const size = Math.min(Math.max(limit, 1), 200);
    const conditions = [
      'workspace_id = @workspaceId',
      'number < @before',
      ...(pipelineId ? ['pipeline_id = @pipelineId'] : []),
      ...(status ? ['status = @status'] : []),
    ];
    const rows = this.#db.$client
      .prepare(`SELECT ${COLUMNS} FROM runs WHERE ${conditions.join(' AND ')} ORDER BY number DESC LIMIT @size`)
      .all({ workspaceId, before, pipelineId, status, size: size + 1 }) as RunRow[];
    const items = rows.slice(0, size).map((row) => this.#summaryOf(row));
    return { items, nextCursor: rows.length > size ? String(items.at(-1)!.number) : null };
  }

  newestRun(workspaceId: string, pipelineId: string): RunSummary | null {
    const row = this.#newestRun.get(workspaceId, pipelineId);
    return row ? this.#summaryOf(row) : null;
  }

  /** The newest step of each of the nodes over all runs of the pipeline; pauses after each. */
  *newestSteps(pipelineId: string, document: PipelineDocument): Paused<StepView[]> {
    const rows: StepRow[] = [];
    const outputs = new Map<string, Outputs>();
    for (const { id } of document.nodes) {
      yield;
      const row = this.#newestStep.get(pipelineId, id);
      if (!row) continue;
      rows.push(row);
      outputs.set(row.node, this.#records.outputs(row.id));
    }
    const policies = policiesOf(document);
    const wires = Map.groupBy(document.edges, ({ to }) => to.node);
    const waiting = new Map([...new Set(rows.map((row) => row.run_id))].map((runId) => [runId, this.#live.waiting(runId)]));
    const views: StepView[] = [];
    for (const row of rows) {
      const sources = (wires.get(row.node) ?? []).map(({ from }) => from);
      views.push(
        stepView(row, {
          outputs: outputs.get(row.node)!,
          expectedMilliseconds: this.#expected.get(...expectedKey(row)) ?? null,
          rowsIn: rowsOf(sources.flatMap((from) => outputs.get(from.node)?.get(from.port) ?? [])),
          needs: [...new Set(sources.map(({ node }) => node))],
          policy: policies.get(row.node),
          waiting: waiting.get(row.run_id)!.get(row.node) ?? null,
        }),
      );
      yield;
    }
    return views;
  }

  logs(workspaceId: string, id: string, node?: string): LogLine[] {
    this.summary(workspaceId, id);
    const rows = this.#db.$client
      .prepare(`SELECT at, data FROM run_events WHERE run_id = @id AND type = 'log' AND (@node IS NULL OR node = @node) ORDER BY seq`)
      .all({ id, node: node ?? null }) as { at: number; data: string }[];
    return rows.map(({ at, data }) => {
      const { level, node: place, message } = JSON.parse(data) as Extract<RunEvent, { type: 'log' }>;
      return { at: iso(at)!, level, node: place, message };
    });
  }

  #summaryOf(row: RunRow): RunSummary {
    return summaryOfRun(row, row.status === 'queued' ? this.#live.placeOf(row.id) : null);
  }
}

const expectedKey = (row: StepRow): [string, string, number] => [row.pipeline_id, row.node, row.run_number];

function summaryOfRun(row: RunRow, place: number | null): RunSummary {
  return {
    id: row.id,
    number: row.number,
    pipelineId: row.pipeline_id,
    pipelineName: row.pipeline_name,
    revision: row.revision,
    status: row.status,
    startedBy: { kind: row.started_by_kind, name: row.started_by_name, ...(row.started_by_id === null ? {} : { id: row.started_by_id }) },
    createdAt: iso(row.created_at)!,
    startedAt: iso(row.started_at),
    finishedAt: iso(row.finished_at),
    milliseconds: row.finished_at === null || row.started_at === null ? null : row.finished_at - row.started_at,
    counts: JSON.parse(row.counts) as RunCounts,
    priority: row.priority,
    place,
    headline: row.headline,
    error: row.error === null ? null : (JSON.parse(row.error) as StepError),
    resumeOf: row.resume_of,
    scheduledFor: iso(row.scheduled_for),
  };
}
