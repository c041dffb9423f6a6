import { index, integer, primaryKey, sql, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from '../drizzle.ts';
import type { Timing } from '#server/scheduler/timing.ts';
import { id, createdAt, workspaceId } from './base.ts';
import { pipelines, pipelineVersions } from './assets.ts';
import { runs } from './runs.ts';

/** What a schedule that watches files has seen. */
export interface WatchedFiles {
  readonly at: number;
  /** Path → a text that changes when the file does; null before the first look. */
  readonly states: Readonly<Record<string, string>> | null;
  readonly error: string | null;
}
/** A parameter of the pipeline that calls may set. */
export interface PublishedParameter {
  readonly name: string;
  readonly description: string;
  /** What holds when a call does not say; absent = the pipeline's own value. */
  readonly value?: unknown;
  readonly required?: true;
}

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
    timing: text({ mode: 'json' }).$type<Timing>().notNull(),
    /** Of a schedule that waits for events: what it listens to, such as `dataset` and its name. */
    eventKind: text('event_kind'),
    eventSubject: text('event_subject'),
    timeZone: text('time_zone').notNull(),
    startAt: integer('start_at'),
    endAt: integer('end_at'),
    /** Ends after so many runs. */
    endAfter: integer('end_after'),
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    /** Why it is not enabled, when nobody paused it. */
    pausedReason: text('paused_reason'),
    overlap: text({ enum: ['skip', 'queue', 'cancel'] })
      .notNull()
      .default('skip'),
    /** What happens to slots that passed while the server was down. */
    catchUp: text('catch_up', { enum: ['skip', 'once', 'all'] })
      .notNull()
      .default('skip'),
    /** Older slots are not made up for, and of `all` no more than so many. */
    catchUpSeconds: integer('catch_up_seconds').notNull().default(21_600),
    catchUpMost: integer('catch_up_most').notNull().default(10),
    jitterSeconds: integer('jitter_seconds').notNull().default(0),
    /** Pauses after so many runs in a row that failed; 0 = never. */
    pauseAfter: integer('pause_after').notNull().default(0),
    failures: integer().notNull().default(0),
    /** Runs that its slots started. */
    fired: integer().notNull().default(0),
    /** Slots up to here have been dealt with. */
    settledUntil: integer('settled_until').notNull(),
    /** Events up to here have been dealt with. */
    settledEvent: integer('settled_event').notNull().default(0),
    /** What the watched files looked like, and when they were looked at. */
    watched: text({ mode: 'json' }).$type<WatchedFiles | null>(),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('schedules_workspace').on(table.workspaceId, table.createdAt),
    index('schedules_pipeline').on(table.pipelineId),
    index('schedules_event').on(table.workspaceId, table.eventKind, table.eventSubject),
  ],
);

