import { and, desc, eq, lt, or, sql } from '../db/drizzle.ts';
import { DEPLOYED_NOT_RUN } from '#pipelines/check.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { automationEvents, connections, scheduleFirings, schedules } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import { decodeCursor, pageOf, type Page, type PageQuery } from '../assets/pages.ts';
import type { Clock } from './clock.ts';
import { MacroError, resolveMacros } from './macros.ts';
import { ScheduleViews, type LastRun, type ScheduleRow, type ScheduleView } from './schedule-view.ts';
import { slotsOf, type Bounds, type Slots } from './slots.ts';
import type { EventSource, Recurrence, Timing } from './timing.ts';
import { TimingError } from './wall-times.ts';

export interface SchedulePolicies {
  /** Milliseconds since 1970. */
  readonly startAt: number | null;
  readonly endAt: number | null;
  readonly endAfter: number | null;
  readonly overlap: ScheduleRow['overlap'];
  readonly catchUp: ScheduleRow['catchUp'];
  readonly catchUpSeconds: number;
  readonly catchUpMost: number;
  readonly jitterSeconds: number;
  readonly pauseAfter: number;
}
/** When it is due: one of the three. */
export interface When {
  readonly cron?: string;
  readonly recurrence?: Recurrence;
  readonly event?: EventSource;
}
interface Fields extends When, Partial<SchedulePolicies> {
  readonly name: string;
  readonly timeZone: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
}
export interface NewSchedule extends Fields {
  readonly pipelineId: string;
}
export type ScheduleChange = Partial<Fields>;

const invalid = (code: string, pointer: string, detail: string): AppError => new AppError(422, detail, { code, errors: [{ pointer, detail }] });

/** Reads when a schedule is due; throws 422 with a text for people. */
export function readSlots(timing: Exclude<Timing, { kind: 'event' }>, timeZone: string, bounds: Bounds = {}): Slots {
  try {
    return slotsOf(timing, timeZone, bounds);
  } catch (error) {
    if (error instanceof TimingError) throw invalid('cron_invalid', timing.kind === 'cron' ? '/cron' : '/recurrence', error.message);
    throw error;
  }
}

/** The timing of a request. A recurrence counts from its start, else from now. */
export function timingOf({ cron, recurrence, event }: When, anchor: number): Timing | null {
  if (cron !== undefined) return { kind: 'cron', cron: cron.trim() };
  if (recurrence !== undefined) return { kind: 'recurrence', recurrence, anchor };
  return event === undefined ? null : { kind: 'event', event };
}

const listensTo = (timing: Timing): Pick<ScheduleRow, 'eventKind' | 'eventSubject'> => {
  if (timing.kind !== 'event') return { eventKind: null, eventSubject: null };
  const { event } = timing;
  const subject = event.kind === 'dataset' ? event.dataset : event.kind === 'pipeline' ? event.pipelineId : event.kind === 'alert' ? event.subject : null;
  return { eventKind: event.kind, eventSubject: subject };
};

/** Schedules of a workspace. `changed` is called after every change, so that the scheduler looks again. */
export class Schedules {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #views: ScheduleViews;
  changed: () => void = () => {};

  constructor(db: Database, clock: Clock, lastRun: LastRun) {
    this.#db = db;
    this.#clock = clock;
    this.#views = new ScheduleViews(db, lastRun);
  }

