import { foreignKey, index, integer, primaryKey, real, sql, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from '../drizzle.ts';
import type { NodePin } from '#pipelines/document.ts';
import type { Scope } from '#pipelines/plan.ts';
import type { RunPolicy } from '#pipelines/policy.ts';
import { STATUSES, type RunEvent, type StepError } from '#pipelines/events.ts';
import type { ArtifactMeta } from '#server/executor/messages.ts';
import { id, createdAt, workspaceId } from './base.ts';
import { pipelines, pipelineVersions } from './assets.ts';

export interface RunCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly reused: number;
  readonly failed: number;
  readonly skipped: number;
  readonly running: number;
  readonly queued: number;
  readonly cancelled: number;
  readonly crashed: number;
}
/** What a run reads of the workspace, fixed when it starts: dataset `name@version` (version or `latest`) and file id → artifact hash. */
export interface PinnedAssets {
  readonly datasets: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, { readonly hash: string; readonly name: string }>>;
  /** By name. */
  readonly connections?: Readonly<Record<string, PinnedConnection>>;
  /** Node → the artifact that it adds to. */
  readonly kept?: Readonly<Record<string, string>>;
  /** Node → what it gives without running: a registered model, or a result of the training pipeline. Run 0: no run made it. */
  readonly given?: Readonly<Record<string, NodePin>>;
}
export interface PinnedConnection {
  readonly id: string;
  readonly revision: string;
}
/** Node → port → hash of the artifact that a part-run takes over from outside its scope. */
export type PinnedInputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

const lease = {
  status: text({ enum: STATUSES }).notNull(),
  attempt: integer().notNull(),
  leaseOwner: text('lease_owner'),
  /** Rises with each lease; only the holder of the highest may publish. */
  leaseNo: integer('lease_no').notNull(),
  leaseUntil: integer('lease_until'),
  /** When a state that is not final must have ended. */
  deadline: integer(),
};

export const runs = sqliteTable(
  'runs',
  {
    id: id(),
    workspaceId: workspaceId(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.id, { onDelete: 'cascade' }),
    versionId: text('version_id')
      .notNull()
      .references(() => pipelineVersions.id, { onDelete: 'cascade' }),
    /** Rises by one within the workspace. */
    number: integer().notNull(),
    pipelineName: text('pipeline_name').notNull(),
    revision: integer().notNull(),
    ...lease,
    startedByKind: text('started_by_kind', { enum: ['person', 'token', 'schedule', 'trigger', 'command'] }).notNull(),
    startedByName: text('started_by_name').notNull(),
    startedById: text('started_by_id'),
    scheduledFor: integer('scheduled_for'),
    resumeOf: text('resume_of').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    scope: text({ mode: 'json' }).$type<Scope>().notNull(),
    force: integer({ mode: 'boolean' }).notNull(),
    /** What the request said of how the run is carried out; the rest is in the version's document. */
    policy: text({ mode: 'json' }).$type<RunPolicy>().notNull().default({}),
    /** The higher, the sooner among those that wait. */
    priority: integer().notNull().default(0),
    assets: text({ mode: 'json' }).$type<PinnedAssets>().notNull(),
    inputs: text({ mode: 'json' }).$type<PinnedInputs>().notNull(),
    counts: text({ mode: 'json' }).$type<RunCounts>().notNull(),
    headline: text(),
    error: text({ mode: 'json' }).$type<StepError | null>(),
    createdAt: createdAt(),
    startedAt: integer('started_at'),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    uniqueIndex('runs_number').on(table.workspaceId, table.number),
    index('runs_pipeline').on(table.pipelineId, table.number),
    // Few rows, so that a run that ends or is found at start costs little, however many there were.
    index('runs_under_way')
      .on(table.number)
      .where(sql`status IN ('queued', 'running', 'cancelling')`),
    index('runs_version').on(table.versionId),
    index('runs_resume_of').on(table.resumeOf),
    index('runs_started_by').on(table.startedById, table.number),
    index('runs_of_status').on(table.workspaceId, table.status, table.number),
  ],
);

export const steps = sqliteTable(
  'steps',
  {
    id: id(),
    workspaceId: workspaceId(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    pipelineId: text('pipeline_id').notNull(),
    runNumber: integer('run_number').notNull(),
    node: text().notNull(),
    type: text().notNull(),
    name: text().notNull(),
    /** Place in the run's order, from 0. */
    position: integer().notNull(),
    ...lease,
    /** sha256 of the canonical step; null until its inputs are known. */
    key: text(),
    /** The canonical step as `canonicalStep` wrote it, to say later why a step runs again. */
    canonical: text(),
    reason: text(),
    error: text({ mode: 'json' }).$type<StepError | null>(),
    milliseconds: real(),
    peakBytes: integer('peak_bytes'),
    /** Time on processors, in milliseconds. */
    cpuMilliseconds: real('cpu_milliseconds'),
    /** Attempts that failed, and attempts that crashed. */
    failures: integer().notNull().default(0),
    crashes: integer().notNull().default(0),
    /** Name of the compute that carried it out, or will. */
    compute: text(),
    /** When all that it needs was there. */
    readyAt: integer('ready_at'),
    startedAt: integer('started_at'),
    finishedAt: integer('finished_at'),
    /** For `reused`: the number of the run that made the result. */
    reusedFrom: integer('reused_from'),
  },
  (table) => [
    uniqueIndex('steps_node').on(table.runId, table.node),
    index('steps_newest').on(table.pipelineId, table.node, table.runNumber),
    // Beside `steps_newest`, since thousands may wait behind the newest good one.
    index('steps_newest_good')
      .on(table.pipelineId, table.node, table.runNumber)
      .where(sql`status IN ('succeeded', 'reused')`),
    index('steps_key').on(table.workspaceId, table.key),
  ],
);

/** Content in the store, once for each workspace that holds it. */
export const artifacts = sqliteTable(
  'artifacts',
  {
    workspaceId: workspaceId(),
    hash: text().notNull(),
    kind: text({ enum: ['table', 'learner', 'model', 'transform', 'images', 'file', 'report'] }).notNull(),
    bytes: integer().notNull(),
    meta: text({ mode: 'json' }).$type<ArtifactMeta>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.hash] }), index('artifacts_hash').on(table.hash)],
);

export const stepOutputs = sqliteTable(
  'step_outputs',
  {
    workspaceId: workspaceId(),
    stepId: text('step_id')
      .notNull()
      .references(() => steps.id, { onDelete: 'cascade' }),
    port: text().notNull(),
    hash: text().notNull(),
    /** The lease that published it; of a reused result 0. */
    leaseNo: integer('lease_no').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.stepId, table.port] }),
    index('step_outputs_artifact').on(table.workspaceId, table.hash),
    foreignKey({ columns: [table.workspaceId, table.hash], foreignColumns: [artifacts.workspaceId, artifacts.hash], name: 'step_outputs_artifact_fk' }),
  ],
);

/** Key of a step → the step that made the result. Gone with its run, unless another run holds the same result. */
export const stepCache = sqliteTable(
  'step_cache',
  {
    workspaceId: workspaceId(),
    key: text().notNull(),
    stepId: text('step_id')
      .notNull()
      .references(() => steps.id, { onDelete: 'cascade' }),
    runNumber: integer('run_number').notNull(),
    milliseconds: real().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.key] }), index('step_cache_step').on(table.stepId)],
);

export const runEvents = sqliteTable(
  'run_events',
  {
    workspaceId: workspaceId(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    at: integer().notNull(),
    type: text().$type<RunEvent['type']>().notNull(),
    node: text(),
    /** The event without seq and at. */
    data: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);
