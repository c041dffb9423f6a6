import { and, count, desc, eq, lt, or } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { pipelines, scheduleFirings, schedules } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { RunSummary } from '../executor/run-types.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from '../assets/pages.ts';
import type { Clock } from './clock.ts';
import { CronError, CronLine, withOffset } from './slots.ts';

export interface ScheduleView {
  readonly id: string;
  readonly name: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly next: readonly string[];
  readonly lastRun: RunSummary | null;
  readonly missed: number;
}
export interface NewSchedule {
  readonly name: string;
  readonly pipelineId: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
}
export type ScheduleRow = typeof schedules.$inferSelect;
/** The newest run that a schedule or trigger started. */
export type LastRun = (workspaceId: string, startedById: string) => RunSummary | null;

/** Reads a cron line; throws 422 with a text for people. */
export function cronLine(cron: string, timeZone: string): CronLine {
  try {
    return new CronLine(cron, timeZone);
  } catch (error) {
    if (error instanceof CronError) throw new AppError(422, error.message, { code: 'cron_invalid', errors: [{ pointer: '/cron', detail: error.message }] });
    throw error;
  }
}

export const cronOf = ({ timing }: ScheduleRow): string => (timing.kind === 'cron' ? timing.cron : '');

/** Schedules of a workspace. `changed` is called after every change, so that the scheduler looks again. */
export class Schedules {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #lastRun: LastRun;
  changed: () => void = () => {};

  constructor(db: Database, clock: Clock, lastRun: LastRun) {
    this.#db = db;
    this.#clock = clock;
    this.#lastRun = lastRun;
  }

  create(workspaceId: string, { name, pipelineId, cron, timeZone, parameters, enabled }: NewSchedule): ScheduleView {
    cronLine(cron, timeZone);
    this.#pipelineName(workspaceId, pipelineId);
    const now = this.#clock.now();
    const row: ScheduleRow = {
      id: newId(now),
      workspaceId,
      name,
      pipelineId,
      timing: { kind: 'cron', cron: cron.trim() },
      eventKind: null,
      eventSubject: null,
      timeZone,
      startAt: null,
      endAt: null,
      endAfter: null,
      parameters: { ...parameters },
      enabled,
      pausedReason: null,
      overlap: 'skip',
      catchUp: 'once',
      catchUpSeconds: 21_600,
      catchUpMost: 10,
      jitterSeconds: 0,
      pauseAfter: 0,
      failures: 0,
      fired: 0,
      settledUntil: now,
      settledEvent: 0,
      watched: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#db.insert(schedules).values(row).run();
    this.changed();
    return this.#view(row);
  }

  /** Slots before a change of the time, or before a pause ended, are not made up for. */
  change(workspaceId: string, id: string, change: Partial<Omit<NewSchedule, 'pipelineId'>>): ScheduleView {
    const row = this.#row(workspaceId, id);
    const cron = change.cron?.trim() ?? cronOf(row);
    cronLine(cron, change.timeZone ?? row.timeZone);
    const now = this.#clock.now();
    const anew = change.cron !== undefined || change.timeZone !== undefined || (change.enabled === true && !row.enabled);
    const next: ScheduleRow = {
      ...row,
      name: change.name ?? row.name,
      timeZone: change.timeZone ?? row.timeZone,
      enabled: change.enabled ?? row.enabled,
      timing: { kind: 'cron', cron },
      parameters: { ...(change.parameters ?? row.parameters) },
      updatedAt: now,
      settledUntil: anew ? now : row.settledUntil,
    };
    this.#db.update(schedules).set(next).where(eq(schedules.id, id)).run();
    this.changed();
    return this.#view(next);
  }

  remove(workspaceId: string, id: string): void {
    this.#row(workspaceId, id);
    this.#db.delete(schedules).where(eq(schedules.id, id)).run();
    this.changed();
  }

  get(workspaceId: string, id: string): ScheduleView {
    return this.#view(this.#row(workspaceId, id));
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
    return pageOf(
      rows,
      limit,
      (row) => this.#view(row),
      (row) => ({ at: row.createdAt, id: row.id }),
    );
  }

  #row(workspaceId: string, id: string): ScheduleRow {
    const row = this.#db
      .select()
      .from(schedules)
      .where(and(eq(schedules.workspaceId, workspaceId), eq(schedules.id, id)))
      .get();
    if (!row) throw notFound('schedule', id);
    return row;
  }

  #pipelineName(workspaceId: string, id: string): string {
    const row = this.#db
      .select({ name: pipelines.name })
      .from(pipelines)
      .where(and(eq(pipelines.workspaceId, workspaceId), eq(pipelines.id, id)))
      .get();
    if (!row)
      throw new AppError(422, `There is no pipeline "${id}" in this workspace.`, {
        code: 'pipeline_unknown',
        errors: [{ pointer: '/pipelineId', detail: 'Unknown pipeline.' }],
      });
    return row.name;
  }

  #view(row: ScheduleRow): ScheduleView {
    const slots = row.enabled ? cronLine(cronOf(row), row.timeZone).many(this.#clock.now(), 5) : [];
    const missed = this.#db
      .select({ count: count() })
      .from(scheduleFirings)
      .where(and(eq(scheduleFirings.scheduleId, row.id), eq(scheduleFirings.outcome, 'missed')))
      .get();
    return {
      id: row.id,
      name: row.name,
      pipelineId: row.pipelineId,
      pipelineName: this.#pipelineName(row.workspaceId, row.pipelineId),
      cron: cronOf(row),
      timeZone: row.timeZone,
      parameters: row.parameters,
      enabled: row.enabled,
      createdAt: iso(row.createdAt),
      next: slots.map((slot) => withOffset(slot, row.timeZone)),
      lastRun: this.#lastRun(row.workspaceId, row.id),
      missed: missed?.count ?? 0,
    };
  }
}
