import { index, integer, primaryKey, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from '../drizzle.ts';
import { id, createdAt, workspaceId } from './base.ts';
import { pipelines } from './assets.ts';
import { runs } from './runs.ts';

export const computes = sqliteTable(
  'computes',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    description: text().notNull().default(''),
    /** The adapter's name, such as `local`. */
    adapter: text().notNull(),
    slots: integer().notNull(),
    /** Of a step that takes one slot. */
    threads: integer().notNull(),
    /** The most that one step may use. */
    memoryBytes: integer('memory_bytes').notNull(),
    settings: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('computes_name').on(table.workspaceId, table.name)],
);

export const schedules = sqliteTable(
  'schedules',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.id, { onDelete: 'cascade' }),
    cron: text().notNull(),
    timeZone: text('time_zone').notNull(),
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    /** What happens to slots that passed while the server was down. */
    catchUp: text('catch_up', { enum: ['skip', 'once', 'all'] })
      .notNull()
      .default('skip'),
    /** Slots up to here have been dealt with. */
    settledUntil: integer('settled_until').notNull(),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('schedules_workspace').on(table.workspaceId, table.createdAt), index('schedules_pipeline').on(table.pipelineId)],
);

/** One row a slot that was dealt with: the key makes a second run of it impossible. */
export const scheduleFirings = sqliteTable(
  'schedule_firings',
  {
    workspaceId: workspaceId(),
    scheduleId: text('schedule_id')
      .notNull()
      .references(() => schedules.id, { onDelete: 'cascade' }),
    slot: integer().notNull(),
    outcome: text({ enum: ['started', 'missed', 'overlapped', 'refused'] }).notNull(),
    detail: text(),
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.scheduleId, table.slot] }), index('schedule_firings_run').on(table.runId)],
);

export const triggers = sqliteTable(
  'triggers',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.id, { onDelete: 'cascade' }),
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    tokenHash: text('token_hash').notNull(),
    callCount: integer('call_count').notNull().default(0),
    lastRunId: text('last_run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('triggers_token_hash').on(table.tokenHash),
    index('triggers_workspace').on(table.workspaceId, table.createdAt),
    index('triggers_pipeline').on(table.pipelineId),
    index('triggers_run').on(table.lastRunId),
  ],
);
