import type { Database } from '#server/db/client.ts';
import type { PinnedInputs, RunCounts } from '#server/db/schema.ts';
import { AppError, notFound } from '#server/errors.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { RunEvent, Status, StepError } from '#pipelines/events.ts';
import type { Paused } from '#pipelines/paused.ts';
import { policiesOf, policyOfRun, type RunPolicy } from '#pipelines/policy.ts';
import type { ArtifactRecord, Outputs, RunRecords } from './run-records.ts';
import type { LogLine, RunDetails, RunPage, RunQuery, RunSummary, StartedBy, StepView, WaitingStep } from './run-types.ts';
import { iso, rowsOf, STEP_COLUMNS, stepView, type StepRow } from './step-views.ts';

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
const NO_OUTPUTS: Outputs = new Map();

/** What only the executor knows of runs under way. */
export interface LiveFacts {
  placeOf(runId: string): number | null;
  waiting(runId: string): ReadonlyMap<string, WaitingStep>;
}

/** Reads runs for people. */
export class RunQueries {
  readonly #db: Database;
  readonly #records: RunRecords;
  readonly #live: LiveFacts;
  readonly #newestStep;
  readonly #expected;
  readonly #summaryRow;
  readonly #details;
  readonly #stepsOf;
  readonly #newestRun;

  constructor(db: Database, records: RunRecords, live: LiveFacts) {
    this.#db = db;
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
    this.#summaryRow = db.$client.prepare<[string, string], RunRow>(`SELECT ${COLUMNS} FROM runs WHERE workspace_id = ? AND id = ?`);
    this.#details = db.$client.prepare<[string], { document: string; parameters: string; policy: string; inputs: string }>(
      'SELECT v.document, r.parameters, r.policy, r.inputs FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?',
    );
    this.#stepsOf = db.$client.prepare<[string], StepRow>(`SELECT ${STEP_COLUMNS} FROM steps WHERE run_id = ? ORDER BY position`);
    this.#newestRun = db.$client.prepare<[string, string], RunRow>(
      `SELECT ${COLUMNS} FROM runs WHERE workspace_id = ? AND pipeline_id = ? ORDER BY number DESC LIMIT 1`,
    );
  }

  summary(workspaceId: string, id: string): RunSummary {
    const row = this.#summaryRow.get(workspaceId, id);
    if (!row) throw notFound('run', id);
    return this.#summaryOf(row);
  }

  get(workspaceId: string, id: string): RunDetails {
    const summary = this.summary(workspaceId, id);
    const more = this.#details.get(id)!;
    const document = JSON.parse(more.document) as PipelineDocument;
    const parameters = JSON.parse(more.parameters) as Record<string, unknown>;
    const policy = JSON.parse(more.policy) as RunPolicy;
    const pinned = JSON.parse(more.inputs) as PinnedInputs;
    const rows = this.#stepsOf.all(id);
    const made = this.#records.outputsOfRun(id);
    const outputs = new Map(rows.map((row) => [row.node, made.get(row.id) ?? NO_OUTPUTS]));
    const give = (node: string, port: string): ArtifactRecord | undefined => {
      const hash = pinned[node]?.[port];
      return outputs.get(node)?.get(port) ?? (hash === undefined ? undefined : this.#records.artifact(workspaceId, hash));
    };
    const view = this.#viewer(document, policy, outputs, give);
    return { ...summary, document, parameters, policy: policyOfRun(document, policy), steps: rows.map(view) };
  }

  /** Gives the view of a step in its document; `outputs` are those of all steps that are shown, `give` what a node put on a port. */
  #viewer(
    document: PipelineDocument,
    policy: RunPolicy,
    outputs: ReadonlyMap<string, Outputs>,
    give: (node: string, port: string) => ArtifactRecord | undefined,
  ): (row: StepRow) => StepView {
    const policies = policiesOf(document, policy);
    const wires = Map.groupBy(document.edges, ({ to }) => to.node);
    const waiting = new Map<string, ReadonlyMap<string, WaitingStep>>();
    return (row) => {
      if (!waiting.has(row.run_id)) waiting.set(row.run_id, this.#live.waiting(row.run_id));
      const sources = (wires.get(row.node) ?? []).map(({ from }) => from);
      return stepView(row, {
        outputs: outputs.get(row.node)!,
        expectedMilliseconds: this.#expected.get(row.pipeline_id, row.node, row.run_number) ?? null,
        rowsIn: rowsOf(sources.flatMap(({ node, port }) => give(node, port) ?? [])),
        needs: [...new Set(sources.map(({ node }) => node))].filter((node) => outputs.has(node)),
        policy: policies.get(row.node),
        waiting: waiting.get(row.run_id)!.get(row.node) ?? null,
      });
    };
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
    const view = this.#viewer(document, {}, outputs, (node, port) => outputs.get(node)?.get(port));
    const views: StepView[] = [];
    for (const row of rows) {
      views.push(view(row));
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
