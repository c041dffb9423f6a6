import type { z } from 'zod';
import { and, eq } from '../db/drizzle.ts';
import type { SecretBox } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { connections } from '../db/schema.ts';
import { AppError, notFound, type FieldError } from '../errors.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Clock } from '../scheduler/clock.ts';
import { canonicalJson } from '#pipelines/signature.ts';
import { NodeError, type IssueCode } from '#nodes/kit/issues.ts';
import { connectionUses, useWords } from './connection-uses.ts';
import type { ConnectionItem, ConnectionKind } from './kind.ts';
import { findKind } from './kinds.ts';
import type { ConnectionSpec } from './open.ts';
import { revisionOf, secretsRevisionOf } from './revision.ts';

export interface ConnectionView {
  readonly name: string;
  readonly description: string;
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the secrets that are set; what they are is never told. */
  readonly secretsSet: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ConnectionChange {
  readonly description?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Those that are left out are kept, unless settings change that say where they go; an empty text takes one away. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export type TestResult =
  { readonly ok: true; readonly message: string } | { readonly ok: false; readonly code: IssueCode; readonly message: string; readonly param: string | null };

/** Settings that are not saved yet; with `name` the secrets of that connection count where none are given. */
export interface ConnectionDraft {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly name?: string;
}

export interface ConnectionsParts {
  readonly db: Database;
  readonly box: SecretBox;
  readonly pool: Pick<StepPool, 'task'>;
  readonly clock: Clock;
  readonly allowedHosts: readonly string[];
  readonly allowedFolders: readonly string[];
}

type Row = typeof connections.$inferSelect;
type Secrets = Readonly<Record<string, string>>;

interface Fields {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
}

const TASK_MILLISECONDS = 30_000;

/** The connections of the workspaces. What is behind them is reached by step processes alone. */
export class Connections {
  readonly #parts: ConnectionsParts;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  list(workspaceId: string): ConnectionView[] {
    const rows = this.#parts.db.select().from(connections).where(eq(connections.workspaceId, workspaceId)).orderBy(connections.name).all();
    return rows.map((row) => this.#view(row));
  }

  /** @throws AppError 404 */
  get(workspaceId: string, name: string): ConnectionView {
    return this.#view(this.#row(workspaceId, name));
  }

  /** @throws AppError 409 for a name that is taken, 422 for settings that the kind does not take */
  create(
    workspaceId: string,
    name: string,
    { kind, description = '', settings = {}, secrets = {} }: ConnectionChange & { readonly kind: string },
  ): ConnectionView {
    if (this.#find(workspaceId, name)) throw new AppError(409, `There is a connection "${name}" already. Choose another name.`, { code: 'name_taken' });
    const read = readFields(kindOf(kind), settings, secrets);
    const now = this.#parts.clock.now();
    const row: Row = {
      id: newId(now),
      workspaceId,
      name,
      description,
      kind,
      settings: read.settings,
      secrets: this.#parts.box.seal(JSON.stringify(read.secrets)),
      revision: revisionOf(kind, read.settings, newId(now)),
      createdAt: now,
      updatedAt: now,
    };
    this.#parts.db.insert(connections).values(row).run();
    return this.#view(row);
  }

  /** @throws AppError 404, 422 for settings that the kind does not take, or that take the kept secrets elsewhere */
  update(workspaceId: string, name: string, change: ConnectionChange): ConnectionView {
    const row = this.#row(workspaceId, name);
    const before = this.#secretsOf(row);
    const { settings, secrets } = readChange(kindOf(row.kind), { settings: row.settings, secrets: before }, change);
    const same = canonicalJson(secrets) === canonicalJson(before);
    const now = this.#parts.clock.now();
    const changed = {
      description: change.description ?? row.description,
      settings,
      ...(same ? {} : { secrets: this.#parts.box.seal(JSON.stringify(secrets)) }),
      revision: revisionOf(row.kind, settings, same ? secretsRevisionOf(row.revision) : newId(now)),
      updatedAt: now,
    };
    this.#parts.db.update(connections).set(changed).where(eq(connections.id, row.id)).run();
    return this.#view({ ...row, ...changed });
  }

  /** @throws AppError 404, 409 while pipelines or unfinished runs name it */
  remove(workspaceId: string, name: string): void {
    const { id } = this.#row(workspaceId, name);
    const uses = connectionUses(this.#parts.db, { workspaceId, name });
    const words = useWords(name, uses);
    if (words !== null) throw new AppError(409, words, { code: 'connection_in_use' });
    this.#parts.db.delete(connections).where(eq(connections.id, id)).run();
  }

  /** @throws AppError 404 */
  async test(workspaceId: string, name: string, signal?: AbortSignal): Promise<TestResult> {
    const row = this.#row(workspaceId, name);
    return this.#try(this.#spec(row.kind, row.settings, this.#secretsOf(row)), signal);
  }

  /** @throws AppError 404, 422 for settings that the kind does not take, or that take the kept secrets elsewhere */
  async testDraft(workspaceId: string, { kind, settings, secrets = {}, name }: ConnectionDraft, signal?: AbortSignal): Promise<TestResult> {
    const row = name === undefined ? undefined : this.#row(workspaceId, name);
    const read =
      row?.kind === kind
        ? readChange(kindOf(kind), { settings: row.settings, secrets: this.#secretsOf(row) }, { settings, secrets })
        : readFields(kindOf(kind), settings, secrets);
    return this.#try(this.#spec(kind, read.settings, read.secrets), signal);
  }

  /** What it holds at a path. @throws AppError 404, 422 with the reason when the source cannot be read */
  items(workspaceId: string, name: string, path: string, signal?: AbortSignal): Promise<readonly ConnectionItem[]> {
    return this.#ask(workspaceId, name, (connection) => this.#parts.pool.task('listConnection', { connection, path }, withLimit(signal)), signal);
  }

  /** What the files at a path look like: path → a text that changes when the file does. @throws AppError as `items` does */
  fingerprint(workspaceId: string, name: string, path: string, signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
    return this.#ask(workspaceId, name, (connection) => this.#parts.pool.task('fingerprintConnection', { connection, path }, withLimit(signal)), signal);
  }

  async #ask<T>(workspaceId: string, name: string, ask: (connection: ConnectionSpec) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const row = this.#row(workspaceId, name);
    try {
      return await ask(this.#spec(row.kind, row.settings, this.#secretsOf(row)));
    } catch (error) {
      if (error instanceof NodeError) throw new AppError(422, error.message, { code: error.code, cause: error });
      throw tooLate(error, signal) ? new AppError(504, TOO_LATE, { code: 'connection_failed', cause: error }) : error;
    }
  }

  /** What a step process needs of the connection that a run pinned. Errors: `connection_missing`, `connection_failed` when it has changed since. */
  pinned(id: string, revision: string): ConnectionSpec {
    const row = this.#parts.db.select().from(connections).where(eq(connections.id, id)).get();
    if (!row) throw new NodeError('connection_missing', 'The connection was deleted after the run had begun.', { param: 'connection' });
    if (row.revision !== revision)
      throw new NodeError('connection_failed', `The connection “${row.name}” was changed after the run had begun. Start a new run.`, { param: 'connection' });
    return this.#spec(row.kind, row.settings, this.#secretsOf(row));
  }

  async #try(connection: ConnectionSpec, signal: AbortSignal | undefined): Promise<TestResult> {
    try {
      return { ok: true, message: await this.#parts.pool.task('testConnection', { connection }, withLimit(signal)) };
    } catch (error) {
      if (error instanceof NodeError) return { ok: false, code: error.code, message: error.message, param: error.param ?? null };
      if (tooLate(error, signal)) return { ok: false, code: 'connection_failed', message: TOO_LATE, param: null };
      throw error;
    }
  }

  #spec(kind: string, settings: ConnectionSpec['settings'], secrets: Secrets): ConnectionSpec {
    const { allowedHosts, allowedFolders } = this.#parts;
    return { kind, settings, secrets, allowedHosts, allowedFolders };
  }

  #secretsOf(row: Row): Secrets {
    return JSON.parse(this.#parts.box.unseal(row.secrets)) as Secrets;
  }

  #find(workspaceId: string, name: string): Row | undefined {
    return this.#parts.db
      .select()
      .from(connections)
      .where(and(eq(connections.workspaceId, workspaceId), eq(connections.name, name)))
      .get();
  }

  #row(workspaceId: string, name: string): Row {
    const row = this.#find(workspaceId, name);
    if (!row) throw notFound('connection', name);
    return row;
  }

  #view(row: Row): ConnectionView {
    const secretsSet = Object.entries(this.#secretsOf(row))
      .filter(([, secret]) => secret !== '')
      .map(([name]) => name);
    const { name, description, kind, settings, createdAt, updatedAt } = row;
    return { name, description, kind, settings, secretsSet, createdAt: new Date(createdAt).toISOString(), updatedAt: new Date(updatedAt).toISOString() };
  }
}

const TOO_LATE = `The source did not answer within ${TASK_MILLISECONDS / 1_000} seconds.`;

const withLimit = (signal: AbortSignal | undefined): AbortSignal => AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(TASK_MILLISECONDS)]);

const tooLate = (error: unknown, signal: AbortSignal | undefined): boolean =>
  !signal?.aborted && error instanceof DOMException && ['TimeoutError', 'AbortError'].includes(error.name);

function kindOf(kind: string): ConnectionKind {
  const found = findKind(kind);
  if (found) return found;
  const detail = `There are no connections of kind "${kind}".`;
  throw new AppError(422, detail, { code: 'request_invalid', errors: [{ pointer: '/kind', detail }] });
}

/** The fields after a change, which keeps secrets for the place that they were given for. @throws AppError 422 */
function readChange(kind: ConnectionKind, before: Fields, { settings = before.settings, secrets = {} }: ConnectionChange): Fields {
  const read = readFields(kind, settings, { ...before.secrets, ...secrets });
  const old = kind.settings.safeParse(before.settings).data ?? before.settings;
  const moved = kind.secretsGoTo.filter((name) => canonicalJson(old[name] ?? null) !== canonicalJson(read.settings[name] ?? null));
  const needed = Object.keys(before.secrets).filter((name) => before.secrets[name] !== '' && secrets[name] === undefined);
  if (moved.length === 0 || needed.length === 0) return read;
  const [changed, again] = [titlesOf(kind.settings, moved), titlesOf(kind.secrets, needed)];
  throw new AppError(422, `With ${changed} the place changes that the secrets are sent to. Give them again: ${again}.`, {
    code: 'secrets_needed',
    errors: needed.map((name) => ({ pointer: `/secrets/${name}`, detail: 'Give it again, for it would be sent to another place.' })),
  });
}

const titlesOf = (fields: z.ZodObject, names: readonly string[]): string =>
  names.map((name) => `“${(fields.shape[name] as z.ZodType).meta()?.title ?? name}”`).join(', ');

/** Settings and secrets with their defaults. @throws AppError 422 with every field that is wrong */
function readFields(kind: ConnectionKind, settings: object, secrets: object): Fields {
  const read = { settings: kind.settings.strict().safeParse(settings), secrets: kind.secrets.strict().safeParse(secrets) };
  if (read.settings.success && read.secrets.success) return { settings: read.settings.data, secrets: read.secrets.data as Record<string, string> };
  const errors: FieldError[] = Object.entries(read).flatMap(([part, { error }]) =>
    (error?.issues ?? []).map(({ path, message }) => ({ pointer: `/${[part, ...path.map(String)].join('/')}`, detail: message })),
  );
  throw new AppError(422, `The connection is not valid. ${errors[0]?.pointer}: ${errors[0]?.detail}`, { code: 'request_invalid', errors });
}
