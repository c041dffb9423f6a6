import { index, integer, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from '../drizzle.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { EqualityProof } from '#server/executor/messages.ts';
import type { DeploymentSettings, EndpointSettings } from '#server/serving/endpoint-settings.ts';
import { id, createdAt, workspaceId } from './base.ts';
import { pipelines } from './assets.ts';
import { runs } from './runs.ts';

export const endpoints = sqliteTable(
  'endpoints',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    state: text({ enum: ['starting', 'serving', 'idle', 'failed', 'stopped'] }).notNull(),
    error: text(),
    /** What differs from the defaults. */
    settings: text({ mode: 'json' }).$type<Partial<EndpointSettings>>().notNull().default({}),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [uniqueIndex('endpoints_name').on(table.workspaceId, table.name)],
);

/** The column of a row that belongs to an endpoint and goes with it. */
export const endpointId = () =>
  text('endpoint_id')
    .notNull()
    .references(() => endpoints.id, { onDelete: 'cascade' });

export const endpointKeys = sqliteTable(
  'endpoint_keys',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: endpointId(),
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
    endpointId: endpointId(),
    name: text().notNull(),
    state: text({ enum: ['starting', 'serving', 'idle', 'failed', 'stopped'] }).notNull(),
    error: text(),
    /** The fused ONNX file. */
    hash: text().notNull(),
    bytes: integer().notNull(),
    /** A shadow scores copies of requests, and nobody sees its answers. */
    mode: text({ enum: ['live', 'shadow'] })
      .notNull()
      .default('live'),
    /** Share of the traffic, 0 to 100; of a shadow 0. */
    weight: integer().notNull(),
    /** When it last had traffic, for those that a rollback may go back to; null for those that never had any or were rolled back themselves. */
    servedUntil: integer('served_until'),
    /** What differs from the defaults. */
    settings: text({ mode: 'json' }).$type<Partial<DeploymentSettings>>().notNull().default({}),
    task: text().notNull(),
    learner: text().notNull(),
    signature: text({ mode: 'json' }).$type<Signature>().notNull(),
    proof: text({ mode: 'json' }).$type<EqualityProof>().notNull(),
    sample: text({ mode: 'json' }).$type<Record<string, string | number | boolean | null>[]>().notNull(),
    /** The trained model within the fused file. */
    modelHash: text('model_hash'),
    pipelineId: text('pipeline_id').references(() => pipelines.id, { onDelete: 'set null' }),
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    runNumber: integer('run_number'),
    /** The registered model that it was made from, by name and version. */
    modelName: text('model_name'),
    modelVersion: integer('model_version'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('deployments_name').on(table.endpointId, table.name),
    index('deployments_hash').on(table.workspaceId, table.hash),
    index('deployments_model').on(table.workspaceId, table.modelHash),
    index('deployments_pipeline').on(table.pipelineId),
    index('deployments_run').on(table.runId),
  ],
);

/** What happened to an endpoint: deployments, changes of traffic, rollbacks with their reason, processes that ended, alerts. */
export const endpointEvents = sqliteTable(
  'endpoint_events',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: endpointId(),
    type: text().notNull(),
    /** The deployment's name, which may be gone. */
    deployment: text(),
    /** Who did it: a person's name, a run, or the rule. */
    by: text().notNull(),
    /** One sentence. */
    message: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('endpoint_events_newest').on(table.endpointId, table.createdAt)],
);
