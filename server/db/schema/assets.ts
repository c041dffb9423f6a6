import { index, integer, primaryKey, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from '../drizzle.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { id, createdAt, workspaceId } from './base.ts';
import type { ModelChecks, ModelDataset, ModelEvaluation, ModelTags } from './models.ts';
import { runs } from './runs.ts';

export const pipelines = sqliteTable(
  'pipelines',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    description: text().notNull().default(''),
    kind: text({ enum: ['training', 'inference', 'batch', 'sub-pipeline'] }).notNull(),
    /** Rises by one with each save; the ETag. */
    revision: integer().notNull(),
    document: text({ mode: 'json' }).$type<PipelineDocument>().notNull(),
    trainingPipelineId: text('training_pipeline_id').references((): AnySQLiteColumn => pipelines.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('pipelines_newest').on(table.workspaceId, table.updatedAt), index('pipelines_training').on(table.trainingPipelineId)],
);

/** What a run executes, and what people gave a name. The document never changes; equal documents of a pipeline share one. */
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
    /** Null for those that only runs hold. */
    name: text(),
    description: text().notNull().default(''),
    namedBy: text('named_by'),
    namedAt: integer('named_at'),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('pipeline_versions_hash').on(table.pipelineId, table.hash)],
);

/** What people say about nodes of a pipeline; kept apart from the document, so that a remark changes no revision. */
export const pipelineComments = sqliteTable(
  'pipeline_comments',
  {
    id: id(),
    workspaceId: workspaceId(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.id, { onDelete: 'cascade' }),
    /** The node's id in the document; the node may be gone, and come back by undo. */
    node: text().notNull(),
    /** The first comment of the thread; null for that one itself. */
    threadId: text('thread_id').references((): AnySQLiteColumn => pipelineComments.id, { onDelete: 'cascade' }),
    author: text().notNull(),
    text: text().notNull(),
    createdAt: createdAt(),
    editedAt: integer('edited_at'),
    /** Of the first comment: the thread is settled. */
    resolvedBy: text('resolved_by'),
    resolvedAt: integer('resolved_at'),
  },
  (table) => [index('pipeline_comments_pipeline').on(table.pipelineId, table.createdAt), index('pipeline_comments_thread').on(table.threadId)],
);

export const datasets = sqliteTable(
  'datasets',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    description: text().notNull().default(''),
    tags: text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]),
    licence: text().notNull().default(''),
    /** The highest number that a version ever had: a deleted version's number is not given again. */
    lastVersion: integer('last_version').notNull().default(0),
    createdAt: createdAt(),
  },
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
    /** What people wrote of this version. */
    description: text().notNull().default(''),
    /** The run that made it. */
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    /** Known also when the run is gone. */
    runNumber: integer('run_number'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('dataset_versions_version').on(table.datasetId, table.version),
    index('dataset_versions_hash').on(table.workspaceId, table.hash),
    index('dataset_versions_run').on(table.runId),
  ],
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

/** Sources of data outside of the workspace, such as a database or a bucket. */
export const connections = sqliteTable(
  'connections',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    description: text().notNull().default(''),
    kind: text().notNull(),
    settings: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** The secrets as JSON, encrypted with the installation's key, which is not in this file. */
    secrets: text().notNull(),
    /** Another one whenever kind, settings or secrets change; part of the keys of steps that read from it. */
    revision: text().notNull(),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [uniqueIndex('connections_name').on(table.workspaceId, table.name)],
);

export const models = sqliteTable(
  'models',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** Markdown. */
    description: text().notNull().default(''),
    /** What the model is meant for and what not; Markdown. */
    intendedUse: text('intended_use').notNull().default(''),
    tags: text({ mode: 'json' }).$type<ModelTags>().notNull().default({}),
    /** The highest number that a version ever had: a deleted version's number is not given again. */
    lastVersion: integer('last_version').notNull().default(0),
    archivedAt: integer('archived_at'),
    createdAt: createdAt(),
  },
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
    /** Markdown. */
    description: text().notNull().default(''),
    tags: text({ mode: 'json' }).$type<ModelTags>().notNull().default({}),
    source: text({ enum: ['run', 'upload'] })
      .notNull()
      .default('run'),
    /** Of an upload. */
    fileName: text('file_name').notNull().default(''),
    /** Evaluations of it, the one of its run first. */
    evaluations: text({ mode: 'json' }).$type<readonly ModelEvaluation[]>().notNull().default([]),
    /** Versions of datasets that the run read for it. */
    datasets: text({ mode: 'json' }).$type<readonly ModelDataset[]>().notNull().default([]),
    /** What was found in an uploaded file. */
    checks: text({ mode: 'json' }).$type<ModelChecks | null>(),
    /** The node that made it, and the pipeline as it was then. */
    node: text(),
    pipelineId: text('pipeline_id').references(() => pipelines.id, { onDelete: 'set null' }),
    pipelineVersionId: text('pipeline_version_id').references(() => pipelineVersions.id, { onDelete: 'set null' }),
    pipelineName: text('pipeline_name').notNull().default(''),
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    runNumber: integer('run_number'),
    archivedAt: integer('archived_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('model_versions_version').on(table.modelId, table.version),
    index('model_versions_hash').on(table.workspaceId, table.hash),
    index('model_versions_run').on(table.runId),
    index('model_versions_pipeline').on(table.pipelineId),
    index('model_versions_pipeline_version').on(table.pipelineVersionId),
  ],
);

/** Names such as `champion`, each for one version of a model. */
export const modelAliases = sqliteTable(
  'model_aliases',
  {
    workspaceId: workspaceId(),
    modelId: text('model_id')
      .notNull()
      .references(() => models.id, { onDelete: 'cascade' }),
    alias: text().notNull(),
    versionId: text('version_id')
      .notNull()
      .references(() => modelVersions.id, { onDelete: 'cascade' }),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.modelId, table.alias] }), index('model_aliases_version').on(table.versionId)],
);
