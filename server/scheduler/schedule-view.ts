import { iso } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import type { schedules } from '../db/schema.ts';
import type { RunSummary } from '../executor/run-types.ts';
import { describeTiming } from './describe-timing.ts';
import { manySlots, slotsOf } from './slots.ts';
import type { EventSource, Recurrence } from './timing.ts';
import { TimingError } from './wall-times.ts';
import { withOffset } from './zone.ts';

export type ScheduleRow = typeof schedules.$inferSelect;
/** The newest run that a schedule or pipeline endpoint started. */
export type LastRun = (workspaceId: string, startedById: string) => RunSummary | null;

export type FiringOutcome = 'waiting' | 'started' | 'missed' | 'overlapped' | 'refused' | 'dropped';

/** What became of one slot. */
export interface Firing {
  readonly id: string;
  readonly slot: string;
  readonly kind: 'time' | 'event' | 'asked' | 'backfill';
  readonly outcome: FiringOutcome;
  /** Why, where that is not plain. */
  readonly detail: string | null;
  readonly event: Readonly<Record<string, unknown>> | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  /** Null while it has not ended. */
  readonly runStatus: string | null;
  readonly createdAt: string;
}

export interface ScheduleView {
  readonly id: string;
  readonly name: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  /** Of these three one is given. */
  readonly cron: string | null;
  readonly recurrence: Recurrence | null;
  readonly event: EventSource | null;
  /** When it is due, in words. */
  readonly description: string;
  readonly timeZone: string;
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly endAfter: number | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly pausedReason: string | null;
  readonly overlap: 'skip' | 'queue' | 'cancel';
  readonly catchUp: 'skip' | 'once' | 'all';
  readonly catchUpSeconds: number;
  readonly catchUpMost: number;
  readonly jitterSeconds: number;
  readonly pauseAfter: number;
  readonly failures: number;
  readonly fired: number;
  readonly createdAt: string;
  readonly next: readonly string[];
  readonly lastRun: RunSummary | null;
  readonly missed: number;
  /** The last twenty firings, the oldest first. */
  readonly recent: readonly Firing[];
  readonly watched: { readonly at: string; readonly files: number | null; readonly error: string | null } | null;
}

export interface FiringRow {
  readonly id: string;
  readonly key: string;
  readonly slot: number;
  readonly backfill_id: string | null;
  readonly outcome: FiringOutcome;
  readonly detail: string | null;
  readonly event: string | null;
  readonly run_id: string | null;
  readonly run_status: string | null;
  readonly run_number: number | null;
  readonly created_at: number;
}

export const FIRING_COLUMNS = 'id, key, slot, backfill_id, outcome, detail, event, run_id, run_status, run_number, created_at';

export function firingView(row: FiringRow): Firing {
  return {
    id: row.id,
    slot: iso(row.slot),
    kind: row.backfill_id !== null ? 'backfill' : row.key.startsWith('event:') ? 'event' : row.key.startsWith('now:') ? 'asked' : 'time',
    outcome: row.outcome,
    detail: row.detail,
    event: row.event === null ? null : (JSON.parse(row.event) as Record<string, unknown>),
    runId: row.run_id,
    runNumber: row.run_number,
    runStatus: row.run_status,
    createdAt: iso(row.created_at),
  };
}

/** The next slots; none for a schedule that waits for events, and for one whose line no longer reads. */
export function nextSlots(row: ScheduleRow, now: number, count: number): number[] {
  const { timing, timeZone, startAt, endAt } = row;
  if (timing.kind === 'event') return [];
  try {
    return manySlots(slotsOf(timing, timeZone, { startAt, endAt }), now, count);
  } catch (error) {
    if (error instanceof TimingError) return [];
    throw error;
  }
}

/** Makes views of schedules. */
export class ScheduleViews {
  readonly #lastRun: LastRun;
  readonly #recent;
  readonly #missed;
  readonly #pipelineName;

  constructor(db: Database, lastRun: LastRun) {
    this.#lastRun = lastRun;
    const { $client } = db;
    this.#recent = $client.prepare<[string], FiringRow>(
      `SELECT ${FIRING_COLUMNS} FROM schedule_firings WHERE schedule_id = ? ORDER BY slot DESC, created_at DESC LIMIT 20`,
    );
    this.#missed = $client.prepare<[string], number>(`SELECT count(*) FROM schedule_firings WHERE schedule_id = ? AND outcome = 'missed'`).pluck();
    this.#pipelineName = $client.prepare<[string, string], string>('SELECT name FROM pipelines WHERE workspace_id = ? AND id = ?').pluck();
  }

  pipelineName(workspaceId: string, id: string): string | undefined {
    return this.#pipelineName.get(workspaceId, id);
  }

  view(row: ScheduleRow, now: number): ScheduleView {
    const { workspaceId, timing, watched } = row;
    const nameOf = (id: string): string => this.pipelineName(workspaceId, id) ?? 'a deleted pipeline';
    return {
      id: row.id,
      name: row.name,
      pipelineId: row.pipelineId,
      pipelineName: nameOf(row.pipelineId),
      cron: timing.kind === 'cron' ? timing.cron : null,
      recurrence: timing.kind === 'recurrence' ? timing.recurrence : null,
      event: timing.kind === 'event' ? timing.event : null,
      description: describeTiming(timing, nameOf),
      timeZone: row.timeZone,
      startAt: row.startAt === null ? null : iso(row.startAt),
      endAt: row.endAt === null ? null : iso(row.endAt),
      endAfter: row.endAfter,
      parameters: row.parameters,
      enabled: row.enabled,
      pausedReason: row.pausedReason,
      overlap: row.overlap,
      catchUp: row.catchUp,
      catchUpSeconds: row.catchUpSeconds,
      catchUpMost: row.catchUpMost,
      jitterSeconds: row.jitterSeconds,
      pauseAfter: row.pauseAfter,
      failures: row.failures,
      fired: row.fired,
      createdAt: iso(row.createdAt),
      next: row.enabled ? nextSlots(row, now, 10).map((slot) => withOffset(slot, row.timeZone)) : [],
      lastRun: this.#lastRun(workspaceId, row.id),
      missed: this.#missed.get(row.id) ?? 0,
      recent: this.#recent.all(row.id).map(firingView).toReversed(),
      watched: watched && { at: iso(watched.at), files: watched.states && Object.keys(watched.states).length, error: watched.error },
    };
  }
}
