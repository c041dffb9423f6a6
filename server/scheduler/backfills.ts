import { eq } from '../db/drizzle.ts';
import type { Logger } from 'pino';
import { iso } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { backfills, schedules } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { StartedRun } from '../executor/run-types.ts';
import type { Clock } from './clock.ts';
import { dueOf } from './firings.ts';
import { FIRING_COLUMNS, type FiringRow, type ScheduleRow } from './schedule-view.ts';
import { readSlots } from './schedules.ts';
import type { Due } from './settle.ts';

export interface NewBackfill {
  /** Milliseconds since 1970; both ends count. */
  readonly from: number;
  readonly to: number;
  readonly missingOnly: boolean;
  readonly parallel: number;
}
export interface BackfillView {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly missingOnly: boolean;
  readonly parallel: number;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly createdAt: string;
  /** Slots by how they stand. */
  readonly counts: { readonly waiting: number; readonly running: number; readonly succeeded: number; readonly failed: number; readonly dropped: number };
}

/** Slots of one backfill. */
const MOST_SLOTS = 1_000;
type Row = typeof backfills.$inferSelect;
type Start = (schedule: ScheduleRow, due: Due, backfillId: string) => Promise<StartedRun> | StartedRun;

/** Runs of schedules for times that have passed: each slot once a backfill, a few at a time, the oldest first. */
export class Backfills {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #sql;

