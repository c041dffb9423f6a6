import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import type { StartedRun } from '../executor/run-types.ts';
import type { Clock } from './clock.ts';
import { FIRING_COLUMNS, type FiringOutcome, type FiringRow, type ScheduleRow } from './schedule-view.ts';
import type { Due } from './settle.ts';

/** Someone else started this slot. */
export class AlreadyFired extends Error {
  override readonly name = 'AlreadyFired';
}

/** The rows of what became of each slot. The key of a row makes a second run of its slot impossible. */
export class Firings {
  readonly #clock: Clock;
  readonly #sql;

  constructor({ $client }: Database, clock: Clock) {
    this.#clock = clock;
    this.#sql = {
      note: $client.prepare(
        `INSERT INTO schedule_firings (id, workspace_id, schedule_id, key, slot, backfill_id, outcome, detail, event, created_at)
         VALUES (@id, @workspaceId, @scheduleId, @key, @slot, @backfillId, @outcome, @detail, @event, @now)
         ON CONFLICT (schedule_id, key) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail
         WHERE outcome = 'waiting' OR (outcome = 'missed' AND excluded.outcome <> 'missed')`,
      ),
      start: $client.prepare(
        `INSERT INTO schedule_firings (id, workspace_id, schedule_id, key, slot, backfill_id, outcome, detail, event, run_id, run_number, created_at)
         VALUES (@id, @workspaceId, @scheduleId, @key, @slot, @backfillId, 'started', @detail, @event, @runId, @runNumber, @now)
         ON CONFLICT (schedule_id, key) DO UPDATE SET outcome = 'started', detail = excluded.detail, run_id = excluded.run_id, run_number = excluded.run_number, created_at = excluded.created_at
         WHERE outcome IN ('waiting', 'missed')`,
      ),
      taken: $client.prepare<[string, string], 1>(`SELECT 1 FROM schedule_firings WHERE schedule_id = ? AND key = ? AND outcome <> 'missed'`).pluck(),
      waiting: $client.prepare<[string], FiringRow>(
        `SELECT ${FIRING_COLUMNS} FROM schedule_firings WHERE schedule_id = ? AND outcome = 'waiting' AND backfill_id IS NULL ORDER BY slot, created_at LIMIT 1`,
      ),
      countWaiting: $client
        .prepare<[string], number>(`SELECT count(*) FROM schedule_firings WHERE schedule_id = ? AND outcome = 'waiting' AND backfill_id IS NULL`)
        .pluck(),
      previous: $client
        .prepare<[string, number], number>(
          `SELECT slot FROM schedule_firings WHERE schedule_id = ? AND slot < ? AND outcome = 'started' AND backfill_id IS NULL ORDER BY slot DESC LIMIT 1`,
        )
        .pluck(),
      running: $client.prepare<[string], { id: string; number: number }>(
        `SELECT r.id, r.number FROM runs r WHERE r.started_by_id = ? AND r.status IN ('queued', 'running', 'cancelling')
         AND NOT EXISTS (SELECT 1 FROM schedule_firings f WHERE f.run_id = r.id AND f.backfill_id IS NOT NULL)`,
      ),
    };
  }

  /** Whether the slot was dealt with other than by missing it. */
  isTaken(scheduleId: string, key: string): boolean {
    return this.#sql.taken.get(scheduleId, key) !== undefined;
  }

  note(schedule: ScheduleRow, due: Due, outcome: Exclude<FiringOutcome, 'started'>, detail: string | null, backfillId: string | null = null): void {
    this.#sql.note.run({ ...this.#row(schedule, due, backfillId), outcome, detail });
  }

  /** Call it in the transaction that makes the run. @throws AlreadyFired, which takes the run back */
  started(schedule: ScheduleRow, due: Due, run: StartedRun, detail: string | null, backfillId: string | null = null): void {
    const { changes } = this.#sql.start.run({ ...this.#row(schedule, due, backfillId), detail, runId: run.id, runNumber: run.number });
    if (changes !== 1) throw new AlreadyFired(due.key);
  }

  /** The slot that has waited longest for its turn. */
  nextWaiting(scheduleId: string): Due | null {
    const row = this.#sql.waiting.get(scheduleId);
    return row ? dueOf(row) : null;
  }

  waitingCount(scheduleId: string): number {
    return this.#sql.countWaiting.get(scheduleId) ?? 0;
  }

  /** The slot that started a run before this one. */
  previousSlot(scheduleId: string, slot: number): number | null {
    return this.#sql.previous.get(scheduleId, slot) ?? null;
  }

  /** Runs of the schedule that have not ended, those of backfills apart. */
  running(scheduleId: string): StartedRun[] {
    return this.#sql.running.all(scheduleId);
  }

  #row(schedule: ScheduleRow, { key, slot, event }: Due, backfillId: string | null) {
    const now = this.#clock.now();
    const { workspaceId, id: scheduleId } = schedule;
    return { id: newId(now), workspaceId, scheduleId, key, slot, backfillId, event: event && JSON.stringify(event), now };
  }
}

export const dueOf = ({ key, slot, event }: FiringRow): Due => ({
  key,
  slot,
  at: slot,
  event: event === null ? null : (JSON.parse(event) as Record<string, unknown>),
});
