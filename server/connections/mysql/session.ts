import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createConnection, type Connection, type ConnectionOptions, type FieldPacket } from 'mysql2';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ConnectionTools } from '../kind.ts';
import { connectChecked } from '../outbound.ts';
import { failureOfDriver, type Whereabouts } from '../sql/failures.ts';
import { assertGiven, CONNECT_MILLISECONDS, tlsOptions, tookTooLong, type ServerSecrets, type ServerSettings } from '../sql/settings.ts';

export interface MysqlSettings extends ServerSettings {
  readonly tinyintAsBoolean: boolean;
}

export type ByteRow = (Buffer | null)[];
/** What a statement is about, for its errors. */
export type Subject = 'table' | 'query';

const TITLE = 'MySQL or MariaDB';
/** A reader that pauses is not cut off by the server before this. */
const NET_SECONDS = 3_600;

/** One connection to MySQL or MariaDB. When the signal aborts, the server is asked to stop what it does, and the connection is cut. */
export class MysqlSession {
  readonly settings: MysqlSettings;
  readonly #secrets: ServerSecrets;
  readonly #tools: ConnectionTools;
  readonly #where: Whereabouts;
  readonly #connection: Connection;
  /** `MariaDB 10.11.6`. */
  version = '';

  private constructor(settings: MysqlSettings, secrets: ServerSecrets, tools: ConnectionTools) {
    this.settings = settings;
    this.#secrets = secrets;
    this.#tools = tools;
    this.#where = { title: TITLE, host: settings.host, port: settings.port };
    this.#connection = this.#connect();
    // What is lost while nothing is asked shows at the next question.
    this.#connection.on('error', () => undefined);
  }