  create(workspaceId: string, { name, pipelineId, timeZone, parameters, enabled, cron, recurrence, event, ...policies }: NewSchedule): ScheduleView {
    const now = this.#clock.now();
    const timing = timingOf({ cron, recurrence, event }, policies.startAt ?? now)!;
    const row: ScheduleRow = {
      id: newId(now),
      workspaceId,
      name,
      pipelineId,
      timing,
      ...listensTo(timing),
      timeZone,
      startAt: null,
      endAt: null,
      endAfter: null,
      parameters: { ...parameters },
      enabled,
      pausedReason: null,
      // An event that comes while a run goes on is worth a run of its own.
      overlap: timing.kind === 'event' ? 'queue' : 'skip',
      catchUp: 'once',
      catchUpSeconds: 21_600,
      catchUpMost: 10,
      jitterSeconds: 0,
      pauseAfter: 0,
      ...policies,
      failures: 0,
      fired: 0,
      settledUntil: now,
      settledEvent: this.#lastEvent(),
      watched: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#check(row);
    this.#db.insert(schedules).values(row).run();
    this.changed();
    return this.#views.view(row, now);
  }

  /** Slots and events before a change of the timing, or before a pause ended, are not made up for. */
  change(workspaceId: string, id: string, { cron, recurrence, event, ...change }: ScheduleChange): ScheduleView {
    const row = this.row(workspaceId, id);
    const now = this.#clock.now();
    const timing = timingOf({ cron, recurrence, event }, change.startAt ?? row.startAt ?? now);
    const resumed = change.enabled === true && !row.enabled;
    const anew = timing !== null || change.timeZone !== undefined || resumed;
    const next: ScheduleRow = {
      ...row,
      ...change,
      timing: timing ?? row.timing,
      ...listensTo(timing ?? row.timing),
      parameters: { ...(change.parameters ?? row.parameters) },
      ...(resumed ? { pausedReason: null, failures: 0 } : {}),
      ...(anew ? { settledUntil: now, settledEvent: this.#lastEvent() } : {}),
      ...(anew ? { watched: null } : {}),
      updatedAt: now,
    };
    if (resumed && next.endAfter !== null && next.fired >= next.endAfter)
      throw invalid('schedule_ended', '/endAfter', `It has started ${next.fired} runs and ends after ${next.endAfter}. Let it start more of them first.`);
    // What cannot run any more can still be paused.
    const pausing = change.enabled === false && timing === null && Object.keys(change).length === 1;
    if (!pausing) this.#check(next);
    this.#db.transaction((tx) => {
      tx.update(schedules).set(next).where(eq(schedules.id, id)).run();
      if (!next.enabled) dropWaiting(this.#db, id, 'The schedule was paused.');
    });
    this.changed();
    return this.#views.view(next, now);
  }

  remove(workspaceId: string, id: string): void {
    this.row(workspaceId, id);
    this.#db.delete(schedules).where(eq(schedules.id, id)).run();
    this.changed();
  }

  get(workspaceId: string, id: string): ScheduleView {
    return this.#views.view(this.row(workspaceId, id), this.#clock.now());
  }

  list(workspaceId: string, { limit = 50, cursor }: PageQuery): Page<ScheduleView> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = this.#db
      .select()
      .from(schedules)
      .where(
        and(
          eq(schedules.workspaceId, workspaceId),
          after && or(lt(schedules.createdAt, after.at), and(eq(schedules.createdAt, after.at), lt(schedules.id, after.id))),
        ),
      )
      .orderBy(desc(schedules.createdAt), desc(schedules.id))
      .limit(limit + 1)
      .all();
    const now = this.#clock.now();
    return pageOf(
      rows,
      limit,
      (row) => this.#views.view(row, now),
      (row) => ({ at: row.createdAt, id: row.id }),
    );
  }

  /** @throws AppError 404 */
  row(workspaceId: string, id: string): ScheduleRow {
    const row = this.#db
      .select()
      .from(schedules)
      .where(and(eq(schedules.workspaceId, workspaceId), eq(schedules.id, id)))
      .get();
    if (!row) throw notFound('schedule', id);
    return row;
  }

  #lastEvent(): number {
    return (
      this.#db
        .select({ last: sql<number | null>`max(${automationEvents.id})` })
        .from(automationEvents)
        .get()?.last ?? 0
    );
  }

  /** @throws AppError 422 for what could never run */
  #check({ workspaceId, pipelineId, timing, timeZone, startAt, endAt, parameters, name }: ScheduleRow): void {
    if (startAt !== null && endAt !== null && endAt < startAt) throw invalid('cron_invalid', '/endAt', 'It ends before it starts.');
    const time = timing.kind === 'event' ? ({ kind: 'cron', cron: '* * * * *' } as const) : timing;
    readSlots(time, timeZone);
    if (timing.kind === 'event' && timing.event.kind === 'pipeline' && this.#views.pipelineName(workspaceId, timing.event.pipelineId) === undefined)
      throw invalid('pipeline_unknown', '/event/pipelineId', `There is no pipeline "${timing.event.pipelineId}" in this workspace.`);
    if (timing.kind === 'event' && timing.event.kind === 'files') {
      const { connection } = timing.event;
      const there = this.#db
        .select({ id: connections.id })
        .from(connections)
        .where(and(eq(connections.workspaceId, workspaceId), eq(connections.name, connection)))
        .get();
      if (!there) throw invalid('connection_missing', '/event/connection', `There is no connection "${connection}" in this workspace.`);
    }
    const text = this.#db.$client
      .prepare<[string, string], string>('SELECT document FROM pipelines WHERE workspace_id = ? AND id = ?')
      .pluck()
      .get(workspaceId, pipelineId);
    if (text === undefined) throw invalid('pipeline_unknown', '/pipelineId', `There is no pipeline "${pipelineId}" in this workspace.`);
    const document = JSON.parse(text) as PipelineDocument;
    if (document.kind === 'inference') throw invalid('scoring_refused', '/pipelineId', DEPLOYED_NOT_RUN);
    const known = document.parameters.map((parameter) => parameter.name);
    const unknown = Object.keys(parameters).find((each) => !known.includes(each));
    if (unknown !== undefined) {
      const hint = known.length === 0 ? 'It has none.' : `It has: ${known.join(', ')}.`;
      throw invalid('parameter_unknown', `/parameters/${unknown}`, `This pipeline has no parameter "${unknown}". ${hint}`);
    }
    try {
      resolveMacros(parameters, { scheduledTime: this.#clock.now(), previousTime: null, timeZone, scheduleName: name, event: null });
    } catch (error) {
      if (error instanceof MacroError) throw invalid('macro_invalid', '/parameters', error.message);
      throw error;
    }
  }
}

/** Slots that wait for their turn never get one. Call it inside a transaction. */
export function dropWaiting(db: Database, scheduleId: string, detail: string): void {
  db.update(scheduleFirings)
    .set({ outcome: 'dropped', detail })
    .where(and(eq(scheduleFirings.scheduleId, scheduleId), eq(scheduleFirings.outcome, 'waiting'), sql`${scheduleFirings.backfillId} IS NULL`))
    .run();
}
