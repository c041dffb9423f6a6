import { and, count, desc, eq, gt } from '../db/drizzle.ts';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { datasets, datasetVersions } from '../db/schema.ts';
import { AppError, isDiskFull, notFound } from '../errors.ts';
import type { ColumnChoice } from '../executor/messages.ts';
import { saveDatasetVersion, type OnDatasetSaved } from '../executor/save-dataset.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Store } from '../store/store.ts';
import { runsReading } from './dataset-lineage.ts';
import { decodeCursor, iso, pageOf, type Page, type PageQuery } from './pages.ts';

export interface DatasetVersion {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly schema: TableSchema;
  readonly rowCount: number;
  readonly bytes: number;
  readonly fileName: string;
  readonly notes: readonly string[];
  readonly createdAt: string;
  readonly source: 'upload' | 'sample' | 'run';
  readonly description: string;
  /** The run that made it; null when no run did, or when it is deleted. */
  readonly runId: string | null;
  readonly runNumber: number | null;
}
/** What people may change of a dataset. */
export interface DatasetDetails {
  readonly description: string;
  readonly tags: readonly string[];
  readonly licence: string;
}
export interface Dataset extends DatasetDetails {
  readonly name: string;
  readonly latest: DatasetVersion;
  readonly versionCount: number;
}
export interface DatasetDetail extends Dataset {
  readonly versions: readonly DatasetVersion[];
}

/** A file that becomes a version, how it is read, and what is said of the version. */
export interface FileToRead {
  readonly path: string;
  readonly fileName: string;
  readonly options?: Partial<ReadOptions>;
  readonly columns?: readonly ColumnChoice[];
  readonly description?: string;
}

interface Parts {
  readonly db: Database;
  readonly store: Store;
  readonly pool: Pick<StepPool, 'task'>;
  readonly clock: Clock;
  readonly onSaved?: OnDatasetSaved;
}
type VersionRow = typeof datasetVersions.$inferSelect;

/** Tables of a workspace by name and version. */
export class Datasets {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Parses a file into a new version, in a step process. Throws 422 with the reason when it cannot be read. */
  async ingest(workspaceId: string, name: string, file: FileToRead, source: 'upload' | 'sample', signal?: AbortSignal): Promise<DatasetVersion> {
    const { db, store, pool, clock, onSaved } = this.#parts;
    const attempt = newId();
    const outputFolder = await store.newOutputFolder(attempt);
    let release = (): void => {};
    try {
      const { artifact, notes } = await pool.task(
        'ingest',
        { path: file.path, name: file.fileName, outputFolder, options: file.options, columns: file.columns },
        signal,
      );
      if (artifact.meta.kind !== 'table') throw new Error('The ingest task gave no table.');
      release = store.hold(artifact.hash);
      await store.publish(artifact.path, artifact.hash);
      const version = db.transaction(() =>
        saveDatasetVersion(
          db,
          { workspaceId, name, artifact, fileName: file.fileName, notes, source, description: file.description ?? '', runId: null, runNumber: null },
          clock.now(),
          onSaved,
        ),
      );
      return this.version(workspaceId, name, version);
    } catch (error) {
      throw unparsable(error);
    } finally {
      release();
      store.removeOutputFolder(attempt);
    }
  }

