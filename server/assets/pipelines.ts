import { and, desc, eq, lt, or, sql } from '../db/drizzle.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import { hasErrors } from '#pipelines/check.ts';
import type { PipelineDocument, PipelineKind } from '#pipelines/document.ts';
import { readDocument } from '#pipelines/migrations/index.ts';
import { outlineOf, type Outline } from '#pipelines/outline.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { pipelines } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { RunSummary } from '../executor/run-types.ts';
import type { Clock } from '../scheduler/clock.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from './pages.ts';

export interface PipelineView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly kind: PipelineKind;
  readonly revision: number;
  readonly document: PipelineDocument;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly trainingPipelineId: string | null;
}
export interface PipelineSummary extends Omit<PipelineView, 'document' | 'createdAt' | 'trainingPipelineId'> {
  readonly nodeCount: number;
  readonly outline: Outline;
  readonly lastRun: RunSummary | null;
}

/** What the saver based the change on is no longer the newest. */
export class RevisionConflict extends Error {
  readonly current: PipelineView;

  constructor(current: PipelineView) {
    super('Someone else saved this pipeline first.');
    this.current = current;
  }
}

type Row = typeof pipelines.$inferSelect;

/** Saved pipelines of a workspace. */
export class Pipelines {
  readonly #db: Database;
  readonly #catalog: Catalog;
  readonly #clock: Clock;

  constructor(db: Database, catalog: Catalog, clock: Clock) {
    this.#db = db;
    this.#catalog = catalog;
    this.#clock = clock;
  }

  /** Brings what came in to the newest format. Throws 422 with the places of what cannot be read. */
  read(document: unknown): PipelineDocument {
    const { document: read, issues } = readDocument(document, this.#catalog);
    if (read === null)
      throw new AppError(422, issues.find((issue) => issue.level === 'error')?.message ?? 'This is not a pipeline.', {
        code: 'pipeline_unreadable',
        issues: issues.filter((issue) => hasErrors([issue])),
      });
    return read;
  }

  create(workspaceId: string, document: PipelineDocument, trainingPipelineId: string | null = null): PipelineView {
    const now = this.#clock.now();
    const row: Row = {
      id: newId(now),
      workspaceId,
      name: document.name,
      description: document.description,
      kind: document.kind,
      revision: 1,
      document,
      trainingPipelineId,
      createdAt: now,
      updatedAt: now,
    };
    this.#db.insert(pipelines).values(row).run();
    return view(row);
  }

  get(workspaceId: string, id: string): PipelineView {
    const row = this.#db
      .select()
      .from(pipelines)
      .where(and(eq(pipelines.workspaceId, workspaceId), eq(pipelines.id, id)))
      .get();
    if (!row) throw notFound('pipeline', id);
    return view(row);
  }

  /** Saves over revision `revision` and no other. Throws RevisionConflict when another saved first. */
  save(workspaceId: string, id: string, revision: number, document: PipelineDocument): { revision: number; updatedAt: string } {
    const now = this.#clock.now();
    const { changes } = this.#db
      .update(pipelines)
      .set({ document, name: document.name, description: document.description, kind: document.kind, revision: revision + 1, updatedAt: now })
      .where(and(eq(pipelines.workspaceId, workspaceId), eq(pipelines.id, id), eq(pipelines.revision, revision)))
      .run();
    if (changes === 0) throw new RevisionConflict(this.get(workspaceId, id));
    return { revision: revision + 1, updatedAt: iso(now) };
  }

  remove(workspaceId: string, id: string): void {
    const { changes } = this.#db
      .delete(pipelines)
      .where(and(eq(pipelines.workspaceId, workspaceId), eq(pipelines.id, id)))
      .run();
    if (changes === 0) throw notFound('pipeline', id);
  }

  clone(workspaceId: string, id: string): PipelineView {
    const source = this.get(workspaceId, id);
    return this.create(workspaceId, { ...source.document, name: `${source.name.slice(0, 190)} (copy)` }, source.trainingPipelineId);
  }

  list(
    workspaceId: string,
    { limit = 50, cursor, search }: PageQuery & { search?: string },
    lastRun: (pipelineId: string) => RunSummary | null,
  ): Page<PipelineSummary> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = this.#db
      .select()
      .from(pipelines)
      .where(
        and(
          eq(pipelines.workspaceId, workspaceId),
          after && or(lt(pipelines.updatedAt, after.at), and(eq(pipelines.updatedAt, after.at), lt(pipelines.id, after.id))),
          search ? sql`instr(lower(${pipelines.name}), lower(${search})) > 0` : undefined,
        ),
      )
      .orderBy(desc(pipelines.updatedAt), desc(pipelines.id))
      .limit(limit + 1)
      .all();
    return pageOf(
      rows,
      limit,
      (row) => ({
        id: row.id,
        name: row.name,
        description: row.description,
        kind: row.kind,
        revision: row.revision,
        updatedAt: iso(row.updatedAt),
        nodeCount: row.document.nodes.length,
        outline: outlineOf(row.document),
        lastRun: lastRun(row.id),
      }),
      (row) => ({ at: row.updatedAt, id: row.id }),
    );
  }
}

function view(row: Row): PipelineView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: row.kind,
    revision: row.revision,
    document: row.document,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    trainingPipelineId: row.trainingPipelineId,
  };
}
