import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from '../drizzle.ts';
import { id, createdAt, workspaceId } from './base.ts';
import { runs } from './runs.ts';

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
