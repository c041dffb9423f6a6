import { and, eq, inArray, sql } from '../db/drizzle.ts';
import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { runs, scheduleFirings, schedules } from '../db/schema.ts';
import type { StartedRun, StartRequest } from '../executor/run-types.ts';
import type { Clock, Timer } from './clock.ts';
import { cronOf, type ScheduleRow } from './schedules.ts';
import { CronLine } from './slots.ts';

export interface SchedulerParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly start: (request: StartRequest) => Promise<StartedRun> | StartedRun;
}

/** A slot that is this late was missed: the server was down or the machine slept. */
const LATE = 60_000;
/** The latest missed slot is made up for when it is no older than this. */
const CATCH_UP_WINDOW = 6 * 3_600_000;
/** Slots further back are not even counted; a line may have one each minute. */
const LONGEST_LOOK_BACK = 7 * 24 * 3_600_000;
/** Missed slots that are written down one by one. */
const NOTED_MISSES = 1_000;

/**
 * Starts runs at their slots. The truth is in the rows: a slot is started in one transaction with its row, whose key makes a second start
 * impossible, and slots are settled in order, so a restart at any moment loses and repeats nothing.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #timer: Timer | null = null;
  #working: Promise<void> | null = null;
  #again = false;
  #stopped = true;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#stopped = false;
    this.look();
  }

  /** Starts nothing more; waits for what is being started. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#working;
  }

  /** Deals with what is due and sets the timer for what comes next; call it after any change. */
  look(): void {
    if (this.#stopped) return;
    if (this.#working) {
      this.#again = true;
      return;
    }
    this.#timer?.cancel();
    this.#working = this.#work().finally(() => {
      this.#working = null;
      if (this.#again) {
        this.#again = false;
        this.look();
      }
    });
  }

  /** Resolves once all that was due has been dealt with. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    const { db, clock, log } = this.#parts;
    const now = clock.now();
    let next = now + 3_600_000;
    for (const schedule of db.select().from(schedules).where(eq(schedules.enabled, true)).all()) {
      if (this.#stopped) return;
      try {
        const line = new CronLine(cronOf(schedule), schedule.timeZone);
        await this.#settle(schedule, line, now);
        next = Math.min(next, line.next(now) ?? next);
      } catch (error) {
        log.error({ err: error, schedule: schedule.id }, 'a schedule could not be looked at; trying again in a minute');
        next = Math.min(next, now + 60_000);
      }
    }
    if (!this.#stopped) this.#timer = clock.setTimer(next, () => this.look());
  }

  /** Deals with every slot from where the schedule was left up to now. */
  async #settle(schedule: ScheduleRow, line: CronLine, now: number): Promise<void> {
    const due: number[] = [];
    const from = Math.max(schedule.settledUntil, now - LONGEST_LOOK_BACK);
    for (let slot = line.next(from); slot !== null && slot <= now; slot = line.next(slot)) {
      due.push(slot);
      if (due.length > NOTED_MISSES) due.shift();
    }
    const latest = due.pop();
    if (latest === undefined) return;
    const late = now - latest > LATE;
    const madeUp = !late || (schedule.catchUp !== 'skip' && now - latest <= CATCH_UP_WINDOW);
    this.#miss(schedule, madeUp ? due : [...due, latest], due.at(-1) ?? schedule.settledUntil);
    if (!madeUp) return this.#settledUntil(schedule.id, latest);
    if (this.#isRunning(schedule)) return this.#note(schedule, latest, 'overlapped', 'The run before it had not ended.');
    await this.#fire(schedule, latest);
  }

  async #fire(schedule: ScheduleRow, slot: number): Promise<void> {
    const { db, start, log, clock } = this.#parts;
    try {
      await start({
        workspaceId: schedule.workspaceId,
        pipelineId: schedule.pipelineId,
        parameters: schedule.parameters,
        startedBy: { kind: 'schedule', name: schedule.name, id: schedule.id },
        scheduledFor: slot,
        alongside: ({ id }) => {
          db.insert(scheduleFirings)
            .values({
              id: newId(),
              workspaceId: schedule.workspaceId,
              scheduleId: schedule.id,
              key: String(slot),
              slot,
              outcome: 'started',
              runId: id,
              createdAt: clock.now(),
            })
            .run();
          this.#settledUntil(schedule.id, slot);
        },
      });
    } catch (error) {
      if (this.#isNoted(schedule.id, slot)) return this.#settledUntil(schedule.id, slot);
      log.warn({ err: error, schedule: schedule.id, slot }, 'a scheduled run was refused');
      this.#note(schedule, slot, 'refused', error instanceof Error ? error.message : String(error));
    }
  }

  #isRunning(schedule: ScheduleRow): boolean {
    const { db } = this.#parts;
    const row = db
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.startedById, schedule.id), inArray(runs.status, ['queued', 'running', 'cancelling'])))
      .limit(1)
      .get();
    return row !== undefined;
  }

  #isNoted(scheduleId: string, slot: number): boolean {
    const { db } = this.#parts;
    return (
      db
        .select({ slot: scheduleFirings.slot })
        .from(scheduleFirings)
        .where(and(eq(scheduleFirings.scheduleId, scheduleId), eq(scheduleFirings.slot, slot)))
        .get() !== undefined
    );
  }

  #note(schedule: ScheduleRow, slot: number, outcome: 'overlapped' | 'refused', detail: string): void {
    const { db, clock } = this.#parts;
    db.transaction((tx) => {
      tx.insert(scheduleFirings)
        .values({ id: newId(), workspaceId: schedule.workspaceId, scheduleId: schedule.id, key: String(slot), slot, outcome, detail, createdAt: clock.now() })
        .onConflictDoNothing()
        .run();
      this.#settledUntil(schedule.id, slot);
    });
  }

  #miss(schedule: ScheduleRow, slots: readonly number[], settledUntil: number): void {
    if (slots.length === 0) return;
    const { db, clock } = this.#parts;
    db.transaction((tx) => {
      for (const slot of slots) {
        tx.insert(scheduleFirings)
          .values({
            id: newId(),
            workspaceId: schedule.workspaceId,
            scheduleId: schedule.id,
            key: String(slot),
            slot,
            outcome: 'missed',
            createdAt: clock.now(),
          })
          .onConflictDoNothing()
          .run();
      }
      this.#settledUntil(schedule.id, settledUntil);
    });
  }

  #settledUntil(id: string, slot: number): void {
    this.#parts.db
      .update(schedules)
      .set({ settledUntil: sql`max(${schedules.settledUntil}, ${slot})` })
      .where(eq(schedules.id, id))
      .run();
  }
}