  constructor(db: Database, clock: Clock, log: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
    const { $client } = db;
    this.#sql = {
      covered: $client
        .prepare<[string, number, number], number>(
          `SELECT DISTINCT slot FROM schedule_firings WHERE schedule_id = ? AND slot BETWEEN ? AND ?
           AND ((outcome = 'started' AND (run_status = 'succeeded' OR (run_status IS NULL AND run_id IS NOT NULL))) OR outcome = 'waiting')`,
        )
        .pluck(),
      plan: $client.prepare(
        `INSERT INTO schedule_firings (id, workspace_id, schedule_id, key, slot, backfill_id, outcome, created_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)`,
      ),
      underWay: $client
        .prepare<[string], number>(
          `SELECT count(*) FROM schedule_firings WHERE backfill_id = ? AND outcome = 'started' AND run_status IS NULL AND run_id IS NOT NULL`,
        )
        .pluck(),
      next: $client.prepare<[string], FiringRow>(
        `SELECT ${FIRING_COLUMNS} FROM schedule_firings WHERE backfill_id = ? AND outcome = 'waiting' ORDER BY slot LIMIT 1`,
      ),
      counts: $client.prepare<[string], { outcome: string; run_status: string | null; count: number }>(
        'SELECT outcome, run_status, count(*) AS count FROM schedule_firings WHERE backfill_id = ? GROUP BY outcome, run_status',
      ),
      refuse: $client.prepare(`UPDATE schedule_firings SET outcome = 'refused', detail = ? WHERE backfill_id = ? AND key = ? AND outcome = 'waiting'`),
      drop: $client.prepare(
        `UPDATE schedule_firings SET outcome = 'dropped', detail = 'The backfill was cancelled.' WHERE backfill_id = ? AND outcome = 'waiting'`,
      ),
      runs: $client
        .prepare<[string], string>(`SELECT run_id FROM schedule_firings WHERE backfill_id = ? AND run_status IS NULL AND run_id IS NOT NULL`)
        .pluck(),
    };
  }

  /** Plans a run for each slot of a range. @throws AppError 422 when there is none, or when there are too many */
  create(schedule: ScheduleRow, { from, to, missingOnly, parallel }: NewBackfill): BackfillView {
    const { timing, timeZone, workspaceId, id: scheduleId } = schedule;
    if (timing.kind === 'event') throw empty('A schedule that waits for events has no times to go back to.');
    if (to < from) throw empty('The range ends before it begins.');
    if (to > this.#clock.now()) throw empty('The range must lie in the past.');
    const slots = readSlots(timing.kind === 'recurrence' ? { ...timing, anchor: backTo(timing.anchor, from) } : timing, timeZone);
    const covered = new Set(missingOnly ? this.#sql.covered.all(scheduleId, from, to) : []);
    const wanted: number[] = [];
    for (let slot = slots.next(from - 1); slot !== null && slot <= to; slot = slots.next(slot)) {
      if (!covered.has(slot)) wanted.push(slot);
      if (wanted.length > MOST_SLOTS) throw empty(`The range has more than ${MOST_SLOTS} times. Choose a shorter one.`);
    }
    if (wanted.length === 0) throw empty(missingOnly ? 'Nothing is missing in this range.' : 'The schedule has no time in this range.');
    const now = this.#clock.now();
    const row: Row = { id: newId(now), workspaceId, scheduleId, fromTime: from, toTime: to, missingOnly, parallel, state: 'running', createdAt: now };
    this.#db.transaction((tx) => {
      tx.insert(backfills).values(row).run();
      for (const slot of wanted) this.#sql.plan.run(newId(now), workspaceId, scheduleId, `backfill:${row.id}:${slot}`, slot, row.id, now);
    });
    return this.#view(row);
  }

  list(scheduleId: string): BackfillView[] {
    const rows = this.#db.select().from(backfills).where(eq(backfills.scheduleId, scheduleId)).all();
    return rows.toReversed().map((row) => this.#view(row));
  }

  /** Starts nothing more of it; gives the runs that have not ended. @throws AppError 404 */
  cancel(scheduleId: string, id: string): string[] {
    const row = this.#db.select().from(backfills).where(eq(backfills.id, id)).get();
    if (row?.scheduleId !== scheduleId) throw notFound('backfill', id);
    this.#db.transaction((tx) => {
      tx.update(backfills).set({ state: 'cancelled' }).where(eq(backfills.id, id)).run();
      this.#sql.drop.run(id);
    });
    return this.#sql.runs.all(id);
  }

  /** Starts as many runs as there is room for. */
  async work(start: Start): Promise<void> {
    for (const row of this.#db.select().from(backfills).where(eq(backfills.state, 'running')).all()) {
      const schedule = this.#db.select().from(schedules).where(eq(schedules.id, row.scheduleId)).get();
      while (schedule && this.#sql.underWay.get(row.id)! < row.parallel) {
        const next = this.#sql.next.get(row.id);
        if (!next) break;
        try {
          await start(schedule, dueOf(next), row.id);
        } catch (error) {
          this.#log.warn({ err: error, schedule: schedule.id, slot: next.slot }, 'a run of a backfill was refused');
          this.#sql.refuse.run(error instanceof Error ? error.message : String(error), row.id, next.key);
        }
      }
      if (!this.#sql.next.get(row.id) && this.#sql.underWay.get(row.id) === 0)
        this.#db.update(backfills).set({ state: 'done' }).where(eq(backfills.id, row.id)).run();
    }
  }

  #view(row: Row): BackfillView {
    const counts = { waiting: 0, running: 0, succeeded: 0, failed: 0, dropped: 0 };
    for (const { outcome, run_status: status, count } of this.#sql.counts.all(row.id)) {
      if (outcome === 'waiting') counts.waiting += count;
      else if (outcome === 'dropped') counts.dropped += count;
      else if (outcome === 'started' && status === null) counts.running += count;
      else if (status === 'succeeded') counts.succeeded += count;
      else counts.failed += count;
    }
    const { id, missingOnly, parallel, state } = row;
    return { id, from: iso(row.fromTime), to: iso(row.toTime), missingOnly, parallel, state, createdAt: iso(row.createdAt), counts };
  }
}

/** A recurrence counts from its anchor on; here it counts as if it had begun whole weeks of leap cycles earlier. */
const CYCLE = 146_097 * 86_400_000;
const backTo = (anchor: number, from: number): number => anchor - Math.max(0, Math.ceil((anchor - from) / CYCLE)) * CYCLE;

const empty = (message: string): AppError => new AppError(422, message, { code: 'backfill_empty', errors: [{ pointer: '/from', detail: message }] });