  /** Errors: `parameter_missing`, `connection_refused`, `connection_failed`. */
  static async open(settings: MysqlSettings, secrets: ServerSecrets, tools: ConnectionTools): Promise<MysqlSession> {
    assertGiven(settings, ['host', 'user']);
    if (settings.encryption === 'verify' && isIP(settings.host) !== 0) {
      throw new NodeError('connection_failed', 'To check the certificate, give the host by the name in it, not by its address.', { param: 'host' });
    }
    tools.signal.throwIfAborted();
    const session = new MysqlSession(settings, secrets, tools);
    tools.signal.addEventListener('abort', session.#cancel, { once: true });
    try {
      await new Promise<void>((resolve, reject) => session.#connection.connect((error) => (error ? reject(error) : resolve())));
      await session.#setUp();
      return session;
    } catch (error) {
      tools.signal.removeEventListener('abort', session.#cancel);
      session.#connection.destroy();
      throw session.failure(error, 'query');
    }
  }

  get signal(): AbortSignal {
    return this.#tools.signal;
  }

  get encrypted(): boolean {
    return this.settings.encryption !== 'none';
  }

  /** One statement; the protocol takes no second. Rows are arrays of what the server writes. Errors: `connection_failed`, `sql_invalid`, `sql_refused`. */
  async query(text: string, about: Subject = 'query'): Promise<{ rows: ByteRow[]; fields: FieldPacket[] }> {
    try {
      return await new Promise((resolve, reject) => {
        this.#connection.query({ sql: text, rowsAsArray: true, typeCast: false }, (error, rows, fields) => {
          if (error) reject(error);
          else resolve({ rows: rows as unknown as ByteRow[], fields });
        });
      });
    } catch (error) {
      throw this.failure(error, about);
    }
  }

  /** The same with values apart from the text, for statements that give no rows. */
  async execute(text: string, values: readonly (string | number | null)[]): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => this.#connection.execute(text, [...values], (error) => (error ? reject(error) : resolve())));
    } catch (error) {
      throw this.failure(error, 'table');
    }
  }

  /** Has a statement carried out, unless the user has no right to it: then false. */
  async permitted(text: string): Promise<boolean> {
    try {
      await new Promise<void>((resolve, reject) => this.#connection.query(text, (error) => (error ? reject(error) : resolve())));
      return true;
    } catch (error) {
      if (NO_RIGHT.has((error as { errno?: number }).errno ?? 0)) return false;
      throw this.failure(error, 'table');
    }
  }

  /** Has the server parse a statement, without carrying it out; gives the columns that it would have. */
  async describe(text: string, about: Subject): Promise<readonly FieldPacket[]> {
    try {
      return await new Promise((resolve, reject) => {
        this.#connection.prepare(text, (error, statement) => {
          if (error) return reject(error);
          const { columns } = statement as unknown as { columns: FieldPacket[] };
          statement.close();
          resolve(columns);
        });
      });
    } catch (error) {
      throw this.failure(error, about);
    }
  }

  /** A statement whose rows, arrays of bytes, come as they are taken; its columns come before by the event `fields`. */
  stream(text: string, rowsAhead: number): Readable {
    const rows = this.#connection.query({ sql: text, rowsAsArray: true, typeCast: false }).stream({ highWaterMark: rowsAhead });
    // An error that comes while nobody reads is told to who reads next.
    return rows.on('error', () => undefined);
  }

  /** Has the server stop the statement under way, over a connection of its own as there is no other way. */
  async stop(): Promise<void> {
    const other = this.#connect();
    other.on('error', () => undefined);
    await new Promise<void>((resolve) => other.query(`KILL QUERY ${this.#connection.threadId}`, () => resolve()));
    other.destroy();
  }

  async close(): Promise<void> {
    this.#tools.signal.removeEventListener('abort', this.#cancel);
    await new Promise<void>((resolve) => this.#connection.end(() => resolve()));
    this.#connection.destroy();
  }

  failure(error: unknown, about: Subject): Error {
    const { signal } = this.#tools;
    if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error('Stopped.');
    const failure = failureOfDriver(error, this.#where, [this.#secrets.password]);
    const { errno = 0, sqlState = '' } = error as { errno?: number; sqlState?: string };
    if (errno === 1969 || errno === 3024) return tookTooLong(TITLE, this.settings);
    const param = ABOUT_SETTING.get(errno) ?? (about === 'table' && errno === 1146 ? 'table' : undefined);
    if (param !== undefined) return new NodeError('connection_failed', failure.message, { param });
    if (errno === 1792) return new NodeError('sql_refused', `${failure.message} A query here can only read.`, { param: 'query' });
    if (about === 'table' || !/^(42|21|22|HY)/.test(sqlState)) return failure;
    return new NodeError('sql_invalid', errno === 1064 ? `${failure.message} One SELECT is read, nothing else.` : failure.message, { param: 'query' });
  }

  readonly #cancel = (): void => {
    void this.stop().finally(() => this.#connection.destroy());
  };

  #connect(): Connection {
    const { host, port, user, database } = this.settings;
    const tls = tlsOptions(this.settings);
    const options: ConnectionOptions = {
      host,
      port,
      user,
      password: this.#secrets.password,
      ...(database.trim() === '' ? {} : { database }),
      ...(tls ? { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } } : {}),
      charset: 'utf8mb4',
      connectTimeout: CONNECT_MILLISECONDS,
      disableEval: true,
      multipleStatements: false,
      maxPreparedStatements: 16,
      // A server may ask for any file of this machine otherwise.
      flags: ['-LOCAL_FILES'],
      stream: () => connectChecked(host, port, this.#tools.allowedHosts),
    };
    return createConnection(options);
  }

  async #setUp(): Promise<void> {
    const { rows } = await this.query('SELECT VERSION()');
    const version = rows[0]?.[0]?.toString() ?? '';
    const mariadb = version.includes('MariaDB');
    this.version = `${mariadb ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
    const { statementSeconds } = this.settings;
    const limit = mariadb ? `max_statement_time = ${statementSeconds}` : `max_execution_time = ${statementSeconds * 1000}`;
    await this.query(`SET SESSION time_zone = '+00:00', net_write_timeout = ${NET_SECONDS}, net_read_timeout = ${NET_SECONDS}, ${limit}`);
  }
}

/** Numbers of errors that say that the user may not do it: to a database, a table, a column, or at all. */
const NO_RIGHT: ReadonlySet<number> = new Set([1044, 1142, 1143, 1227]);

/** Which setting an error of the server is about. */
const ABOUT_SETTING: ReadonlyMap<number, string> = new Map([
  [1044, 'database'],
  [1045, 'password'],
  [1049, 'database'],
]);
