import { foreignKey, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Signature } from '#nodes/kit/signature.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { Scope } from '#pipelines/plan.ts';
import { STATUSES, type RunEvent, type StepError } from '#pipelines/events.ts';
import type { ArtifactMeta, EqualityProof } from '#server/executor/messages.ts';

// Times are milliseconds since 1970; ids are UUIDv7 text; every table is STRICT and carries the workspace that it belongs to.

export const workspaces = sqliteTable('workspaces', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: integer('created_at').notNull(),
});

const id = () => text().primaryKey();
const createdAt = () => integer('created_at').notNull();
const workspaceId = () =>
  text('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });

export const sessions = sqliteTable(
  'sessions',
  {
    id: id(),
    workspaceId: workspaceId(),
    tokenHash: text('token_hash').notNull(),
    userName: text('user_name').notNull(),
    createdAt: createdAt(),
    expiresAt: integer('expires_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [uniqueIndex('sessions_token_hash').on(table.tokenHash)],
);

/** One-time tokens of the sign-in link. */
export const signInTokens = sqliteTable(
  'sign_in_tokens',
  {
    id: id(),
    workspaceId: workspaceId(),
    tokenHash: text('token_hash').notNull(),
    createdAt: createdAt(),
    expiresAt: integer('expires_at').notNull(),
    usedAt: integer('used_at'),
  },
  (table) => [uniqueIndex('sign_in_tokens_token_hash').on(table.tokenHash)],
);

export const apiTokens = sqliteTable(
  'api_tokens',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** The first characters, to tell tokens apart in a list. */
    prefix: text().notNull(),
    tokenHash: text('token_hash').notNull(),
    createdAt: createdAt(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [uniqueIndex('api_tokens_token_hash').on(table.tokenHash), index('api_tokens_workspace').on(table.workspaceId, table.createdAt)],
);

export const pipelines = sqliteTable(
  'pipelines',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    description: text().notNull().default(''),
    kind: text({ enum: ['training', 'inference'] }).notNull(),
    /** Rises by one with each save; the ETag. */
    revision: integer().notNull(),
    document: text({ mode: 'json' }).$type<PipelineDocument>().notNull(),
    trainingPipelineId: text('training_pipeline_id').references((): AnySQLiteColumn => pipelines.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('pipelines_newest').on(table.workspaceId, table.updatedAt), index('pipelines_training').on(table.trainingPipelineId)],
);

/** What a run executes. Never changed; equal documents of a pipeline share one. */
export const pipelineVersions = sqliteTable(
  'pipeline_versions',
  {
    id: id(),
    workspaceId: workspaceId(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.id, { onDelete: 'cascade' }),
    revision: integer().notNull(),
    /** sha256 of the document's canonical JSON. */
    hash: text().notNull(),
    document: text({ mode: 'json' }).$type<PipelineDocument>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('pipeline_versions_hash').on(table.pipelineId, table.hash)],
);

export const datasets = sqliteTable(
  'datasets',
  { id: id(), workspaceId: workspaceId(), name: text().notNull(), description: text().notNull().default(''), createdAt: createdAt() },
  (table) => [uniqueIndex('datasets_name').on(table.workspaceId, table.name)],
);

export const datasetVersions = sqliteTable(
  'dataset_versions',
  {
    id: id(),
    workspaceId: workspaceId(),
    datasetId: text('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    /** The table's artifact. */
    hash: text().notNull(),
    schema: text({ mode: 'json' }).$type<TableSchema>().notNull(),
    rowCount: integer('row_count').notNull(),
    bytes: integer().notNull(),
    fileName: text('file_name').notNull(),
    notes: text({ mode: 'json' }).$type<string[]>().notNull(),
    source: text({ enum: ['upload', 'sample', 'run'] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('dataset_versions_version').on(table.datasetId, table.version), index('dataset_versions_hash').on(table.workspaceId, table.hash)],
);

/** Uploaded files, kept as they are in the store. */
export const files = sqliteTable(
  'files',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    bytes: integer().notNull(),
    hash: text().notNull(),
    schema: text({ mode: 'json' }).$type<TableSchema | null>(),
    notes: text({ mode: 'json' }).$type<string[]>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('files_hash').on(table.workspaceId, table.hash)],
);

export const models = sqliteTable(
  'models',
  { id: id(), workspaceId: workspaceId(), name: text().notNull(), description: text().notNull().default(''), createdAt: createdAt() },
  (table) => [uniqueIndex('models_name').on(table.workspaceId, table.name)],
);

export const modelVersions = sqliteTable(
  'model_versions',
  {
    id: id(),
    workspaceId: workspaceId(),
    modelId: text('model_id')
      .notNull()
      .references(() => models.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    hash: text().notNull(),
    bytes: integer().notNull(),
    task: text().notNull(),
    learner: text().notNull(),
    signature: text({ mode: 'json' }).$type<Signature>().notNull(),
    summary: text({ mode: 'json' }).$type<ModelSummary>().notNull(),
    headline: text(),
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    runNumber: integer('run_number'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('model_versions_version').on(table.modelId, table.version),
    index('model_versions_hash').on(table.workspaceId, table.hash),
    index('model_versions_run').on(table.runId),
  ],
);

export const endpoints = sqliteTable(
  'endpoints',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    state: text({ enum: ['starting', 'serving', 'failed', 'stopped'] }).notNull(),
    error: text(),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [uniqueIndex('endpoints_name').on(table.workspaceId, table.name)],
);

export const endpointKeys = sqliteTable(
  'endpoint_keys',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    which: text({ enum: ['primary', 'secondary'] }).notNull(),
    /** Encrypted with the installation's key, which is not in this file. */
    secret: text().notNull(),
    secretHash: text('secret_hash').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('endpoint_keys_which').on(table.endpointId, table.which)],
);

export const deployments = sqliteTable(
  'deployments',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    state: text({ enum: ['starting', 'serving', 'failed', 'stopped'] }).notNull(),
    error: text(),
    /** The fused ONNX file. */
    hash: text().notNull(),
    bytes: integer().notNull(),
    /** Share of the traffic, 0 to 100. */
    weight: integer().notNull(),
    task: text().notNull(),
    learner: text().notNull(),
    signature: text({ mode: 'json' }).$type<Signature>().notNull(),
    proof: text({ mode: 'json' }).$type<EqualityProof>().notNull(),
    sample: text({ mode: 'json' }).$type<Record<string, string | number | boolean | null>[]>().notNull(),
    pipelineId: text('pipeline_id').references(() => pipelines.id, { onDelete: 'set null' }),
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    runNumber: integer('run_number'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('deployments_name').on(table.endpointId, table.name),
    index('deployments_hash').on(table.workspaceId, table.hash),
    index('deployments_pipeline').on(table.pipelineId),
    index('deployments_run').on(table.runId),
  ],
);

export const computes = sqliteTable(
  'computes',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** The adapter's name, such as `local`. */
    adapter: text().notNull(),
    slots: integer().notNull(),
    threads: integer().notNull(),
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

export const secrets = sqliteTable(
  'secrets',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** Encrypted with the installation's key, which is not in this file. */
    value: text().notNull(),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [uniqueIndex('secrets_name').on(table.workspaceId, table.name)],
);

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
    index('runs_pipeline').on(table.workspaceId, table.pipelineId, table.number),
    index('runs_status').on(table.status),
    index('runs_version').on(table.versionId),
    index('runs_pipeline_id').on(table.pipelineId),
    index('runs_resume_of').on(table.resumeOf),
    index('runs_started_by').on(table.startedById, table.number),
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
    startedAt: integer('started_at'),
    finishedAt: integer('finished_at'),
    /** For `reused`: the number of the run that made the result. */
    reusedFrom: integer('reused_from'),
  },
  (table) => [
    uniqueIndex('steps_node').on(table.runId, table.node),
    index('steps_newest').on(table.pipelineId, table.node, table.runNumber),
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

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    workspaceId: workspaceId(),
    /** What the key is for, such as `pipeline:<id>` or `trigger:<id>`. */
    scope: text().notNull(),
    key: text().notNull(),
    /** sha256 of the request: the same key with another request is a mistake. */
    requestHash: text('request_hash').notNull(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.scope, table.key] }),
    index('idempotency_keys_run').on(table.runId),
    index('idempotency_keys_age').on(table.createdAt),
  ],
);

export const settings = sqliteTable(
  'settings',
  { workspaceId: workspaceId(), name: text().notNull(), value: text({ mode: 'json' }).$type<unknown>().notNull() },
  (table) => [primaryKey({ columns: [table.workspaceId, table.name] })],
);

/** Numbers that only rise, such as that of the last run. */
export const counters = sqliteTable('counters', { workspaceId: workspaceId(), name: text().notNull(), value: integer().notNull() }, (table) => [
  primaryKey({ columns: [table.workspaceId, table.name] }),
]);
