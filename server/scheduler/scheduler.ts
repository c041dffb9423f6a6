import type { Logger } from 'pino';
import { eq, sql } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { schedules } from '../db/schema.ts';
import type { StartedRun, StartRequest } from '../executor/run-types.ts';
import type { Automation } from './automation.ts';
import type { Backfills } from './backfills.ts';
import type { Clock, Timer } from './clock.ts';
import type { FileWatch } from './file-watch.ts';
import { AlreadyFired, Firings } from './firings.ts';
import { resolveMacros } from './macros.ts';
import type { ScheduleRow } from './schedule-view.ts';
import { dropWaiting } from './schedules.ts';
import { decide, type Due } from './settle.ts';
import { jitterOf, slotsOf, type Slots } from './slots.ts';

export interface SchedulerParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly start: (request: StartRequest) => Promise<StartedRun> | StartedRun;
  readonly cancel: (workspaceId: string, runId: string) => void;
  readonly automation: Automation;
  readonly backfills: Backfills;
  readonly files: FileWatch;
}

/** Slots further back are not even counted; a line may have one each minute. */
const LONGEST_LOOK_BACK = 7 * 24 * 3_600_000;
/** Missed slots that are written down one by one. */
const NOTED_MISSES = 1_000;
const MOST_WAITING = 100;
/** Results that start a schedule that makes results, and so on: after so many rounds it ends. */
const DEEPEST_CHAIN = 8;
const LONGEST_SLEEP = 3_600_000;

