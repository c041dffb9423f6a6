import { PINNED } from '../store/sweep.ts';

export const STORAGE_KINDS = ['dataset', 'file', 'run', 'model', 'deployment', 'pin'] as const;
export type StorageKind = (typeof STORAGE_KINDS)[number];

export interface StorageUse {
  /** All that it holds; equal content counts once. */
  readonly bytes: number;
  /** The part that something else holds too, so that deleting this one alone does not free it. */
  readonly sharedBytes: number;
}
export interface StorageOfKind extends StorageUse {
  readonly kind: StorageKind;
  readonly count: number;
}
export interface StorageItem extends StorageUse {
  readonly kind: StorageKind;
  readonly id: string;
  readonly name: string;
}
/** What is added up over all assets. */
export interface StorageTotals {
  /** All stored files of the installation. */
  readonly storedBytes: number;
  /** What a sweep would free. */
  readonly unreferencedBytes: number;
  readonly byKind: readonly StorageOfKind[];
  /** The largest first. */
  readonly items: readonly StorageItem[];
}

interface Holder {
  /** (id, hash) of all in the workspace; a hash may come twice. */
  readonly all: string;
  /** The hashes of one. */
  readonly own: string;
  /** Rows when something of this kind, other than @id, holds `own.hash`. */
  readonly other: string;
  readonly name: string;
}
const plainHolder = (table: string, id: string, name: string): Holder => ({
  all: `SELECT ${id} AS id, hash FROM ${table} WHERE workspace_id = @workspaceId`,
  own: `SELECT hash FROM ${table} WHERE workspace_id = @workspaceId AND ${id} = @id`,
  other: `SELECT 1 FROM ${table} WHERE workspace_id = @workspaceId AND hash = own.hash AND ${id} <> @id`,
  name,
});
/** What each pipeline's nodes are pinned to, read once for a question: (id, hash) as the table `pins`. */
export const PINS = `pins AS MATERIALIZED (SELECT p.id AS id, pinned.value AS hash ${PINNED} AND p.workspace_id = @workspaceId)`;
/** The order of the joins is fixed: without statistics SQLite would read all outputs to find those of one run. */
export const HOLDERS: Readonly<Record<StorageKind, Holder>> = {
  dataset: plainHolder('dataset_versions', 'dataset_id', 'SELECT name FROM datasets WHERE id = ?'),
  file: plainHolder('files', 'id', 'SELECT name FROM files WHERE id = ?'),
  run: {
    all: 'SELECT s.run_id AS id, o.hash FROM steps s CROSS JOIN step_outputs o ON o.step_id = s.id WHERE s.workspace_id = @workspaceId',
    own: 'SELECT o.hash FROM steps s CROSS JOIN step_outputs o ON o.step_id = s.id WHERE s.run_id = @id AND s.workspace_id = @workspaceId',
    other: 'SELECT 1 FROM step_outputs o CROSS JOIN steps s ON s.id = o.step_id WHERE o.workspace_id = @workspaceId AND o.hash = own.hash AND s.run_id <> @id',
    name: `SELECT pipeline_name || ', run ' || number FROM runs WHERE id = ?`,
  },
  model: plainHolder('model_versions', 'model_id', 'SELECT name FROM models WHERE id = ?'),
  deployment: plainHolder('deployments', 'id', "SELECT e.name || ' ' || d.name FROM deployments d JOIN endpoints e ON e.id = d.endpoint_id WHERE d.id = ?"),
  pin: {
    all: 'SELECT id, hash FROM pins',
    own: 'SELECT hash FROM pins WHERE id = @id',
    other: 'SELECT 1 FROM pins WHERE hash = own.hash AND id <> @id',
    name: 'SELECT name FROM pipelines WHERE id = ?',
  },
};
/** The runs of the pipeline @id together: they go with it. */
export const RUNS_OF_PIPELINE: Pick<Holder, 'own' | 'other'> = {
  own: 'SELECT o.hash FROM steps s CROSS JOIN step_outputs o ON o.step_id = s.id WHERE s.pipeline_id = @id AND s.workspace_id = @workspaceId',
  other:
    'SELECT 1 FROM step_outputs o CROSS JOIN steps s ON s.id = o.step_id WHERE o.workspace_id = @workspaceId AND o.hash = own.hash AND s.pipeline_id <> @id',
};
