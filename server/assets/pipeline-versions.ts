import type { PipelineDocument } from '#pipelines/document.ts';
import { canonicalJson } from '#pipelines/signature.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { AppError, notFound } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';
import { hashText } from '../store/hashing.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from './pages.ts';
import type { Pipelines } from './pipelines.ts';
import { listSubPipelines, type SubPipeline } from './sub-pipelines.ts';

export interface PipelineVersion {
  readonly id: string;
  /** Null for a version that only runs hold. */
  readonly name: string | null;
  readonly description: string;
  /** Who gave the name, else who started the first run. */
  readonly by: string;
  readonly at: string;
  /** The revision at which it was kept first. */
  readonly revision: number;
  readonly nodeCount: number;
  readonly runCount: number;
  readonly lastRun: { readonly id: string; readonly number: number; readonly status: string; readonly headline: string | null } | null;
  /** The pipeline is saved just so now. */
  readonly current: boolean;
}
export interface PipelineVersionView extends PipelineVersion {
  readonly document: PipelineDocument;
}

interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly description: string;
  readonly namedBy: string | null;
  readonly namedAt: number | null;
  readonly startedBy: string | null;
  readonly revision: number;
  readonly hash: string;
  readonly nodeCount: number;
  readonly createdAt: number;
  readonly at: number;
  readonly runCount: number;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly runStatus: string | null;
  readonly runHeadline: string | null;
}

const COLUMNS = `v.id, v.name, v.description, v.named_by AS namedBy, v.named_at AS namedAt, v.revision, v.hash, v.created_at AS createdAt,
  coalesce(v.named_at, v.created_at) AS at, json_array_length(v.document, '$.nodes') AS nodeCount,
  (SELECT started_by_name FROM runs WHERE version_id = v.id ORDER BY number LIMIT 1) AS startedBy,
  (SELECT count(*) FROM runs WHERE version_id = v.id) AS runCount,
  r.id AS runId, r.number AS runNumber, r.status AS runStatus, r.headline AS runHeadline
  FROM pipeline_versions v LEFT JOIN runs r ON r.id = (SELECT id FROM runs WHERE version_id = v.id ORDER BY number DESC LIMIT 1)`;
/** Without a name and without a run there is nothing to go back to. */
const KEPT = '(v.name IS NOT NULL OR r.id IS NOT NULL)';

/** What a pipeline was: states that people named, and states that runs pinned. */
export class PipelineVersions {
  readonly #db: Database;
  readonly #pipelines: Pipelines;
  readonly #clock: Clock;

  constructor(db: Database, pipelines: Pipelines, clock: Clock) {
    this.#db = db;
    this.#pipelines = pipelines;
    this.#clock = clock;
  }

