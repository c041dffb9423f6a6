import { and, desc, eq, lt, or, sql } from '../db/drizzle.ts';
import { DEPLOYED_NOT_RUN } from '#pipelines/check.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { canonicalJson } from '#pipelines/signature.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from '../assets/pages.ts';
import type { SecretBox } from '../auth/secrets.ts';
import { parseAddress } from '../connections/request.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { pipelineEndpoints, pipelineEndpointVersions, pipelines, pipelineVersions, type PublishedParameter } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { RunSummary } from '../executor/run-types.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { LastRun } from '../scheduler/schedule-view.ts';
import { hashText } from '../store/hashing.ts';
import { newSigningSecret } from './signature.ts';
import { Tokens, type TokenView } from './tokens.ts';

export interface PublishedVersion {
  readonly version: number;
  readonly description: string;
  readonly parameters: readonly PublishedParameter[];
  readonly enabled: boolean;
  readonly publishedBy: string;
  readonly createdAt: string;
  /** The revision of the pipeline that was published. */
  readonly revision: number;
  readonly nodeCount: number;
}
export interface PipelineEndpointView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  /** Values that hold when calls give none, while it follows the pipeline as saved. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly createdAt: string;
  /** Where calls go. */
  readonly url: string;
  /** Null: calls run the pipeline as it is saved. */
  readonly defaultVersion: number | null;
  readonly versions: readonly PublishedVersion[];
  readonly tokens: readonly TokenView[];
  /** Whether calls may be signed instead of carrying a token. */
  readonly signed: boolean;
  readonly callsPerMinute: number | null;
  readonly callback: { readonly url: string; readonly enabled: boolean } | null;
  readonly lastRun: RunSummary | null;
  readonly callCount: number;
}
export interface NewEndpoint {
  readonly name: string;
  readonly description?: string;
  readonly pipelineId: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}
export interface EndpointChange {
  readonly name?: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly enabled?: boolean;
  readonly defaultVersion?: number | null;
  readonly callsPerMinute?: number | null;
}
export interface NewVersion {
  readonly description: string;
  /** What calls may set; by default every parameter of the pipeline. */
  readonly parameters?: readonly PublishedParameter[];
  readonly makeDefault: boolean;
  readonly by: string;
}

type Row = typeof pipelineEndpoints.$inferSelect;
const invalid = (code: string, pointer: string, detail: string): AppError => new AppError(422, detail, { code, errors: [{ pointer, detail }] });

/** Addresses that start runs of pipelines: what they are, their published versions and their secrets. Calls are `Calls`. */
export class PipelineEndpoints {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #lastRun: LastRun;
  readonly #box: SecretBox;
  readonly tokens: Tokens;

  constructor({ db, clock, lastRun, box }: { db: Database; clock: Clock; lastRun: LastRun; box: SecretBox }) {
    this.#db = db;
    this.#clock = clock;
    this.#lastRun = lastRun;
    this.#box = box;
    this.tokens = new Tokens(db, clock);
  }

