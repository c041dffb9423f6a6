import { and, count, desc, eq, gt } from '../db/drizzle.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { Database } from '../db/client.ts';
import { models, modelVersions } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import { registerModel } from '../executor/register-model.ts';
import type { Clock } from '../scheduler/clock.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from './pages.ts';
import type { ArtifactRow } from './artifacts.ts';

export interface ModelVersion {
  readonly version: number;
  readonly hash: string;
  readonly bytes: number;
  readonly task: string;
  readonly signature: Signature;
  readonly summary: ModelSummary;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly createdAt: string;
}
export interface ModelDetail {
  readonly name: string;
  readonly description: string;
  readonly versions: readonly ModelVersion[];
}
export interface ModelListed {
  readonly name: string;
  readonly versionCount: number;
  readonly latest: {
    readonly version: number;
    readonly hash: string;
    readonly task: string;
    readonly learner: string;
    readonly runNumber: number | null;
    readonly createdAt: string;
    readonly headline: string | null;
  };
}

/** Where a registered model comes from. */
export interface ModelOrigin {
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly headline: string | null;
}

export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The registry: models of a workspace by name and version. */
export class Models {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Adds a version under the name. Throws 422 when the artifact is no model. */
  register(workspaceId: string, name: string, description: string, artifact: ArtifactRow, origin: ModelOrigin): { name: string; version: number } {
    if (artifact.meta.kind !== 'model')
      throw new AppError(422, `This result is a ${artifact.meta.kind}, not a model. Register the output of Train Model.`, { code: 'model_mismatch' });
    return this.#db.transaction(() => ({
      name,
      version: registerModel(this.#db, { workspaceId, name, description, artifact, ...origin }, this.#clock.now()),
    }));
  }

  get(workspaceId: string, name: string): ModelDetail {
    const model = this.#row(workspaceId, name);
    const rows = this.#db.select().from(modelVersions).where(eq(modelVersions.modelId, model.id)).orderBy(desc(modelVersions.version)).all();
    return {
      name,
      description: model.description,
      versions: rows.map(({ version, hash, bytes, task, signature, summary, runId, runNumber, createdAt }) => ({
        version,
        hash,
        bytes,
        task,
        signature,
        summary,
        runId,
        runNumber,
        createdAt: iso(createdAt),
      })),
    };
  }

  list(workspaceId: string, { limit = 50, cursor }: PageQuery): Page<ModelListed> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor).id;
    const rows = this.#db
      .select()
      .from(models)
      .where(and(eq(models.workspaceId, workspaceId), after === undefined ? undefined : gt(models.name, after)))
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

  #listed(row: typeof models.$inferSelect): ModelListed {
    const latest = this.#db.select().from(modelVersions).where(eq(modelVersions.modelId, row.id)).orderBy(desc(modelVersions.version)).limit(1).get()!;
    const { version, hash, task, learner, runNumber, createdAt, headline } = latest;
    const versions = this.#db.select({ count: count() }).from(modelVersions).where(eq(modelVersions.modelId, row.id)).get();
    return { name: row.name, versionCount: versions?.count ?? 0, latest: { version, hash, task, learner, runNumber, createdAt: iso(createdAt), headline } };
  }

  remove(workspaceId: string, name: string): void {
    this.#db
      .delete(models)
      .where(eq(models.id, this.#row(workspaceId, name).id))
      .run();
  }

  /** The last version takes the name with it. */
  removeVersion(workspaceId: string, name: string, version: number): void {
    const { id } = this.#row(workspaceId, name);
    this.#db.transaction((tx) => {
      const { changes } = tx
        .delete(modelVersions)
        .where(and(eq(modelVersions.modelId, id), eq(modelVersions.version, version)))
        .run();
      if (changes === 0) throw notFound('version of this model', String(version));
      if (!tx.select({ id: modelVersions.id }).from(modelVersions).where(eq(modelVersions.modelId, id)).limit(1).get())
        tx.delete(models).where(eq(models.id, id)).run();
    });
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
