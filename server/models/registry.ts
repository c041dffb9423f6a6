import { and, desc, eq, gt, isNull, sql } from '../db/drizzle.ts';
import type { ArtifactRow } from '../assets/artifacts.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import { modelAliases, models, modelVersions } from '../db/schema.ts';
import type { ModelTags } from '../db/schema/models.ts';
import { AppError, notFound } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';
import { moveAlias } from './aliases.ts';
import { compareVersions, type ModelComparison } from './compare.ts';
import { MODEL_ALIAS } from './names.ts';
import { evaluationsOf, originOf, type OriginParts } from './origin.ts';
import { completeVersions, registerVersion, type ModelToRegister } from './register-version.ts';
import { refuseWhileUsed, usesOf, type ModelUses } from './uses.ts';
import { versionView, type ModelDetail, type ModelListed, type ModelVersion } from './views.ts';

export interface ModelsQuery extends PageQuery {
  /** Part of a name or of a tag. */
  readonly search?: string;
  readonly task?: string;
  /** Those that are archived, and no others. */
  readonly archived?: boolean;
}
export interface RegisterRequest {
  readonly name: string;
  readonly description: string;
  readonly tags: ModelTags;
  readonly aliases: readonly string[];
}
export interface ModelChange {
  readonly description?: string;
  readonly intendedUse?: string;
  readonly tags?: ModelTags;
  readonly archived?: boolean;
}
export type VersionChange = Omit<ModelChange, 'intendedUse'>;

type VersionRow = typeof modelVersions.$inferSelect;

/** The registry: models of a workspace by name, version and alias. */
export class Models {
  readonly #parts: OriginParts;
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(parts: OriginParts, clock: Clock) {
    this.#parts = parts;
    this.#db = parts.db;
    this.#clock = clock;
  }

