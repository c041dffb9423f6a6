import { mkdirSync } from 'node:fs';
import { sep } from 'node:path';
import { DuckDBInstance, StatementType, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { NodeError } from '#nodes/kit/issues.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import type { Relation } from '../table-query.ts';
import type { LinkedFiles } from './linked-files.ts';

export interface SessionLimits {
  readonly memoryBytes: number;
  readonly threads: number;
  /** Where DuckDB spills what does not fit; made when needed. */
  readonly spillFolder: string;
  /** The only files that may be read besides those in `folders`. */
  readonly files: readonly string[];
  /** Folders that may be read and written. */
  readonly folders: readonly string[];
}

export async function newInstance(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    threads: '1',
  });
  const connection = await instance.connect();
  await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
  connection.closeSync();
  return instance;
}

const list = (paths: readonly string[]): string => `[${paths.map(quoteText).join(', ')}]`;

/** Sets the limits of a database for good: queries cannot change its configuration any more. */
export async function lockInstance(instance: DuckDBInstance, limits: SessionLimits): Promise<void> {
  const settings = [
    `memory_limit = '${Math.max(64, Math.floor(limits.memoryBytes / 2 ** 20))}MiB'`,
    ...(limits.threads === 1 ? [] : [`threads = ${limits.threads}`]),
    `temp_directory = ${quoteText(limits.spillFolder)}`,
    `allowed_paths = ${list(limits.files)}`,
    `allowed_directories = ${list(limits.folders)}`,
    // Settings can be read, so that they tell no folder of the server's account; and this one must not be allowed either.
    ...['home_directory', 'secret_directory', 'extension_directory'].map((name) => `${name} = '/nowhere'`),
    // Files are never changed under their names, so what was read of them holds.
    'parquet_metadata_cache = true',
    'enable_external_access = false',
    'lock_configuration = true',
  ];
  const connection = await instance.connect();
  try {
    await connection.run(settings.map((setting) => `SET ${setting};`).join('\n'));
  } finally {
    connection.closeSync();
  }
}

/** A database that others use after this session: the folder that it sees, and what happens at the end; `failed`: it is not to be used again. */
export interface Lent {
  readonly files: LinkedFiles;
  /** A connection that stays open for queries that leave nothing on it. */
  readonly connection: DuckDBConnection;
  close(failed: boolean): void;
}

/** After such an error DuckDB answers nothing any more. */
const INVALIDATED = /\b(FATAL|INTERNAL) Error|database has been invalidated/i;

const STOP_MILLISECONDS = 20;

/**
 * DuckDB for one step: in memory, with no access to files but those named, no extensions, bounded memory and threads, and a configuration
 * that queries cannot change. One thread by default, so that sums and groups come out the same, bit for bit, each time.
 */
export class DuckSession {
  readonly #instance: DuckDBInstance;
  readonly #limits: SessionLimits;
  readonly #lent: Lent | null;
  readonly #connections = new Set<DuckDBConnection>();
  #failed = false;
  #stopping: NodeJS.Timeout | null = null;

  constructor(instance: DuckDBInstance, limits: SessionLimits, lent: Lent | null) {
    this.#instance = instance;
    this.#limits = limits;
    this.#lent = lent;
  }

  /** A session with a database of its own. */
  static async open(limits: SessionLimits): Promise<DuckSession> {
    mkdirSync(limits.spillFolder, { recursive: true, mode: 0o700 });
    const instance = await newInstance();
    await lockInstance(instance, limits);
    return new DuckSession(instance, limits, null);
  }

  /** The path by which queries read a file that the step may read. */
  source(path: string): string {
    const { files, folders } = this.#limits;
    if (!files.includes(path) && !folders.some((folder) => path.startsWith(folder + sep))) throw new Error(`This step may not read ${path}.`);
    return this.#lent ? this.#lent.files.source(path) : path;
  }

  /** Has a query write a file: `write` gets the path that the query can use. */
  target<T>(path: string, write: (inside: string) => Promise<T>): Promise<T> {
    return this.#lent ? this.#lent.files.target(path, write) : write(path);
  }