/**
 * Starts runs at their slots and after events. The truth is in the rows: a slot is started in one transaction with its row, whose key makes a
 * second start impossible, and slots are settled in order, so a restart at any moment loses and repeats nothing.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #firings: Firings;
  #timer: Timer | null = null;
  #working: Promise<void> | null = null;
  #again = false;
  #stopped = true;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#firings = new Firings(parts.db, parts.clock);
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
    await this.#parts.files.stop();
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

  /** Resolves once all that was due has been dealt with, and every source that is watched has answered. */
  async idle(): Promise<void> {
    do {
      while (this.#working) await this.#working;
      await this.#parts.files.idle();
    } while (this.#working);
  }

  /** A run besides those of the slots. @throws AppError as a run's start does */
  async runNow(schedule: ScheduleRow, by: string, id: string): Promise<StartedRun> {
    const now = this.#parts.clock.now();
    return this.#begin(schedule, { key: `now:${id}`, slot: now, at: now, event: null }, `Asked for by ${by}.`);
  }

  async #work(): Promise<void> {
    const { db, clock, log, backfills, files } = this.#parts;
    let next = clock.now() + LONGEST_SLEEP;
    for (const { id } of db.select({ id: schedules.id }).from(schedules).where(eq(schedules.enabled, true)).all()) {
      if (this.#stopped) return;
      try {
        next = Math.min(next, await this.#settle(id));
      } catch (error) {
        log.error({ err: error, schedule: id }, 'a schedule could not be looked at; trying again in a minute');
        next = Math.min(next, clock.now() + 60_000);
      }
    }
    await backfills.work((schedule, due, backfillId) => this.#begin(schedule, due, null, backfillId));
    next = Math.min(
      next,
      files.look(() => this.look()),
    );
    if (!this.#stopped) this.#timer = clock.setTimer(next, () => this.look());
  }

  /** Deals with every slot from where the schedule was left up to now; gives when it is to be looked at again. */
  async #settle(id: string): Promise<number> {
    const { db, clock, automation } = this.#parts;
    const now = clock.now();
    const schedule = this.#row(id);
    if (!schedule) return Infinity;
    // The clock was turned back: times between come again, and those that had their run have their row.
    if (schedule.settledUntil > now) {
      schedule.settledUntil = now;
      db.update(schedules).set({ settledUntil: now }).where(eq(schedules.id, id)).run();
    }
    const { timing, timeZone, startAt, endAt } = schedule;
    if (timing.kind === 'event') {
      const events = automation.after(schedule.workspaceId, timing.event.kind, schedule.eventSubject ?? schedule.id, schedule.settledEvent);
      await this.#decide(schedule, events, now);
      await this.#promote(id);
      if (endAt === null) return Infinity;
      return now > endAt ? this.#end(id, 'It has reached its end.') : endAt + 1;
    }
    const slots = slotsOf(timing, timeZone, { startAt, endAt });
    const { due, next } = this.#dueOf(schedule, slots, now);
    await this.#decide(schedule, due, now);
    await this.#promote(id);
    return next ?? (this.#firings.waitingCount(id) > 0 ? Infinity : this.#end(id, 'It has reached its end.'));
  }

  /** Slots come one after the other, also where the jitter of one would put it behind its successor. */
  #dueOf(schedule: ScheduleRow, slots: Slots, now: number): { due: Due[]; next: number | null } {
    const due: Due[] = [];
    let slot = slots.next(Math.max(schedule.settledUntil, now - LONGEST_LOOK_BACK));
    let at = 0;
    for (; slot !== null; slot = slots.next(slot)) {
      at = slot + jitterOf(schedule.id, slot, schedule.jitterSeconds);
      if (at > now) break;
      due.push({ key: String(slot), slot, at, event: null });
      if (due.length > NOTED_MISSES) due.shift();
    }
    return { due, next: slot === null ? null : at };
  }

  async #decide(schedule: ScheduleRow, due: readonly Due[], now: number): Promise<void> {
    const decisions = decide(due, now, schedule);
    // What was missed lies before what is made up for.
    const missed = decisions.filter(({ will }) => will === 'missed').map((each) => each.due);
    if (missed.length > 0) this.#settled(schedule, missed.at(-1)!, () => missed.forEach((one) => this.#firings.note(schedule, one, 'missed', null)));
    for (const { due: one, will } of decisions) {
      if (will === 'missed') continue;
      const present = this.#row(schedule.id);
      if (this.#stopped || !present?.enabled) return;
      if (this.#firings.isTaken(present.id, one.key)) this.#settled(present, one);
      else await this.#fire(present, one, will === 'after');
    }
  }

  async #fire(schedule: ScheduleRow, due: Due, inTurn: boolean): Promise<void> {
    const running = this.#firings.running(schedule.id);
    const wait = running.length > 0 || this.#firings.waitingCount(schedule.id) > 0;
    if (Number(due.event?.depth ?? 0) >= DEEPEST_CHAIN) {
      const detail = `Its own results have started it ${DEEPEST_CHAIN} times over, so the chain is cut here.`;
      return this.#settled(schedule, due, () => this.#firings.note(schedule, due, 'refused', detail));
    }
    if (wait && (inTurn || schedule.overlap === 'queue')) {
      const full = this.#firings.waitingCount(schedule.id) >= MOST_WAITING;
      return this.#settled(schedule, due, () =>
        this.#firings.note(schedule, due, full ? 'overlapped' : 'waiting', full ? `${MOST_WAITING} runs wait already.` : 'It waits for the run before it.'),
      );
    }
    if (wait && schedule.overlap === 'skip')
      return this.#settled(schedule, due, () => this.#firings.note(schedule, due, 'overlapped', `Run ${running[0]?.number ?? ''} had not ended.`));
    for (const { id } of running) this.#parts.cancel(schedule.workspaceId, id);
    await this.#start(schedule, due, running.length > 0 ? `Run ${running.map(({ number }) => number).join(', ')} was cancelled for it.` : null);
  }

  /** Starts the slot whose turn it is, when nothing runs. */
  async #promote(id: string): Promise<void> {
    for (;;) {
      const schedule = this.#row(id);
      if (this.#stopped || !schedule?.enabled || this.#firings.running(id).length > 0) return;
      const due = this.#firings.nextWaiting(id);
      if (!due) return;
      await this.#start(schedule, due, null);
    }
  }

  async #start(schedule: ScheduleRow, due: Due, detail: string | null): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#begin(schedule, due, detail);
    } catch (error) {
      if (error instanceof AlreadyFired) return this.#settled(schedule, due);
      log.warn({ err: error, schedule: schedule.id, slot: due.slot }, 'a scheduled run was refused');
      const why = error instanceof Error ? error.message : String(error);
      this.#settled(schedule, due, () => {
        this.#firings.note(schedule, due, 'refused', why);
        this.#parts.automation.failed(schedule.id);
      });
    }
    const { fired, endAfter } = this.#row(schedule.id) ?? schedule;
    if (endAfter !== null && fired >= endAfter) this.#end(schedule.id, `It has started ${fired} ${fired === 1 ? 'run' : 'runs'}, as many as it was to.`);
  }

  #begin(schedule: ScheduleRow, due: Due, detail: string | null, backfillId: string | null = null): Promise<StartedRun> | StartedRun {
    const { start, db } = this.#parts;
    const asked = due.key.startsWith('now:');
    return start({
      workspaceId: schedule.workspaceId,
      pipelineId: schedule.pipelineId,
      parameters: resolveMacros(schedule.parameters, {
        scheduledTime: due.slot,
        previousTime: this.#firings.previousSlot(schedule.id, due.slot),
        timeZone: schedule.timeZone,
        scheduleName: schedule.name,
        event: due.event,
      }),
      startedBy: { kind: 'schedule', name: schedule.name, id: schedule.id },
      scheduledFor: due.slot,
      alongside: (run) => {
        this.#firings.started(schedule, due, run, detail, backfillId);
        if (asked || backfillId !== null) return;
        this.#advance(schedule, due);
        db.update(schedules)
          .set({ fired: sql`${schedules.fired} + 1` })
          .where(eq(schedules.id, schedule.id))
          .run();
      },
    });
  }

  #row(id: string): ScheduleRow | undefined {
    return this.#parts.db.select().from(schedules).where(eq(schedules.id, id)).get();
  }

  #end(id: string, why: string): number {
    const { db } = this.#parts;
    db.transaction((tx) => {
      tx.update(schedules).set({ enabled: false, pausedReason: why }).where(eq(schedules.id, id)).run();
      dropWaiting(db, id, why);
    });
    return Infinity;
  }

  #settled(schedule: ScheduleRow, due: Due, also: () => void = () => {}): void {
    this.#parts.db.transaction(() => {
      also();
      this.#advance(schedule, due);
    });
  }

  #advance({ id }: ScheduleRow, { key, slot }: Due): void {
    const event = key.startsWith('event:') ? Number(key.slice('event:'.length)) : 0;
    this.#parts.db
      .update(schedules)
      .set({
        settledEvent: sql`max(${schedules.settledEvent}, ${event})`,
        ...(event > 0 ? {} : { settledUntil: sql`max(${schedules.settledUntil}, ${slot})` }),
      })
      .where(eq(schedules.id, id))
      .run();
  }
}