  /** Makes one with its first token, which is shown here and never again. */
  create(workspaceId: string, { name, description = '', pipelineId, parameters = {} }: NewEndpoint): PipelineEndpointView & { token: string } {
    const pipeline = this.#pipeline(workspaceId, pipelineId);
    if (!pipeline) throw invalid('pipeline_unknown', '/pipelineId', `There is no pipeline "${pipelineId}" in this workspace.`);
    if (pipeline.document.kind === 'inference') throw invalid('scoring_refused', '/pipelineId', DEPLOYED_NOT_RUN);
    const now = this.#clock.now();
    const id = newId(now);
    const token = this.#db.transaction((tx) => {
      tx.insert(pipelineEndpoints)
        .values({ id, workspaceId, name, description, pipelineId, parameters: { ...parameters }, enabled: true, createdAt: now })
        .run();
      return this.tokens.create(workspaceId, id, { name: 'First token', expiresAt: null }).token;
    });
    return { ...this.get(workspaceId, id), token };
  }

  change(workspaceId: string, id: string, change: EndpointChange): PipelineEndpointView {
    this.row(workspaceId, id);
    if (change.defaultVersion != null && !this.#versions(id).some(({ version }) => version === change.defaultVersion))
      throw invalid('version_unknown', '/defaultVersion', `There is no version ${change.defaultVersion}.`);
    const { parameters, ...rest } = change;
    const set = { ...rest, ...(parameters && { parameters: { ...parameters } }) };
    if (Object.keys(set).length > 0) this.#db.update(pipelineEndpoints).set(set).where(eq(pipelineEndpoints.id, id)).run();
    return this.get(workspaceId, id);
  }

  remove(workspaceId: string, id: string): void {
    this.row(workspaceId, id);
    this.#db.delete(pipelineEndpoints).where(eq(pipelineEndpoints.id, id)).run();
  }

  get(workspaceId: string, id: string): PipelineEndpointView {
    return this.#view(this.row(workspaceId, id));
  }

  list(workspaceId: string, { limit = 50, cursor }: PageQuery): Page<PipelineEndpointView> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const { createdAt, id } = pipelineEndpoints;
    const rows = this.#db
      .select()
      .from(pipelineEndpoints)
      .where(and(eq(pipelineEndpoints.workspaceId, workspaceId), after && or(lt(createdAt, after.at), and(eq(createdAt, after.at), lt(id, after.id)))))
      .orderBy(desc(createdAt), desc(id))
      .limit(limit + 1)
      .all();
    return pageOf(
      rows,
      limit,
      (row) => this.#view(row),
      (row) => ({ at: row.createdAt, id: row.id }),
    );
  }

  /** Publishes the pipeline as it is saved now as the next version, which never changes. @throws AppError 404, 422 */
  publish(workspaceId: string, id: string, { description, parameters, makeDefault, by }: NewVersion): PipelineEndpointView {
    const { pipelineId, lastVersion } = this.row(workspaceId, id);
    const { document, revision } = this.#pipeline(workspaceId, pipelineId)!;
    const published = parameters ?? document.parameters.map((each) => ({ name: each.name, description: each.description }));
    const known = document.parameters.map(({ name }) => name);
    const unknown = published.find(({ name }) => !known.includes(name));
    if (unknown) throw invalid('parameter_unknown', '/parameters', `This pipeline has no parameter "${unknown.name}".`);
    const now = this.#clock.now();
    const text = canonicalJson(document);
    const version = lastVersion + 1;
    this.#db.transaction((tx) => {
      tx.insert(pipelineVersions)
        .values({ id: newId(now), workspaceId, pipelineId, revision, hash: hashText(text), document, createdAt: now })
        .onConflictDoNothing()
        .run();
      const pinned = tx
        .select({ id: pipelineVersions.id })
        .from(pipelineVersions)
        .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.hash, hashText(text))))
        .get()!;
      tx.insert(pipelineEndpointVersions)
        .values({ workspaceId, endpointId: id, version, pipelineVersionId: pinned.id, description, parameters: published, publishedBy: by, createdAt: now })
        .run();
      tx.update(pipelineEndpoints)
        .set({ lastVersion: version, ...(makeDefault ? { defaultVersion: version } : {}) })
        .where(eq(pipelineEndpoints.id, id))
        .run();
    });
    return this.get(workspaceId, id);
  }

  changeVersion(workspaceId: string, id: string, version: number, change: { enabled?: boolean; description?: string }): PipelineEndpointView {
    this.row(workspaceId, id);
    const where = and(eq(pipelineEndpointVersions.endpointId, id), eq(pipelineEndpointVersions.version, version));
    const { changes } = this.#db
      .update(pipelineEndpointVersions)
      .set({ version, ...change })
      .where(where)
      .run();
    if (changes === 0) throw notFound('version', String(version));
    return this.get(workspaceId, id);
  }

  /** A new secret for signed calls; the one before holds for so long. It is shown here and never again. */
  newSigningSecret(workspaceId: string, id: string, overlapSeconds: number): { secret: string } {
    const { signingSecret } = this.row(workspaceId, id);
    const secret = newSigningSecret();
    this.#db
      .update(pipelineEndpoints)
      .set({ signingSecret: this.#box.seal(secret), signingBefore: signingSecret, signingUntil: this.#clock.now() + overlapSeconds * 1_000 })
      .where(eq(pipelineEndpoints.id, id))
      .run();
    return { secret };
  }

  removeSigningSecret(workspaceId: string, id: string): void {
    this.row(workspaceId, id);
    this.#db.update(pipelineEndpoints).set({ signingSecret: null, signingBefore: null, signingUntil: null }).where(eq(pipelineEndpoints.id, id)).run();
  }

  /** Where ends of runs are told; with null nowhere. Gives the secret that signs, when it is a new one. @throws AppError 422 */
  setCallback(workspaceId: string, id: string, url: string | null, newSecret: boolean): { secret: string | null } {
    const row = this.row(workspaceId, id);
    if (url !== null) {
      try {
        parseAddress(url);
      } catch (error) {
        throw invalid('connection_refused', '/url', error instanceof Error ? error.message : String(error));
      }
    }
    const secret = url !== null && (newSecret || row.callbackSecret === null) ? newSigningSecret() : null;
    this.#db
      .update(pipelineEndpoints)
      .set({
        callbackUrl: url,
        callbackEnabled: true,
        ...(url === null ? { callbackSecret: null } : secret === null ? {} : { callbackSecret: this.#box.seal(secret) }),
      })
      .where(eq(pipelineEndpoints.id, id))
      .run();
    return { secret };
  }

  /** @throws AppError 404 */
  row(workspaceId: string, id: string): Row {
    const row = this.#db
      .select()
      .from(pipelineEndpoints)
      .where(and(eq(pipelineEndpoints.workspaceId, workspaceId), eq(pipelineEndpoints.id, id)))
      .get();
    if (!row) throw notFound('trigger', id);
    return row;
  }

  #pipeline(workspaceId: string, id: string): { name: string; document: PipelineDocument; revision: number } | undefined {
    return this.#db
      .select({ name: pipelines.name, document: pipelines.document, revision: pipelines.revision })
      .from(pipelines)
      .where(and(eq(pipelines.workspaceId, workspaceId), eq(pipelines.id, id)))
      .get();
  }

  #versions(id: string): PublishedVersion[] {
    const own = pipelineEndpointVersions;
    return this.#db
      .select({
        version: own.version,
        description: own.description,
        parameters: own.parameters,
        enabled: own.enabled,
        publishedBy: own.publishedBy,
        createdAt: own.createdAt,
        revision: pipelineVersions.revision,
        nodeCount: sql<number>`json_array_length(${pipelineVersions.document}, '$.nodes')`,
      })
      .from(own)
      .innerJoin(pipelineVersions, eq(pipelineVersions.id, own.pipelineVersionId))
      .where(eq(own.endpointId, id))
      .orderBy(desc(own.version))
      .all()
      .map((row) => ({ ...row, createdAt: iso(row.createdAt) }));
  }

  #view(row: Row): PipelineEndpointView {
    const { id, workspaceId, name, description, pipelineId, parameters, enabled, defaultVersion, callsPerMinute, callCount } = row;
    const pipelineName = this.#db.select({ name: pipelines.name }).from(pipelines).where(eq(pipelines.id, pipelineId)).get()?.name ?? '';
    return {
      id,
      name,
      description,
      pipelineId,
      pipelineName,
      parameters,
      enabled,
      createdAt: iso(row.createdAt),
      url: `/api/v1/pipeline-endpoints/${id}/runs`,
      defaultVersion,
      versions: this.#versions(id),
      tokens: this.tokens.list(id),
      signed: row.signingSecret !== null,
      callsPerMinute,
      callback: row.callbackUrl === null ? null : { url: row.callbackUrl, enabled: row.callbackEnabled },
      lastRun: this.#lastRun(workspaceId, id),
      callCount,
    };
  }
}
