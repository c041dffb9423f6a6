import { createRequire } from 'node:module';
import type * as Driver from 'drizzle-orm/better-sqlite3';
import type * as Core from 'drizzle-orm/sqlite-core';
import type * as Migrator from 'drizzle-orm/migrator';
import type * as Orm from 'drizzle-orm';

// drizzle-orm's package.json is so large that Node spends 1.2 s and 200 MB on reading it anew for each of its 130 ES modules. Its CommonJS
// build, the same code, is there in a tenth of that.
const load = createRequire(import.meta.url);

export const { and, asc, count, desc, eq, gt, inArray, isNull, lt, max, ne, or, sql } = load('drizzle-orm') as typeof Orm;
export const { foreignKey, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } = load('drizzle-orm/sqlite-core') as typeof Core;
export const { drizzle } = load('drizzle-orm/better-sqlite3') as typeof Driver;
export const { readMigrationFiles } = load('drizzle-orm/migrator') as typeof Migrator;
export type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
export type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
export type { MigrationMeta } from 'drizzle-orm/migrator';
