import { and, count, desc, eq, gt, max } from '../db/drizzle.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { artifacts, datasets, datasetVersions } from '../db/schema.ts';
import { AppError, isDiskFull, notFound } from '../errors.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Store } from '../store/store.ts';
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
}
export interface Dataset {
  readonly name: string;
  readonly description: string;
  readonly latest: DatasetVersion;
  readonly versionCount: number;
}
export interface DatasetDetail extends Dataset {
  readonly versions: readonly DatasetVersion[];
}

interface Parts {
  readonly db: Database;
  readonly store: Store;
  readonly pool: Pick<StepPool, 'task'>;
  readonly clock: Clock;
}
type VersionRow = typeof datasetVersions.$inferSelect;

/** Tables of a workspace by name and version. */
export class Datasets {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Parses a file into a new version, in a step process. Throws 422 with the reason when it cannot be read. */
  async ingest(
    workspaceId: string,
    name: string,
    file: { path: string; fileName: string },
    source: 'upload' | 'sample',
    signal?: AbortSignal,
  ): Promise<DatasetVersion> {
    const { db, store, pool, clock } = this.#parts;
    const attempt = newId();
    const outputFolder = store.newOutputFolder(attempt);
    let release = (): void => {};
    try {
      const { artifact, notes } = await pool.task('ingest', { path: file.path, name: file.fileName, outputFolder }, signal);
      if (artifact.meta.kind !== 'table') throw new Error('The ingest task gave no table.');
      const { schema, rowCount } = artifact.meta;
      release = store.hold(artifact.hash);
      await store.publish(artifact.path, artifact.hash);
      const now = clock.now();
      return db.transaction((tx) => {
        let dataset = tx
          .select()
          .from(datasets)
          .where(and(eq(datasets.workspaceId, workspaceId), eq(datasets.name, name)))
          .get();
        if (!dataset) {
          dataset = { id: newId(now), workspaceId, name, description: '', createdAt: now };
          tx.insert(datasets).values(dataset).run();
        }
        const newest = tx
          .select({ version: max(datasetVersions.version) })
          .from(datasetVersions)
          .where(eq(datasetVersions.datasetId, dataset.id))
          .get();
        const row: VersionRow = {
          id: newId(now),
          workspaceId,
          datasetId: dataset.id,
          version: (newest?.version ?? 0) + 1,
          hash: artifact.hash,
          schema,
          rowCount,
          bytes: artifact.bytes,
          fileName: file.fileName,
          notes,
          source,
          createdAt: now,
        };
        tx.insert(artifacts)
          .values({ workspaceId, hash: artifact.hash, kind: 'table', bytes: artifact.bytes, meta: artifact.meta, createdAt: now })
          .onConflictDoNothing()
          .run();
        tx.insert(datasetVersions).values(row).run();
        return versionView(name, row);
      });
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
    return { name, description: dataset.description, latest: versions[0]!, versionCount: versions.length, versions };
  }

  get(workspaceId: string, name: string): DatasetDetail {
    const found = this.find(workspaceId, name);
    if (!found) throw notFound('dataset', name);
    return found;
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
      return { name: row.name, description: row.description, latest: versionView(row.name, latest), versionCount: versions?.count ?? 0 };
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
  const { version, hash, schema, rowCount, bytes, fileName, notes, source } = row;
  return { name, version, hash, schema, rowCount, bytes, fileName, notes, createdAt: iso(row.createdAt), source };
}

/** What a step process says of a file, as a 422. */
export function unparsable(error: unknown): unknown {
  if (!(error instanceof NodeError) || isDiskFull(error)) return error;
  const issue = { code: error.code, level: 'error' as const, message: error.message, node: null, ...(error.param === undefined ? {} : { param: error.param }) };
  return new AppError(422, error.message, { code: error.code, issues: [issue], cause: error });
}
