import type { PipelineDocument } from '#pipelines/document.ts';
import type { SecretBox } from '../auth/secrets.ts';
import { hashSecret } from '../auth/secrets.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import type { PublishedParameter } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { KeyedRequest } from '../executor/run-start.ts';
import type { StartedRun, StartRequest } from '../executor/run-types.ts';
import type { Clock } from '../scheduler/clock.ts';
import { CallHistory } from './call-history.ts';
import { dataPathValues, type DataPath } from './data-paths.ts';
import { RateLimit } from './rate-limit.ts';
import { whyNotBelieved } from './signature.ts';

/** How a caller proves who it is. */
export interface Proof {
  readonly bearer: string | null;
  readonly id?: string;
  readonly timestamp?: string;
  readonly signature?: string;
  /** As it came, to the byte. */
  readonly body: string;
}
/** Inputs of a run, and nothing else. */
export interface CallRequest {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By the names of parameters that take a path. */
  readonly dataPaths: Readonly<Record<string, DataPath>>;
  /** Null takes the default one. */
  readonly version: number | null;
  readonly idempotencyKey?: string;
}

interface EndpointRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly pipelineId: string;
  readonly name: string;
  readonly parameters: string;
  readonly enabled: number;
  readonly defaultVersion: number | null;
  readonly callsPerMinute: number | null;
  readonly signingSecret: string | null;
  readonly signingBefore: string | null;
  readonly signingUntil: number | null;
  readonly callback: number;
}
interface TokenRow {
  readonly tokenId: string;
  readonly tokenName: string;
  readonly endpointId: string;
  readonly expiresAt: number | null;
}
/** Whoever may call an endpoint. */
export interface Caller {
  readonly endpoint: EndpointRow;
  readonly name: string;
  readonly key: string;
  /** Of a signed message: its id, which makes a second run of it impossible. */
  readonly messageId?: string;
}
interface PublishedRow {
  readonly parameters: string;
  readonly enabled: number;
  readonly document: string;
  readonly revision: number;
}

export interface CallsParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly box: SecretBox;
  readonly start: (request: StartRequest) => Promise<StartedRun> | StartedRun;
  /** The run that an equal request with the same key has started. */
  readonly replay: (request: KeyedRequest) => Promise<StartedRun | null>;
}

const refused = (detail: string): AppError =>
  new AppError(401, detail, { code: 'trigger_token', headers: { 'www-authenticate': 'Bearer realm="modelwright trigger"' } });
const NO_TOKEN = 'Send this trigger\'s own token as "Authorization: Bearer mwt_…", or sign the call.';

/** Calls of pipeline endpoints: who may, what may be given, and what was answered. They may come by the hundred a second. */
export class Calls {
  readonly history: CallHistory;
  readonly #parts: CallsParts;
  readonly #limit: RateLimit;
  readonly #sql;
  readonly #used = new Map<string, number>();

