import { index, integer, primaryKey, real, sqliteTable, text, type AnySQLiteColumn } from '../drizzle.ts';
import type { Baseline, Observed } from '#server/monitoring/baseline.ts';
import type { AlertRule, Deliveries, Delivery } from '#server/monitoring/alert-rules.ts';
import type { SavedTraffic } from '#server/serving/traffic.ts';
import { id, createdAt, workspaceId } from './base.ts';
import { deployments, endpointId } from './endpoints.ts';
import { runs } from './runs.ts';

const deploymentId = () =>
  text('deployment_id')
    .notNull()
    .references(() => deployments.id, { onDelete: 'cascade' });

/** Requests, errors and latencies of a deployment: a row a minute for a day, a row an hour for a month. */
export const deploymentTraffic = sqliteTable(
  'deployment_traffic',
  {
    workspaceId: workspaceId(),
    endpointId: endpointId(),
    deploymentId: deploymentId(),
    span: text({ enum: ['minute', 'hour'] }).notNull(),
    /** Where the minute or hour begins. */
    at: integer().notNull(),
    counts: text({ mode: 'json' }).$type<SavedTraffic>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.deploymentId, table.span, table.at] }), index('deployment_traffic_endpoint').on(table.endpointId)],
);

/** How the training rows of a deployment's model were spread. */
export const monitorBaselines = sqliteTable('monitor_baselines', {
  deploymentId: text('deployment_id')
    .primaryKey()
    .references(() => deployments.id, { onDelete: 'cascade' }),
  workspaceId: workspaceId(),
  baseline: text({ mode: 'json' }).$type<Baseline>().notNull(),
  createdAt: createdAt(),
});

/** How the rows of requests were spread, over the bins of the baseline: a row an hour for a month. */
export const monitorHours = sqliteTable(
  'monitor_hours',
  {
    workspaceId: workspaceId(),
    deploymentId: deploymentId(),
    at: integer().notNull(),
    observed: text({ mode: 'json' }).$type<Observed>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.deploymentId, table.at] })],
);

/** Rows of requests that were drawn to be kept, with what was answered and, once known, the truth. */
export const requestLog = sqliteTable(
  'request_log',
  {
    workspaceId: workspaceId(),
    endpointId: endpointId(),
    /** The deployment's name, which may be gone. */
    deployment: text().notNull(),
    requestId: text('request_id').notNull(),
    /** From 0 within the request. */
    row: integer().notNull(),
    input: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    output: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    milliseconds: real().notNull(),
    truth: text({ mode: 'json' }).$type<string | number | boolean | null>(),
    truthAt: integer('truth_at'),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.requestId, table.row] }), index('request_log_newest').on(table.endpointId, table.createdAt)],
);

export const alertRules = sqliteTable(
  'alert_rules',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: endpointId(),
    name: text().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    rule: text({ mode: 'json' }).$type<AlertRule>().notNull(),
    /** Of the webhook's signature, encrypted with the installation's key. */
    secret: text(),
    state: text({ enum: ['quiet', 'pending', 'firing'] }).notNull(),
    /** Since when the state holds. */
    since: integer().notNull(),
    value: real(),
    createdAt: createdAt(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('alert_rules_endpoint').on(table.endpointId, table.createdAt)],
);

/** Alerts that fired, ended or were tried, with how they were delivered. */
export const alertEvents = sqliteTable(
  'alert_events',
  {
    id: id(),
    workspaceId: workspaceId(),
    endpointId: endpointId(),
    ruleId: text('rule_id')
      .notNull()
      .references(() => alertRules.id, { onDelete: 'cascade' }),
    type: text({ enum: ['firing', 'resolved', 'test'] }).notNull(),
    value: real(),
    message: text().notNull(),
    delivery: text({ mode: 'json' }).$type<Deliveries | Delivery | null>(),
    /** The run that it started. */
    runId: text('run_id').references((): AnySQLiteColumn => runs.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    index('alert_events_newest').on(table.endpointId, table.createdAt),
    index('alert_events_rule').on(table.ruleId),
    index('alert_events_run').on(table.runId),
  ],
);