/** One row a slot that was dealt with: the key makes a second run of it impossible. */
export const scheduleFirings = sqliteTable(
  'schedule_firings',
  {
    id: id(),
    workspaceId: workspaceId(),
    scheduleId: text('schedule_id')
      .notNull()
      .references(() => schedules.id, { onDelete: 'cascade' }),
    /** Of a time the time itself; else what it was, such as `event:7` or `now:<id>`. */
    key: text().notNull(),
    /** The time that it stands for. */
    slot: integer().notNull(),
    backfillId: text('backfill_id').references((): AnySQLiteColumn => backfills.id, { onDelete: 'cascade' }),
    outcome: text({ enum: ['waiting', 'started', 'missed', 'overlapped', 'refused', 'dropped'] }).notNull(),
    detail: text(),
    /** Of an event: what happened. */
    event: text({ mode: 'json' }).$type<Record<string, unknown> | null>(),
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    /** How the run ended; stays when the run is deleted. */
    runStatus: text('run_status'),
    runNumber: integer('run_number'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('schedule_firings_key').on(table.scheduleId, table.key),
    index('schedule_firings_slot').on(table.scheduleId, table.slot),
    index('schedule_firings_waiting')
      .on(table.scheduleId, table.slot)
      .where(sql`outcome = 'waiting'`),
    index('schedule_firings_run').on(table.runId),
    index('schedule_firings_backfill').on(table.backfillId, table.slot),
  ],
);

/** Runs of a schedule for times that have passed. */
export const backfills = sqliteTable(
  'backfills',
  {
    id: id(),
    workspaceId: workspaceId(),
    scheduleId: text('schedule_id')
      .notNull()
      .references(() => schedules.id, { onDelete: 'cascade' }),
    fromTime: integer('from_time').notNull(),
    toTime: integer('to_time').notNull(),
    missingOnly: integer('missing_only', { mode: 'boolean' }).notNull(),
    /** Runs at a time. */
    parallel: integer().notNull(),
    state: text({ enum: ['running', 'done', 'cancelled'] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('backfills_schedule').on(table.scheduleId, table.createdAt)],
);

/** What happened that a schedule waits for; written in the transaction of what happened. */
export const automationEvents = sqliteTable(
  'automation_events',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    workspaceId: workspaceId(),
    kind: text().notNull(),
    subject: text().notNull(),
    data: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index('automation_events_subject').on(table.workspaceId, table.kind, table.subject, table.id),
    index('automation_events_age').on(table.createdAt),
  ],
);

/** An address that starts runs of a pipeline. Without a version it follows the pipeline as it is saved. */
export const pipelineEndpoints = sqliteTable(
  'pipeline_endpoints',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    description: text().notNull().default(''),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.id, { onDelete: 'cascade' }),
    /** Values that calls may replace. */
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** The version that calls run which name none. */
    defaultVersion: integer('default_version'),
    /** The highest number that a version ever had. */
    lastVersion: integer('last_version').notNull().default(0),
    enabled: integer({ mode: 'boolean' }).notNull(),
    /** Calls a minute of one token; null = as many as there come. */
    callsPerMinute: integer('calls_per_minute'),
    /** Secrets of signatures, encrypted; the one before holds until `signingUntil`. */
    signingSecret: text('signing_secret'),
    signingBefore: text('signing_before'),
    signingUntil: integer('signing_until'),
    callbackUrl: text('callback_url'),
    callbackSecret: text('callback_secret'),
    callbackEnabled: integer('callback_enabled', { mode: 'boolean' }).notNull().default(true),
    callCount: integer('call_count').notNull().default(0),
    lastRunId: text('last_run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    index('pipeline_endpoints_workspace').on(table.workspaceId, table.createdAt),
    index('pipeline_endpoints_pipeline').on(table.pipelineId),
    index('pipeline_endpoints_run').on(table.lastRunId),
  ],
);

export const pipelineEndpointVersions = sqliteTable(
  'pipeline_endpoint_versions',
  {
    workspaceId: workspaceId(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => pipelineEndpoints.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    pipelineVersionId: text('pipeline_version_id')
      .notNull()
      .references(() => pipelineVersions.id, { onDelete: 'cascade' }),
    description: text().notNull().default(''),
    /** The parameters that calls may set, with the values that hold when they do not. */
    parameters: text({ mode: 'json' }).$type<readonly PublishedParameter[]>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull().default(true),
    publishedBy: text('published_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.version] }), index('pipeline_endpoint_versions_pipeline').on(table.pipelineVersionId)],
);

export const pipelineEndpointTokens = sqliteTable(
  'pipeline_endpoint_tokens',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => pipelineEndpoints.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** The first characters, to tell tokens apart in a list. */
    prefix: text().notNull(),
    tokenHash: text('token_hash').notNull(),
    expiresAt: integer('expires_at'),
    lastUsedAt: integer('last_used_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('pipeline_endpoint_tokens_hash').on(table.tokenHash),
    index('pipeline_endpoint_tokens_endpoint').on(table.endpointId, table.createdAt),
  ],
);

/** The newest calls of each endpoint, with what was answered. */
export const pipelineEndpointCalls = sqliteTable(
  'pipeline_endpoint_calls',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    workspaceId: workspaceId(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => pipelineEndpoints.id, { onDelete: 'cascade' }),
    /** How the caller proved who it is: the name of a token, or `signature`; null when it did not. */
    caller: text(),
    version: integer(),
    status: integer().notNull(),
    code: text(),
    detail: text(),
    runId: text('run_id'),
    runNumber: integer('run_number'),
    /** Names of the parameters that it set. */
    parameters: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('pipeline_endpoint_calls_endpoint').on(table.endpointId, table.id)],
);

/** What is to be told to a callback address when a run ends. */
export const callbackDeliveries = sqliteTable(
  'callback_deliveries',
  {
    /** The message's id, the same in every attempt. */
    id: id(),
    workspaceId: workspaceId(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => pipelineEndpoints.id, { onDelete: 'cascade' }),
    runId: text('run_id')
      .notNull()
      .references((): AnySQLiteColumn => runs.id, { onDelete: 'cascade' }),
    /** `waiting` for the run's end, then `due` until it is delivered or given up. */
    state: text({ enum: ['waiting', 'due', 'delivered', 'failed'] }).notNull(),
    attempts: integer().notNull().default(0),
    nextAt: integer('next_at'),
    status: integer(),
    detail: text(),
    createdAt: createdAt(),
  },
  (table) => [
    index('callback_deliveries_endpoint').on(table.endpointId, table.createdAt),
    index('callback_deliveries_run').on(table.runId),
    index('callback_deliveries_open')
      .on(table.nextAt)
      .where(sql`state IN ('waiting', 'due')`),
  ],
);
