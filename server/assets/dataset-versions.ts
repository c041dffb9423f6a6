import type { Catalog } from '#nodes/kit/define.ts';
import type { Database } from '../db/client.ts';
import { lineageOf, type DatasetLineage } from './dataset-lineage.ts';
import type { Datasets } from './datasets.ts';
import type { TableComparisons, TablesDiff } from './table-comparisons.ts';

export interface DatasetDiff extends TablesDiff {
  readonly name: string;
  /** Versions. */
  readonly before: number;
  readonly after: number;
}

interface Parts {
  readonly db: Database;
  readonly catalog: Catalog;
  readonly datasets: Datasets;
  readonly comparisons: TableComparisons;
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
    const { datasets, comparisons } = this.#parts;
    const hashes = { before: datasets.version(workspaceId, name, before).hash, after: datasets.version(workspaceId, name, after).hash };
    return { name, before, after, ...(await comparisons.diff(workspaceId, hashes, keys, signal)) };
  }
}
