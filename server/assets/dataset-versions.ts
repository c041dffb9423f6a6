import { NodeError } from '#nodes/kit/issues.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import type { Database } from '../db/client.ts';
import type { RowsDiff } from '../executor/messages.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Artifacts } from './artifacts.ts';
import { lineageOf, type DatasetLineage } from './dataset-lineage.ts';
import { unparsable, type Datasets } from './datasets.ts';
import { commonColumns, diffSchemas, type SchemaDiff } from './schema-diff.ts';

export interface DatasetDiff {
  readonly name: string;
  /** Versions. */
  readonly before: number;
  readonly after: number;
  readonly schema: SchemaDiff;
  readonly rowCount: { readonly before: number; readonly after: number };
  /** Compared in the columns that both versions have. */
  readonly rows: RowsDiff;
}

interface Parts {
  readonly db: Database;
  readonly catalog: Catalog;
  readonly datasets: Datasets;
  readonly artifacts: Artifacts;
  readonly pool: Pick<StepPool, 'task'>;
}

/** What the versions of a dataset have to do with each other, and with runs. */
export class DatasetVersions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  lineage(workspaceId: string, name: string, version: number): DatasetLineage {
    const { db, catalog, datasets } = this.#parts;
    const found = datasets.version(workspaceId, name, version);
    return lineageOf(db, catalog, workspaceId, found, datasets.get(workspaceId, name).latest.version === version);
  }

  /** What differs between two versions; rows are compared in a step process. Throws 422 when the keys do not tell rows apart. */
  async diff(
    workspaceId: string,
    name: string,
    { before, after, keys }: { before: number; after: number; keys: readonly string[] },
    signal?: AbortSignal,
  ): Promise<DatasetDiff> {
    const { datasets, artifacts, pool } = this.#parts;
    const old = datasets.version(workspaceId, name, before);
    const now = datasets.version(workspaceId, name, after);
    const schema = diffSchemas(old.schema, now.schema);
    const [first, second] = await Promise.all([artifacts.open(workspaceId, old.hash), artifacts.open(workspaceId, now.hash)]);
    try {
      const pairs = commonColumns(old.schema, now.schema, schema);
      const rows = await pool.task('diff', { before: first, after: second, pairs, keys: [...new Set(keys)] }, signal);
      return { name, before, after, schema, rowCount: { before: old.rowCount, after: now.rowCount }, rows };
    } catch (error) {
      throw error instanceof NodeError ? unparsable(error) : error;
    }
  }
}