  /** What other pipelines of the workspace can take. */
  subPipelines(workspaceId: string): SubPipeline[] {
    return listSubPipelines(this.#db, workspaceId);
  }

  /** The newest first. */
  list(workspaceId: string, pipelineId: string, { limit = 50, cursor }: PageQuery): Page<PipelineVersion> {
    const current = this.#currentHash(workspaceId, pipelineId);
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const rows = this.#db.$client
      .prepare<[string, string, number, number, string, number], Row>(
        `SELECT ${COLUMNS} WHERE v.workspace_id = ? AND v.pipeline_id = ? AND ${KEPT} AND (at < ? OR (at = ? AND v.id < ?)) ORDER BY at DESC, v.id DESC LIMIT ?`,
      )
      .all(workspaceId, pipelineId, after?.at ?? Number.MAX_SAFE_INTEGER, after?.at ?? 0, after?.id ?? '', limit + 1);
    return pageOf(
      rows,
      limit,
      (row) => view(row, current),
      (row) => ({ at: row.at, id: row.id }),
    );
  }

  get(workspaceId: string, pipelineId: string, id: string): PipelineVersionView {
    const current = this.#currentHash(workspaceId, pipelineId);
    const row = this.#db.$client
      .prepare<[string, string, string], Row & { readonly document: string }>(
        `SELECT v.document, ${COLUMNS} WHERE v.workspace_id = ? AND v.pipeline_id = ? AND v.id = ? AND ${KEPT}`,
      )
      .get(workspaceId, pipelineId, id);
    if (!row) throw notFound('version', id);
    return { ...view(row, current), document: this.#pipelines.read(JSON.parse(row.document)) };
  }

  /**
   * Gives the pipeline, as it is saved now, a name to come back to; where that state has one already, another.
   * @throws AppError 412 when it was saved since `revision`, so that nobody names what they have not seen
   */
  name(
    workspaceId: string,
    pipelineId: string,
    { revision, name, description, by }: { revision?: number; name: string; description: string; by: string },
  ): PipelineVersion {
    const { document, revision: now } = this.#pipelines.get(workspaceId, pipelineId);
    if (revision !== undefined && revision !== now)
      throw new AppError(412, 'The pipeline was saved in between. Look at it again, then name it.', { code: 'revision_changed' });
    const text = canonicalJson(document);
    const at = this.#clock.now();
    const { $client } = this.#db;
    $client
      .prepare(
        `INSERT INTO pipeline_versions (id, workspace_id, pipeline_id, revision, hash, document, created_at, name, description, named_by, named_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (pipeline_id, hash) DO UPDATE SET name = excluded.name, description = excluded.description, named_by = excluded.named_by, named_at = excluded.named_at`,
      )
      .run(newId(at), workspaceId, pipelineId, now, hashText(text), text, at, name, description, by, at);
    const id = $client
      .prepare<[string, string], string>('SELECT id FROM pipeline_versions WHERE pipeline_id = ? AND hash = ?')
      .pluck()
      .get(pipelineId, hashText(text))!;
    return this.#summary(workspaceId, pipelineId, id);
  }

  /** Changes name and description of a version; `by` and the time stay where it had a name. */
  rename(workspaceId: string, pipelineId: string, id: string, { name, description, by }: { name: string; description?: string; by: string }): PipelineVersion {
    this.#summary(workspaceId, pipelineId, id);
    this.#db.$client
      .prepare(
        `UPDATE pipeline_versions SET name = ?, description = coalesce(?, description), named_by = coalesce(named_by, ?), named_at = coalesce(named_at, ?)
         WHERE workspace_id = ? AND pipeline_id = ? AND id = ?`,
      )
      .run(name, description ?? null, by, this.#clock.now(), workspaceId, pipelineId, id);
    return this.#summary(workspaceId, pipelineId, id);
  }

  /** Takes the name away. A version that runs hold stays with them; any other is gone. */
  unname(workspaceId: string, pipelineId: string, id: string): void {
    const { runCount } = this.#summary(workspaceId, pipelineId, id);
    const sql =
      runCount === 0 && !this.#isPublished(id)
        ? 'DELETE FROM pipeline_versions WHERE workspace_id = ? AND pipeline_id = ? AND id = ?'
        : `UPDATE pipeline_versions SET name = NULL, description = '', named_by = NULL, named_at = NULL WHERE workspace_id = ? AND pipeline_id = ? AND id = ?`;
    this.#db.$client.prepare(sql).run(workspaceId, pipelineId, id);
  }

  /** Whether a pipeline endpoint runs it. */
  #isPublished(id: string): boolean {
    return this.#db.$client.prepare('SELECT 1 FROM pipeline_endpoint_versions WHERE pipeline_version_id = ? LIMIT 1').get(id) !== undefined;
  }

  #summary(workspaceId: string, pipelineId: string, id: string): PipelineVersion {
    const { document: _document, ...version } = this.get(workspaceId, pipelineId, id);
    return version;
  }

  #currentHash(workspaceId: string, pipelineId: string): string {
    return hashText(canonicalJson(this.#pipelines.get(workspaceId, pipelineId).document));
  }
}

function view(row: Row, currentHash: string): PipelineVersion {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    by: row.namedBy ?? row.startedBy ?? '',
    at: iso(row.at),
    revision: row.revision,
    nodeCount: row.nodeCount,
    runCount: row.runCount,
    lastRun: row.runId === null ? null : { id: row.runId, number: row.runNumber!, status: row.runStatus!, headline: row.runHeadline },
    current: row.hash === currentHash,
  };
}
