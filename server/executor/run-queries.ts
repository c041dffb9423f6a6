import type { Database } from '#server/db/client.ts';
import type { RunCounts } from '#server/db/schema.ts';
import { AppError, notFound } from '#server/errors.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { RunEvent, Status, StepError } from '#pipelines/events.ts';
import { summariesOf, type RunRecords } from './run-records.ts';
import type { LogLine, RunDetails, RunPage, RunQuery, RunSummary, StartedBy, StepView } from './run-types.ts';

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
  readonly counts: string;
  readonly headline: string | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}
interface StepRow {
  readonly id: string;
  readonly run_id: string;
  readonly run_number: number;
  readonly node: string;
  readonly type: string;
  readonly name: string;
  readonly status: Status;
  readonly attempt: number;
  readonly reason: string | null;
  readonly error: string | null;
  readonly milliseconds: number | null;
  readonly peak_bytes: number | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly reused_from: number | null;
}

const COLUMNS = `id, number, pipeline_id, pipeline_name, revision, status, started_by_kind, started_by_name, started_by_id, scheduled_for, resume_of, counts, headline, error,
  created_at, started_at, finished_at`;
const STEP_COLUMNS = 'id, run_id, run_number, node, type, name, status, attempt, reason, error, milliseconds, peak_bytes, started_at, finished_at, reused_from';

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** Reads runs for people. */
export class RunQueries {
  readonly #db: Database;
  readonly #records: RunRecords;
  readonly #newestStep;
  readonly #newestRun;

  constructor(db: Database, records: RunRecords) {
    this.#db = db;
    this.#records = records;
    this.#newestStep = db.$client.prepare<[string, string], StepRow>(
      `SELECT ${STEP_COLUMNS} FROM steps WHERE pipeline_id = ? AND node = ? ORDER BY run_number DESC LIMIT 1`,
    );
    this.#newestRun = db.$client.prepare<[string, string], RunRow>(
      `SELECT ${COLUMNS} FROM runs WHERE workspace_id = ? AND pipeline_id = ? ORDER BY number DESC LIMIT 1`,
    );
  }

  summary(workspaceId: string, id: string): RunSummary {
    const row = this.#db.$client.prepare(`SELECT ${COLUMNS} FROM runs WHERE workspace_id = ? AND id = ?`).get(workspaceId, id) as RunRow | undefined;
    if (!row) throw notFound('run', id);
    return summaryOfRun(row);
  }

  get(workspaceId: string, id: string): RunDetails {
    const summary = this.summary(workspaceId, id);
    const { $client } = this.#db;
    const more = $client.prepare('SELECT v.document, r.parameters FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?').get(id) as {
      document: string;
      parameters: string;
    };
    const rows = $client.prepare(`SELECT ${STEP_COLUMNS} FROM steps WHERE run_id = ? ORDER BY position`).all(id) as StepRow[];
    return {
      ...summary,
      document: JSON.parse(more.document) as PipelineDocument,
      parameters: JSON.parse(more.parameters) as Record<string, unknown>,
      steps: rows.map((row) => this.#view(row)),
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
    const items = rows.slice(0, size).map(summaryOfRun);
    return { items, nextCursor: rows.length > size ? String(items.at(-1)!.number) : null };
  }

  newestRun(workspaceId: string, pipelineId: string): RunSummary | null {
    const row = this.#newestRun.get(workspaceId, pipelineId);
    return row ? summaryOfRun(row) : null;
  }

  /** The newest step of each of the nodes over all runs of the pipeline. */
  newestSteps(pipelineId: string, nodes: readonly string[]): StepView[] {
    return nodes.map((node) => this.#newestStep.get(pipelineId, node)).flatMap((row) => (row ? [this.#view(row)] : []));
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

  #view(row: StepRow): StepView {
    return {
      node: row.node,
      type: row.type,
      name: row.name,
      status: row.status,
      attempt: row.attempt,
      milliseconds: row.milliseconds,
      startedAt: iso(row.started_at),
      finishedAt: iso(row.finished_at),
      reason: row.reason,
      error: row.error === null ? null : (JSON.parse(row.error) as StepError),
      outputs: summariesOf(this.#records.outputs(row.id)),
      reusedFrom: row.reused_from,
      peakBytes: row.peak_bytes,
      runNumber: row.run_number,
      runId: row.run_id,
    };
  }
}

function summaryOfRun(row: RunRow): RunSummary {
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
    headline: row.headline,
    error: row.error === null ? null : (JSON.parse(row.error) as StepError),
    resumeOf: row.resume_of,
    scheduledFor: iso(row.scheduled_for),
  };
}