  constructor(parts: CallsParts) {
    this.#parts = parts;
    this.#limit = new RateLimit(() => parts.clock.now());
    this.history = new CallHistory(parts.db, parts.clock);
    const { $client } = parts.db;
    this.#sql = {
      endpoint: $client.prepare<[string], EndpointRow>(
        `SELECT id, workspace_id AS workspaceId, pipeline_id AS pipelineId, name, parameters, enabled, default_version AS defaultVersion, calls_per_minute AS callsPerMinute,
                signing_secret AS signingSecret, signing_before AS signingBefore, signing_until AS signingUntil,
                callback_url IS NOT NULL AND callback_enabled AS callback
         FROM pipeline_endpoints WHERE id = ?`,
      ),
      token: $client.prepare<[string], TokenRow>(
        'SELECT id AS tokenId, name AS tokenName, endpoint_id AS endpointId, expires_at AS expiresAt FROM pipeline_endpoint_tokens WHERE token_hash = ?',
      ),
      published: $client.prepare<[string, number], PublishedRow>(
        `SELECT e.parameters, e.enabled, v.document, v.revision FROM pipeline_endpoint_versions e JOIN pipeline_versions v ON v.id = e.pipeline_version_id
         WHERE e.endpoint_id = ? AND e.version = ?`,
      ),
      used: $client.prepare('UPDATE pipeline_endpoint_tokens SET last_used_at = ? WHERE id = ?'),
      count: $client.prepare<[string, string]>('UPDATE pipeline_endpoints SET call_count = call_count + 1, last_run_id = ? WHERE id = ?'),
      callback: $client.prepare(`INSERT INTO callback_deliveries (id, workspace_id, endpoint_id, run_id, state, created_at) VALUES (?, ?, ?, ?, 'waiting', ?)`),
    };
  }

  /**
   * Finds out who calls, by a token of the endpoint or by a signature.
   * @throws AppError 401 (no such token or signature, or endpoint), 404 (a token of another endpoint), 429
   */
  authenticate(id: string, proof: Proof): Caller {
    const caller = proof.bearer === null && proof.signature !== undefined ? this.#bySignature(id, proof) : this.#byToken(id, proof.bearer);
    const { callsPerMinute } = caller.endpoint;
    const wait = callsPerMinute === null ? 0 : this.#limit.take(caller.key, callsPerMinute);
    if (wait > 0) {
      const detail = `This token may call ${callsPerMinute} times a minute. Try again in ${wait} s.`;
      throw this.#noted(caller, null, new AppError(429, detail, { code: 'calls_too_many', headers: { 'retry-after': String(wait) } }));
    }
    return caller;
  }

  /**
   * Starts a run; what is given replaces the endpoint's own values.
   * @throws AppError 409 (paused), 422 (values that the pipeline does not take, or a key with another request), and what a run's start throws
   */
  async call(caller: Caller, request: CallRequest): Promise<StartedRun> {
    try {
      return await this.#start(caller, request);
    } catch (error) {
      throw this.#noted(caller, request, error);
    }
  }

  #byToken(id: string, token: string | null): Caller {
    if (token === null) throw refused(NO_TOKEN);
    const row = this.#sql.token.get(hashSecret(token));
    if (!row) throw refused(NO_TOKEN);
    if (row.endpointId !== id) throw notFound('trigger', id);
    const now = this.#parts.clock.now();
    if (row.expiresAt !== null && now >= row.expiresAt) throw refused('This token has expired. Make a new one.');
    // Once a minute is enough to see whether a token is used.
    if (now - (this.#used.get(row.tokenId) ?? 0) > 60_000) {
      this.#used.set(row.tokenId, now);
      this.#sql.used.run(now, row.tokenId);
    }
    return { endpoint: this.#sql.endpoint.get(id)!, name: row.tokenName, key: row.tokenId };
  }

  #bySignature(id: string, { body, signature, timestamp, id: messageId }: Proof): Caller {
    const { box, clock } = this.#parts;
    const endpoint = this.#sql.endpoint.get(id);
    const now = clock.now();
    const sealed = [endpoint?.signingSecret ?? null, now < (endpoint?.signingUntil ?? 0) ? (endpoint?.signingBefore ?? null) : null];
    const secrets = sealed.flatMap((each) => (each === null ? [] : [box.unseal(each)]));
    const why = whyNotBelieved(secrets, { id: messageId, timestamp, signature }, body, now);
    if (!endpoint || why !== null) throw refused(why ?? NO_TOKEN);
    return { endpoint, name: 'signature', key: `signature:${id}`, messageId };
  }

  async #start({ endpoint, name, messageId }: Caller, request: CallRequest): Promise<StartedRun> {
    const { start, replay, clock } = this.#parts;
    const { id, workspaceId, pipelineId } = endpoint;
    const idempotencyKey = request.idempotencyKey ?? messageId;
    const { dataPaths } = request;
    const named = Object.keys(dataPaths).length > 0;
    const asked = { parameters: request.parameters, ...(named ? { dataPaths } : {}), version: request.version };
    const common = { workspaceId, pipelineId, startedBy: { kind: 'trigger', name: endpoint.name, id } } as const;
    const before = idempotencyKey === undefined ? null : await replay({ ...common, idempotencyKey, asked });
    if (before) return before;
    if (!endpoint.enabled) throw new AppError(409, 'This trigger is paused.', { code: 'trigger_paused' });
    const version = request.version ?? endpoint.defaultVersion;
    const published = version === null ? null : this.#published(id, version);
    const document = published && (JSON.parse(published.document) as PipelineDocument);
    if (named && !document)
      throw invalid(
        'parameter_invalid',
        Object.keys(dataPaths)[0]!,
        'Data paths need a published version. Publish the pipeline, or send the path as a parameter.',
      );
    const given = document ? { ...request.parameters, ...dataPathValues(document, dataPaths) } : request.parameters;
    const values = published ? valuesOf(JSON.parse(published.parameters) as PublishedParameter[], given) : given;
    return start({
      ...common,
      ...(published && document ? { document, revision: published.revision } : {}),
      parameters: { ...(published ? {} : (JSON.parse(endpoint.parameters) as Record<string, unknown>)), ...values },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey, asked }),
      alongside: (run) => {
        this.#sql.count.run(run.id, id);
        this.history.accepted(endpoint, { caller: name, version, run, parameters: Object.keys(request.parameters) });
        if (endpoint.callback) this.#sql.callback.run(newId(), workspaceId, id, run.id, clock.now());
      },
    });
  }

  #published(id: string, version: number): PublishedRow {
    const row = this.#sql.published.get(id, version);
    if (!row)
      throw new AppError(422, `There is no version ${version}.`, { code: 'version_unknown', errors: [{ pointer: '/version', detail: 'Unknown version.' }] });
    if (!row.enabled) throw new AppError(409, `Version ${version} is disabled. Call another one.`, { code: 'trigger_paused' });
    return row;
  }

  #noted({ endpoint, name }: Caller, request: CallRequest | null, error: unknown): unknown {
    this.history.refused(endpoint, { caller: name, version: request?.version ?? null, error, parameters: Object.keys(request?.parameters ?? {}) });
    return error;
  }
}

/** What a call gives, with what the version says where it gives nothing. @throws AppError 422 */
function valuesOf(published: readonly PublishedParameter[], given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = published.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const hint = names.length === 0 ? 'It takes none.' : `It takes: ${names.join(', ')}.`;
    throw invalid('parameter_unknown', unknown, `This version takes no parameter "${unknown}". ${hint}`);
  }
  const missing = published.find(({ name, required }) => required && given[name] === undefined);
  if (missing) throw invalid('parameter_missing', missing.name, `Give a value for "${missing.name}".`);
  const defaults = published.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(defaults), ...given };
}

const invalid = (code: string, name: string, detail: string): AppError =>
  new AppError(422, detail, { code, errors: [{ pointer: `/parameters/${name}`, detail }] });
