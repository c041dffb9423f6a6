import type { Socket } from 'node:net';
import pg, { type QueryArrayResult } from 'pg';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ConnectionTools } from '../kind.ts';
import { connectChecked } from '../outbound.ts';
import { failureOfDriver, type Whereabouts } from '../sql/failures.ts';
import { assertGiven, CONNECT_MILLISECONDS, tlsOptions, tookTooLong, type ServerSecrets, type ServerSettings } from '../sql/settings.ts';

export type TextRow = (string | null)[];
export type TextResult = QueryArrayResult<TextRow>;

/** Every value as the text that the server writes; its meaning is read in `types.ts`. */
const AS_TEXT = { getTypeParser: () => (text: string | Buffer) => text.toString() };

// Texts of values must not depend on how the server or the user is set up.
const SET_UP = `SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; SET extra_float_digits = 1;
  SET standard_conforming_strings = on; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0`;

/** Lets the server look whether this process is still there while it computes; known from version 14 on. */
const NOTICE_LOSS = `SELECT set_config(name, '5s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'`;

/** One connection to PostgreSQL. When the signal aborts, the server is asked to stop what it does, and the connection is cut. */
export class PostgresqlSession {
  readonly settings: ServerSettings;
  readonly #secrets: ServerSecrets;
  readonly #tools: ConnectionTools;
  readonly #client: pg.Client;
  readonly #where: Whereabouts;
  #socket: Socket | null = null;

  private constructor(settings: ServerSettings, secrets: ServerSecrets, tools: ConnectionTools) {
    this.settings = settings;
    this.#secrets = secrets;
    this.#tools = tools;
    this.#where = { title: 'PostgreSQL', host: settings.host, port: settings.port };
    this.#client = new pg.Client({
      host: settings.host,
      port: settings.port,
      database: settings.database,
      user: settings.user,
      password: secrets.password,
      ssl: tlsOptions(settings) ?? false,
      application_name: 'Modelwright',
      connectionTimeoutMillis: CONNECT_MILLISECONDS,
      types: AS_TEXT,
      stream: () => {
        const socket = this.#connect();
        // It connects by itself, to the address that was checked, wherever the driver would have it go.
        socket.connect = () => socket;
        this.#socket = socket;
        return socket;
      },
    });
    // What is lost while nothing is asked shows at the next question.
    this.#client.on('error', () => undefined);
  }

  /** Errors: `parameter_missing`, `connection_refused`, `connection_failed`. */
  static async open(settings: ServerSettings, secrets: ServerSecrets, tools: ConnectionTools): Promise<PostgresqlSession> {
    assertGiven(settings, ['host', 'database', 'user']);
    tools.signal.throwIfAborted();
    const session = new PostgresqlSession(settings, secrets, tools);
    tools.signal.addEventListener('abort', session.#cancel, { once: true });
    try {
      await session.#client.connect();
      await session.#client.query(`${SET_UP}; SET statement_timeout = ${settings.statementSeconds * 1000}`);
      await session.#client.query(NOTICE_LOSS);
      return session;
    } catch (error) {
      session.#close();
      throw session.#failure(error);
    }
  }

  /** Bytes that came from the server so far. */
  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  get encrypted(): boolean {
    return this.settings.encryption !== 'none';
  }

  /**
   * One statement; the server refuses a text that holds several. Rows are arrays of texts. `userStart` tells where in it the user's own text begins.
   * Errors: `connection_failed`, `sql_invalid`, `sql_refused`.
   */
  async query(text: string, values: readonly unknown[] = [], userStart = 0): Promise<TextResult> {
    try {
      return await this.#client.query<TextRow>({ text, values: [...values], rowMode: 'array', queryMode: 'extended' } as pg.QueryArrayConfig);
    } catch (error) {
      throw this.#failure(error, userStart);
    }
  }

  async close(): Promise<void> {
    this.#tools.signal.removeEventListener('abort', this.#cancel);
    await this.#client.end().catch(() => undefined);
    this.#socket?.destroy();
  }

  #close(): void {
    this.#tools.signal.removeEventListener('abort', this.#cancel);
    this.#socket?.destroy();
  }

  #connect(): Socket {
    return connectChecked(this.settings.host, this.settings.port, this.#tools.allowedHosts);
  }

  /** Asks the server, over a connection of its own as the protocol wants it, to stop the statement under way. */
  readonly #cancel = (): void => {
    const { processID, secretKey } = this.#client as unknown as { processID: number | null; secretKey: number | null };
    if (processID === null || secretKey === null) return void this.#socket?.destroy();
    const request = Buffer.alloc(16);
    for (const [index, word] of [16, 80_877_102, processID, secretKey].entries()) request.writeInt32BE(word, index * 4);
    const socket = this.#connect();
    socket.on('error', () => undefined);
    socket.on('close', () => this.#socket?.destroy());
    socket.setTimeout(CONNECT_MILLISECONDS, () => socket.destroy());
    socket.end(request);
    socket.resume();
  };

  #failure(error: unknown, userStart = 0): Error {
    const { signal } = this.#tools;
    if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error('Stopped.');
    const failure = failureOfDriver(error, this.#where, [this.#secrets.password]);
    const { code = '', position } = error as { code?: string; position?: string };
    if (code === '57014') {
      return tookTooLong('PostgreSQL', this.settings);
    }
    const param = ABOUT_SETTING.get(code);
    if (param !== undefined) return new NodeError('connection_failed', failure.message, { param });
    if (code.startsWith('25') || code === '0A000') return new NodeError('sql_refused', `${failure.message} A query here can only read.`, { param: 'query' });
    if (!/^(42|22)/.test(code)) return failure;
    const place = Number(position) - userStart;
    const shown = place > 0 ? failure.message.replace(/\.$/, `, at character ${place}.`) : failure.message;
    return new NodeError('sql_invalid', code === '42601' ? `${shown} One SELECT is read, nothing else.` : shown, { param: 'query' });
  }
}

/** Which setting an error of the server is about. */
const ABOUT_SETTING: ReadonlyMap<string, string> = new Map([
  ['28P01', 'password'],
  ['28000', 'user'],
  ['3D000', 'database'],
]);
