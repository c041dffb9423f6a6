import { DuckDBInstance, StatementType, type DuckDBConnection } from '@duckdb/node-api';
import { NodeError } from '#nodes/kit/issues.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';

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

async function newInstance(): Promise<DuckDBInstance> {
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

let spare: Promise<DuckDBInstance> | null = null;

/** Opening a database takes tens of milliseconds, so an idle process keeps one ready that no step has used. */
export function prepareSession(): void {
  spare ??= newInstance();
  spare.catch(() => (spare = null));
}

const list = (paths: readonly string[]): string => `[${paths.map(quoteText).join(', ')}]`;

/**
 * DuckDB for one step: in memory, with no access to files but those named, no extensions, bounded memory and threads, and a configuration
 * that queries cannot change. One thread by default, so that sums and groups come out the same, bit for bit, each time.
 */
export class DuckSession {
  readonly #instance: DuckDBInstance;
  readonly #connections = new Set<DuckDBConnection>();

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(limits: SessionLimits): Promise<DuckSession> {
    const ready = spare;
    spare = null;
    const session = new DuckSession(await (ready ?? newInstance()));
    const settings = [
      `memory_limit = '${Math.max(64, Math.floor(limits.memoryBytes / 2 ** 20))}MiB'`,
      ...(limits.threads === 1 ? [] : [`threads = ${limits.threads}`]),
      `temp_directory = ${quoteText(limits.spillFolder)}`,
      `allowed_paths = ${list(limits.files)}`,
      `allowed_directories = ${list(limits.folders)}`,
      'enable_external_access = false',
      'lock_configuration = true',
    ];
    await session.with((connection) => connection.run(settings.map((setting) => `SET ${setting};`).join('\n')));
    return session;
  }

  /** A connection for the time of `work`; its temporary views and tables end with it. */
  async with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    this.#connections.add(connection);
    try {
      return await work(connection);
    } finally {
      this.#connections.delete(connection);
      connection.closeSync();
    }
  }

  /** Stops what runs now; it throws "INTERRUPT". */
  interrupt(): void {
    for (const connection of this.#connections) connection.interrupt();
  }

  close(): void {
    this.#instance.closeSync();
  }
}

/** Makes each Parquet file a view of its name on this connection, and `random()` start from the same place. */
export async function createViews(connection: DuckDBConnection, views: Readonly<Record<string, string>>): Promise<void> {
  const statements = Object.entries(views).map(([name, path]) => `CREATE TEMP VIEW ${quoteName(name)} AS SELECT * FROM read_parquet(${quoteText(path)});`);
  await connection.run(`SELECT setseed(0.42); ${statements.join(' ')}`);
}

/**
 * Checks that a text is exactly one query that only reads, and gives it without a final semicolon, safe to stand in parentheses.
 * Errors: `sql_invalid`, `sql_refused`.
 */
export async function oneQuery(connection: DuckDBConnection, sql: string): Promise<string> {
  const statements = await connection.extractStatements(sql).catch((error: Error) => {
    throw new NodeError('sql_invalid', error.message.replace(/^Failed to extract statements: /, '') || 'The query is empty.', { cause: error });
  });
  if (statements.count === 0) throw new NodeError('sql_invalid', 'The query is empty.');
  if (statements.count > 1) throw new NodeError('sql_refused', 'Write one query only, without “;” between statements.');
  const prepared = await statements.prepare(0);
  const { statementType } = prepared;
  prepared.destroySync();
  if (statementType !== StatementType.SELECT) throw new NodeError('sql_refused', 'Only a query (SELECT) is allowed here.');
  return `${sql.replace(/(;|\s)+$/, '')}\n`;
}