  /** Adds a version under the name, with what is known of the run that made it. Throws 422 when the artifact is no model. */
  async register(workspaceId: string, request: RegisterRequest, artifact: ArtifactRow): Promise<{ name: string; version: number }> {
    if (artifact.meta.kind !== 'model')
      throw new AppError(422, `This result is a ${artifact.meta.kind}, not a model. Register the output of Train Model.`, { code: 'model_mismatch' });
    const origin = originOf(this.#parts, workspaceId, artifact.hash);
    const evaluations = origin ? await evaluationsOf(this.#parts, origin.runId, artifact.hash) : [];
    const from = { workspaceId, artifact, origin, evaluations, headline: origin?.headline ?? null };
    return this.add({ ...request, ...from, source: 'run', fileName: '', checks: null });
  }

  add(model: ModelToRegister): { name: string; version: number } {
    const version = this.#db.transaction(() => registerVersion(this.#db, model, this.#clock.now()));
    return { name: model.name, version };
  }

  /** To be called when a run has ended: its evaluations may have come after the models. */
  complete(runId: string): Promise<void> {
    return completeVersions(this.#parts, runId);
  }

  async get(workspaceId: string, name: string): Promise<ModelDetail> {
    const model = this.#row(workspaceId, name);
    for (const runId of this.#unjudged(model.id)) await this.complete(runId);
    const { description, intendedUse, tags, archivedAt, createdAt } = model;
    const aliases = this.#aliases(model.id);
    const rows = this.#db.select().from(modelVersions).where(eq(modelVersions.modelId, model.id)).orderBy(desc(modelVersions.version)).all();
    const versions = rows.map((row) => versionView(row, aliases.get(row.id) ?? []));
    return { name, description, intendedUse, tags, archived: archivedAt !== null, createdAt: iso(createdAt), versions };
  }

  /** A version by its number, an alias, or `latest`: the newest that is not archived. */
  version(workspaceId: string, name: string, which: string): ModelVersion {
    const row = this.#versionRow(this.#row(workspaceId, name), which);
    return versionView(row, this.#aliases(row.modelId).get(row.id) ?? []);
  }

  /** A version that may be deployed. Throws 409 for what is archived. */
  deployable(workspaceId: string, name: string, which: string): ModelVersion {
    const version = this.version(workspaceId, name, which);
    if (!version.archived && this.#row(workspaceId, name).archivedAt === null) return version;
    throw new AppError(409, `“${name}”, version ${version.version}, is archived. Restore it, or deploy another version.`, { code: 'model_archived' });
  }

  uses(workspaceId: string, name: string, which: string): ModelUses {
    const model = this.#row(workspaceId, name);
    return usesOf(this.#parts, workspaceId, model, [this.#versionRow(model, which)]);
  }

  compare(workspaceId: string, name: string, which: readonly string[]): ModelComparison {
    const model = this.#row(workspaceId, name);
    const aliases = this.#aliases(model.id);
    return compareVersions(which.map((each) => this.#versionRow(model, each)).map((row) => versionView(row, aliases.get(row.id) ?? [])));
  }

  list(workspaceId: string, { limit = 50, cursor, search, task, archived = false }: ModelsQuery): Page<ModelListed> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor).id;
    const part = search?.trim().toLowerCase();
    const rows = this.#db
      .select()
      .from(models)
      .where(
        and(
          eq(models.workspaceId, workspaceId),
          archived ? sql`${models.archivedAt} IS NOT NULL` : isNull(models.archivedAt),
          after === undefined ? undefined : gt(models.name, after),
          part ? sql`instr(lower(${models.name} || ' ' || ${models.tags}), ${part}) > 0` : undefined,
          task ? sql`EXISTS (SELECT 1 FROM model_versions v WHERE v.model_id = ${models.id} AND v.task = ${task})` : undefined,
        ),
      )
      .orderBy(models.name)
      .limit(limit + 1)
      .all();
    return pageOf(
      rows,
      limit,
      (row) => this.#listed(row),
      (row) => ({ at: 0, id: row.name }),
    );
  }

  update(workspaceId: string, name: string, { archived, ...texts }: ModelChange): Promise<ModelDetail> {
    const row = this.#row(workspaceId, name);
    const change = { ...texts, ...this.#archive(archived, () => refuseWhileUsed(usesOf(this.#parts, workspaceId, row, this.#versionsOf(row.id)), name)) };
    if (Object.keys(change).length > 0) this.#db.update(models).set(change).where(eq(models.id, row.id)).run();
    return this.get(workspaceId, name);
  }

  updateVersion(workspaceId: string, name: string, which: string, { archived, ...texts }: VersionChange): ModelVersion {
    const model = this.#row(workspaceId, name);
    const row = this.#versionRow(model, which);
    const change = { ...texts, ...this.#archive(archived, () => refuseWhileUsed(usesOf(this.#parts, workspaceId, model, [row]), `${name} ${row.version}`)) };
    if (Object.keys(change).length > 0) this.#db.update(modelVersions).set(change).where(eq(modelVersions.id, row.id)).run();
    return this.version(workspaceId, name, String(row.version));
  }

  #archive(archived: boolean | undefined, refuse: () => void): { archivedAt?: number | null } {
    if (archived) refuse();
    return archived === undefined ? {} : { archivedAt: archived ? this.#clock.now() : null };
  }

  /** Lets the alias name this version and no other of the model. */
  setAlias(workspaceId: string, name: string, alias: string, which: string): ModelVersion {
    const model = this.#row(workspaceId, name);
    const row = this.#versionRow(model, which);
    moveAlias(this.#db, { workspaceId, modelId: model.id, alias, versionId: row.id }, this.#clock.now());
    return this.version(workspaceId, name, String(row.version));
  }

  removeAlias(workspaceId: string, name: string, alias: string): void {
    const { id } = this.#row(workspaceId, name);
    const { changes } = this.#db
      .delete(modelAliases)
      .where(and(eq(modelAliases.modelId, id), eq(modelAliases.alias, alias)))
      .run();
    if (changes === 0) throw notFound('alias of this model', alias);
  }

  /** Throws 409 that names who uses one of its versions. */
  remove(workspaceId: string, name: string): void {
    const model = this.#row(workspaceId, name);
    this.#db.transaction((tx) => {
      refuseWhileUsed(usesOf(this.#parts, workspaceId, model, this.#versionsOf(model.id)), name);
      tx.delete(models).where(eq(models.id, model.id)).run();
    });
  }

  /** The last version takes the name with it. Throws 409 that names who uses it. */
  removeVersion(workspaceId: string, name: string, which: string): void {
    const model = this.#row(workspaceId, name);
    const row = this.#versionRow(model, which);
    this.#db.transaction((tx) => {
      refuseWhileUsed(usesOf(this.#parts, workspaceId, model, [row]), `${name} ${row.version}`);
      tx.delete(modelVersions).where(eq(modelVersions.id, row.id)).run();
      if (this.#versionsOf(model.id).length === 0) tx.delete(models).where(eq(models.id, model.id)).run();
    });
  }

  /** Runs of its newest versions of which no evaluation is kept: they may just have ended. */
  #unjudged(modelId: string): string[] {
    return this.#db.$client
      .prepare<[string], string>(
        `SELECT DISTINCT run_id FROM (SELECT run_id, evaluations FROM model_versions WHERE model_id = ? ORDER BY version DESC LIMIT 20) WHERE run_id IS NOT NULL AND evaluations = '[]'`,
      )
      .pluck()
      .all(modelId);
  }

  #versionsOf(modelId: string): VersionRow[] {
    return this.#db.select().from(modelVersions).where(eq(modelVersions.modelId, modelId)).orderBy(desc(modelVersions.version)).all();
  }

  #versionRow({ id, name }: { id: string; name: string }, which: string): VersionRow {
    const own = eq(modelVersions.modelId, id);
    const query = this.#db.select().from(modelVersions);
    const row =
      which === 'latest'
        ? query
            .where(and(own, isNull(modelVersions.archivedAt)))
            .orderBy(desc(modelVersions.version))
            .limit(1)
            .get()
        : MODEL_ALIAS.test(which)
          ? query.where(and(own, sql`${modelVersions.id} = (SELECT a.version_id FROM model_aliases a WHERE a.model_id = ${id} AND a.alias = ${which})`)).get()
          : query.where(and(own, eq(modelVersions.version, Number(which)))).get();
    if (row) return row;
    const what = which === 'latest' ? 'version that is not archived' : /^\d+$/.test(which) ? `version ${which}` : `alias "${which}"`;
    throw new AppError(404, `“${name}” has no ${what}.`, { code: 'not_found' });
  }

  #aliases(modelId: string): ReadonlyMap<string, readonly string[]> {
    const rows = this.#db.select().from(modelAliases).where(eq(modelAliases.modelId, modelId)).orderBy(modelAliases.alias).all();
    const found = new Map<string, string[]>();
    for (const { versionId, alias } of rows) found.set(versionId, [...(found.get(versionId) ?? []), alias]);
    return found;
  }

  #listed(row: typeof models.$inferSelect): ModelListed {
    const own = this.#db.select({ id: modelVersions.id, version: modelVersions.version }).from(modelVersions).where(eq(modelVersions.modelId, row.id)).all();
    const numbers = new Map(own.map((each) => [each.id, each.version]));
    const latest = this.#db
      .select()
      .from(modelVersions)
      .where(eq(modelVersions.modelId, row.id))
      .orderBy(sql`${modelVersions.archivedAt} IS NOT NULL`, desc(modelVersions.version))
      .limit(1)
      .get()!;
    const { version, hash, task, learner, runNumber, createdAt, headline, source } = latest;
    const aliases = [...this.#aliases(row.id)].flatMap(([id, names]) => names.map((alias) => ({ alias, version: numbers.get(id)! })));
    return {
      name: row.name,
      description: row.description,
      tags: row.tags,
      archived: row.archivedAt !== null,
      versionCount: own.length,
      aliases: aliases.sort((one, other) => one.alias.localeCompare(other.alias)),
      latest: { version, hash, task, learner, title: latest.summary.title, runNumber, createdAt: iso(createdAt), headline, source },
    };
  }

  #row(workspaceId: string, name: string): typeof models.$inferSelect {
    const row = this.#db
      .select()
      .from(models)
      .where(and(eq(models.workspaceId, workspaceId), eq(models.name, name)))
      .get();
    if (!row) throw notFound('model', name);
    return row;
  }
}
