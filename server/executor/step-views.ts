import type { Status, StepError } from '#pipelines/events.ts';
import { DEFAULT_POLICY, type FullStepPolicy } from '#pipelines/policy.ts';
import { summariesOf, type Outputs } from './run-records.ts';
import type { StepView, WaitingStep } from './run-types.ts';

export interface StepRow {
  readonly id: string;
  readonly run_id: string;
  readonly run_number: number;
  readonly pipeline_id: string;
  readonly node: string;
  readonly type: string;
  readonly name: string;
  readonly status: Status;
  readonly attempt: number;
  readonly reason: string | null;
  readonly error: string | null;
  readonly milliseconds: number | null;
  readonly peak_bytes: number | null;
  readonly cpu_milliseconds: number | null;
  readonly compute: string | null;
  readonly ready_at: number | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly reused_from: number | null;
}

export const STEP_COLUMNS = `id, run_id, pipeline_id, run_number, node, type, name, status, attempt, reason, error, milliseconds, peak_bytes, cpu_milliseconds, compute,
  ready_at, started_at, finished_at, reused_from`;

export interface StepFacts {
  readonly outputs: Outputs;
  readonly expectedMilliseconds: number | null;
  readonly rowsIn: number | null;
  readonly needs: readonly string[];
  readonly policy: FullStepPolicy | undefined;
  readonly waiting: WaitingStep | null;
}

export const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** A step for people. */
export function stepView(row: StepRow, { outputs, expectedMilliseconds, rowsIn, needs, policy = DEFAULT_POLICY, waiting }: StepFacts): StepView {
  return {
    node: row.node,
    type: row.type,
    name: row.name,
    status: row.status,
    attempt: row.attempt,
    attemptsAllowed: 1 + policy.retries,
    milliseconds: row.milliseconds,
    expectedMilliseconds,
    readyAt: iso(row.ready_at),
    startedAt: iso(row.started_at),
    finishedAt: iso(row.finished_at),
    reason: row.reason,
    error: row.error === null ? null : (JSON.parse(row.error) as StepError),
    outputs: summariesOf(outputs),
    rowsIn,
    rowsOut: rowsOf(outputs.values()),
    reusedFrom: row.reused_from,
    peakBytes: row.peak_bytes,
    cpuMilliseconds: row.cpu_milliseconds,
    compute: row.compute ?? policy.compute,
    needs,
    waiting,
    runNumber: row.run_number,
    runId: row.run_id,
  };
}

/** Rows of all tables among artifacts; null when there is no table. */
export function rowsOf(artifacts: Iterable<{ readonly meta: { readonly kind: string } & { readonly rowCount?: number } }>): number | null {
  let rows: number | null = null;
  for (const { meta } of artifacts) if (meta.kind === 'table') rows = (rows ?? 0) + (meta.rowCount ?? 0);
  return rows;
}