  /** A connection for the time of `work`; its temporary views and tables end with it. */
  async with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    this.#connections.add(connection);
    try {
      return await work(connection);
    } catch (error) {
      this.#failed ||= error instanceof Error && INVALIDATED.test(error.message);
      throw error;
    } finally {
      this.#connections.delete(connection);
      connection.closeSync();
    }
  }

  /** As `with`, for queries that leave nothing on their connection: where the database is shared, so is that. */
  async withClean<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#lent?.connection;
    if (!connection || this.#connections.has(connection)) return this.with(work);
    this.#connections.add(connection);
    // After an error it stays among them, so that the database is not used by another step.
    const result = await work(connection);
    this.#connections.delete(connection);
    return result;
  }

  /** The rows of a query in chunks, computed as they are asked for. */
  async *stream(sql: string): AsyncGenerator<DuckDBDataChunk> {
    const connection = await this.#instance.connect();
    this.#connections.add(connection);
    try {
      const result = await connection.stream(sql);
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) yield chunk;
    } finally {
      this.#connections.delete(connection);
      connection.closeSync();
    }
  }

  /** Stops what runs now and what still begins; it throws "INTERRUPT". Repeated, since DuckDB forgets what comes between two queries. */
  interrupt(): void {
    const stop = (): void => this.#connections.forEach((connection) => connection.interrupt());
    stop();
    this.#stopping ??= setInterval(stop, STOP_MILLISECONDS).unref();
  }

  close(): void {
    if (this.#stopping) clearInterval(this.#stopping);
    if (this.#lent) this.#lent.close(this.#failed || this.#connections.size > 0);
    // Closing a database takes milliseconds, which no one needs to wait for.
    else setImmediate(() => this.#instance.closeSync());
  }
}

/** Whether a query may draw random numbers. */
export const drawsNumbers = (sql: string): boolean => /random|sample|shuffle|uuid|setseed/i.test(sql);

/** SQL that gives the rows of a relation. */
export function relationInSql(session: DuckSession, relation: Relation): string {
  if (!('path' in relation)) return withInputs(session, relation.sql, relation.inputs);
  const columns = relation.columns?.map(quoteName).join(', ') ?? '*';
  return `SELECT ${columns} FROM read_parquet(${quoteText(session.source(relation.path))})`;
}

/**
 * The product's own query with its inputs written into it: that spares the views, and a catalog to keep them in. An input that is named twice is read
 * twice, for DuckDB would otherwise keep all of it, on disk if need be.
 */
export function withInputs(session: DuckSession, sql: string, inputs: Readonly<Record<string, Relation>>): string {
  const tables = Object.entries(inputs).map(([name, relation]) => `${quoteName(name)} AS NOT MATERIALIZED (${relationInSql(session, relation)})`);
  return tables.length === 0 ? sql : `WITH ${tables.join(', ')} SELECT * FROM (${sql}) AS result`;
}

/** Makes each relation a view of its name on this connection, and the random numbers of the query that is to come start from the same place. */
export async function createViews(session: DuckSession, connection: DuckDBConnection, views: Readonly<Record<string, Relation>>, sql: string): Promise<void> {
  const statements = Object.entries(views).map(([name, relation]) => `CREATE TEMP VIEW ${quoteName(name)} AS ${relationInSql(session, relation)};`);
  if (drawsNumbers(sql)) statements.push('SELECT setseed(0.42);');
  if (statements.length > 0) await connection.run(statements.join('\n'));
}

export interface OneQuery {
  /** Without a final semicolon, safe to stand in parentheses. */
  readonly sql: string;
  /** Columns of the result, with the names of their DuckDB types. */
  readonly columns: readonly { readonly name: string; readonly duck: string }[];
}

/**
 * Checks that a text is exactly one query that only reads, and tells what columns it gives.
 * Errors: `sql_invalid`, `sql_refused`.
 */
export async function oneQuery(connection: DuckDBConnection, sql: string): Promise<OneQuery> {
  const statements = await connection.extractStatements(sql).catch((error: Error) => {
    throw new NodeError('sql_invalid', error.message.replace(/^Failed to extract statements: /, '') || 'The query is empty.', { cause: error });
  });
  if (statements.count === 0) throw new NodeError('sql_invalid', 'The query is empty.');
  if (statements.count > 1) throw new NodeError('sql_refused', 'Write one query only, without “;” between statements.');
  const prepared = await statements.prepare(0);
  try {
    if (prepared.statementType !== StatementType.SELECT) throw new NodeError('sql_refused', 'Only a query (SELECT) is allowed here.');
    const columns = Array.from({ length: prepared.columnCount }, (_, index) => ({
      name: prepared.columnName(index),
      duck: String(prepared.columnType(index)),
    }));
    return { sql: `${sql.replace(/(;|\s)+$/, '')}\n`, columns };
  } finally {
    prepared.destroySync();
  }
}