  find(workspaceId: string, name: string): DatasetDetail | null {
    const { db } = this.#parts;
    const dataset = db
      .select()
      .from(datasets)
      .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name)))
      .get();
    if (!dataset) return null;
    const versions = db
      .select()
      .from(datasetVersions)
      .where(eq(datasetVersions.datasetId, dataset.id))
      .orderBy(desc(datasetVersions.version))
      .all()
      .map((row) => versionView(name, row));
    return { ...detailsOf(dataset), latest: versions[0]!, versionCount: versions.length, versions };
  }

  get(workspaceId: string, name: string): DatasetDetail {
    const found = this.find(workspaceId, name);
    if (!found) throw notFound('dataset', name);
    return found;
  }

  version(workspaceId: string, name: string, version: number): DatasetVersion {
    const found = this.get(workspaceId, name).versions.find((each) => each.version === version);
    if (!found) throw notFound(`version ${version} of the dataset`, name);
    return found;
  }

  update(workspaceId: string, name: string, details: Partial<DatasetDetails>): DatasetDetail {
    const { tags } = details;
    const set = { ...details, ...(tags && { tags: [...new Set(tags)] }) };
    if (Object.keys(set).length > 0)
      this.#parts.db
        .update(datasets)
        .set(set)
        .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name)))
        .run();
    return this.get(workspaceId, name);
  }

  describeVersion(workspaceId: string, name: string, version: number, description: string): DatasetVersion {
    this.version(workspaceId, name, version);
    this.#parts.db.$client
      .prepare('UPDATE dataset_versions SET description = ? WHERE version = ? AND dataset_id = (SELECT id FROM datasets WHERE workspace_id = ? AND name = ?)')
      .run(description, version, workspaceId, name);
    return this.version(workspaceId, name, version);
  }

  /** Deletes one version for good. Throws 409 when a run that has not ended reads it, or when it is the only one. */
  removeVersion(workspaceId: string, name: string, version: number): void {
    const { db } = this.#parts;
    db.transaction((tx) => {
      const { versionCount } = this.get(workspaceId, name);
      const { hash } = this.version(workspaceId, name, version);
      const runs = runsReading(db, { workspaceId, name, version, hash }, { underWay: true, most: 5 });
      if (runs.length > 0) {
        const who = runs.map((run) => `run ${run.number} of “${run.pipelineName}”`).join(', ');
        throw new AppError(409, `Version ${version} of “${name}” is read by ${who}. Wait until it has ended, or cancel it.`, { code: 'dataset_in_use' });
      }
      if (versionCount === 1) throw new AppError(409, `It is the only version of “${name}”. Delete the dataset instead.`, { code: 'last_version' });
      const dataset = tx
        .select({ id: datasets.id })
        .from(datasets)
        .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name)))
        .get();
      tx.delete(datasetVersions)
        .where(and(eq(datasetVersions.datasetId, dataset!.id), eq(datasetVersions.version, version)))
        .run();
    });
  }

  list(workspaceId: string, { limit = 50, cursor }: PageQuery): Page<Dataset> {
    const { db } = this.#parts;
    const after = cursor === undefined ? undefined : decodeCursor(cursor).id;
    const rows = db
      .select()
      .from(datasets)
      .where(and(eq(datasets.workspaceId, workspaceId), after === undefined ? undefined : gt(datasets.name, after)))
      .orderBy(datasets.name)
      .limit(limit + 1)
      .all();
    const view = (row: typeof datasets.$inferSelect): Dataset => {
      const latest = db.select().from(datasetVersions).where(eq(datasetVersions.datasetId, row.id)).orderBy(desc(datasetVersions.version)).limit(1).get()!;
      const versions = db.select({ count: count() }).from(datasetVersions).where(eq(datasetVersions.datasetId, row.id)).get();
      return { ...detailsOf(row), latest: versionView(row.name, latest), versionCount: versions?.count ?? 0 };
    };
    return pageOf(rows, limit, view, (row) => ({ at: 0, id: row.name }));
  }

  remove(workspaceId: string, name: string): void {
    const { changes } = this.#parts.db
      .delete(datasets)
      .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name)))
      .run();
    if (changes === 0) throw notFound('dataset', name);
  }
}

function versionView(name: string, row: VersionRow): DatasetVersion {
  const { version, hash, schema, rowCount, bytes, fileName, notes, source, description, runId, runNumber } = row;
  return { name, version, hash, schema, rowCount, bytes, fileName, notes, createdAt: iso(row.createdAt), source, description, runId, runNumber };
}

const detailsOf = ({ name, description, tags, licence }: typeof datasets.$inferSelect) => ({ name, description, tags, licence });

/** What a step process says of a file, as a 422. */
export function unparsable(error: unknown): unknown {
  if (!(error instanceof NodeError) || isDiskFull(error)) return error;
  const issue = { code: error.code, level: 'error' as const, message: error.message, node: null, ...(error.param === undefined ? {} : { param: error.param }) };
  return new AppError(422, error.message, { code: error.code, issues: [issue], cause: error });
}
