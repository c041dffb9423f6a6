import type { LearnerSpec } from '../kit/kinds.ts';
import { ASSIGNMENTS, distanceColumn } from '../kit/signature.ts';
import type { Columns, ColumnValues } from '../kit/table.ts';

/**
 * A label column in which rows get the label of the one nearest to their cluster's centre among those that have a label: all of them, or only
 * where it is missing. The rows of a cluster without any label keep what they have. `scores` are what a clustering model gives the same rows.
 */
export function labelsByCluster(values: ColumnValues, mode: NonNullable<LearnerSpec['labels']>, scores: Columns): ColumnValues {
  const missing = (row: number) => values[row] === null || values[row] === '' || Number.isNaN(values[row]);
  const clusters = scores.get(ASSIGNMENTS) as Float64Array;
  const nearest = new Map<number, number>();
  clusters.forEach((cluster, row) => {
    if (missing(row)) return;
    const distances = scores.get(distanceColumn(cluster)) as Float64Array;
    const before = nearest.get(cluster);
    if (before === undefined || distances[row]! < distances[before]!) nearest.set(cluster, row);
  });
  const source = (row: number) => (mode === 'overwrite' || missing(row) ? (nearest.get(clusters[row]!) ?? row) : row);
  return values instanceof Float64Array ? values.map((_, row) => values[source(row)]!) : values.map((_, row) => values[source(row)]!);
}
