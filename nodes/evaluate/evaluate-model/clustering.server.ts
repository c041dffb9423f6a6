import type { ClusteringEvaluation, ClusteringModel, ClusterRow } from '../../kit/evaluation.ts';
import { NodeError } from '../../kit/issues.ts';
import { ASSIGNMENTS, distanceColumn } from '../../kit/signature.ts';
import { isTextual, type ColumnSchema, type Columns, type ColumnValues } from '../../kit/table.ts';
import { silhouetteSamples } from '../metrics/silhouette.ts';
import { principalProjection } from './projection.ts';
import { defined, numbersOf, type Scored } from './rows.server.ts';

/** Silhouettes cost the square of the rows, and more points than this cover each other. */
const SAMPLED_ROWS = 1_500;
const DRAWN_SILHOUETTES = 40;
const MAXIMUM_CLUSTERS = 1_000;
const MAXIMUM_COLUMNS = 100;
const MAXIMUM_LEVELS = 20;
const DISTANCES = distanceColumn(0).slice(0, -1);

/** Throws NodeError `features_none`, `rows_all_missing`, `column_wrong_type`, `label_too_many_classes`. */
export async function evaluateClustering(tables: readonly Scored[]): Promise<ClusteringEvaluation> {
  const models: ClusteringModel[] = [];
  let columns: readonly string[] = [];
  for (const [index, scored] of tables.entries()) {
    const features = featuresOf(scored);
    models.push(await clusteringModel(scored, features));
    if (index === 0) columns = features.map(({ name }) => name);
  }
  return { type: 'evaluation', task: 'clustering', summary: models[0]!.metrics, columns, models };
}

function featuresOf({ table }: Scored): readonly ColumnSchema[] {
  const features = table.schema.columns
    .filter(({ role, name, type }) => role === 'feature' && name !== ASSIGNMENTS && type !== 'datetime' && type !== 'text')
    .slice(0, MAXIMUM_COLUMNS);
  if (features.length > 0) return features;
  throw new NodeError('features_none', 'The dataset has no feature column, so no distance can be measured. Connect the clustered rows with their columns.');
}

async function clusteringModel({ name, table }: Scored, features: readonly ColumnSchema[]): Promise<ClusteringModel> {
  const distances = table.schema.columns.filter((each) => each.role === 'score' && each.name.startsWith(DISTANCES)).map((each) => each.name);
  const columns = await table.read([...features.map((each) => each.name), ASSIGNMENTS, ...distances]);
  const assigned = numbersOf(columns, ASSIGNMENTS);
  const known = Uint32Array.from(assigned.keys()).filter((row) => assigned[row]! >= 0);
  if (known.length === 0) throw new NodeError('rows_all_missing', 'No row has a cluster.');
  const count = known.reduce((most, row) => Math.max(most, assigned[row]! + 1), 0);
  if (count > MAXIMUM_CLUSTERS) {
    const message = `There are ${count.toLocaleString('en-US')} clusters, but at most ${MAXIMUM_CLUSTERS.toLocaleString('en-US')} can be judged. Find fewer.`;
    throw new NodeError('label_too_many_classes', message);
  }
  const sampled = evenly(known, SAMPLED_ROWS);
  const { matrix, width } = standardized(features, columns, sampled);
  const clusters = Int32Array.from(sampled, (row) => assigned[row]!);
  const samples = silhouetteSamples(matrix, width, clusters);
  const { first, second, explained } = principalProjection(matrix, width, sampled.length);
  const rows = Array.from({ length: count }, (_, cluster): ClusterRow => {
    const own = samples.filter((value, at) => clusters[at] === cluster && !Number.isNaN(value)).sort((a, b) => b - a);
    const members = known.filter((row) => assigned[row] === cluster);
    const toCentre = columns.has(distanceColumn(cluster)) ? members.reduce(distanceStatistics(numbersOf(columns, distanceColumn(cluster))), NO_DISTANCE) : null;
    return {
      cluster,
      rowCount: members.length,
      silhouette: own.length > 0 ? mean(own) : null,
      meanDistance: toCentre && toCentre.count > 0 ? toCentre.sum / toCentre.count : null,
      maximumDistance: toCentre && toCentre.count > 0 ? toCentre.maximum : null,
      silhouettes: [...evenly(own, DRAWN_SILHOUETTES)],
    };
  }).filter(({ rowCount }) => rowCount > 0);
  const far = rows.flatMap(({ meanDistance, rowCount }) => (meanDistance === null ? [] : [{ meanDistance, rowCount }]));
  return {
    name,
    rowCount: known.length,
    metrics: defined({
      silhouette: mean(samples),
      clusters: rows.length,
      smallestCluster: Math.min(...rows.map((each) => each.rowCount)),
      largestCluster: Math.max(...rows.map((each) => each.rowCount)),
      meanDistance: far.reduce((sum, each) => sum + each.meanDistance * each.rowCount, 0) / far.reduce((sum, each) => sum + each.rowCount, 0),
    }),
    clusters: rows,
    points: Array.from(clusters, (cluster, at) => [first[at]!, second[at]!, cluster] as const),
    explained,
  };
}

const NO_DISTANCE = { sum: 0, count: 0, maximum: 0 };
const distanceStatistics = (values: Float64Array) => (before: typeof NO_DISTANCE, row: number) => {
  const value = values[row]!;
  if (Number.isNaN(value)) return before;
  return { sum: before.sum + value, count: before.count + 1, maximum: Math.max(before.maximum, value) };
};

const mean = (values: Float64Array): number => values.reduce((sum, each) => sum + each, 0) / values.length;

/** At most `most` of the values, at even distances. */
function evenly<T extends Float64Array | Uint32Array>(values: T, most: number): T {
  const count = Math.min(most, values.length);
  return values.filter((_, index) => Math.floor(((index + 1) * count) / values.length) > Math.floor((index * count) / values.length)) as T;
}

/** Numbers with mean 0 and deviation 1, a missing one as the mean; each category of at most 20 levels as one indicator per level. */
function standardized(features: readonly ColumnSchema[], columns: Columns, rows: Uint32Array): { matrix: Float64Array; width: number } {
  const made = features.flatMap((each): Float64Array[] => {
    const values = columns.get(each.name)!;
    return isTextual(each.type) ? indicators(values, rows) : [scaled(values as Float64Array, rows)];
  });
  const matrix = new Float64Array(rows.length * made.length);
  made.forEach((values, at) => {
    for (let row = 0; row < rows.length; row += 1) matrix[row * made.length + at] = values[row]!;
  });
  return { matrix, width: made.length };
}

function indicators(values: ColumnValues, rows: Uint32Array): Float64Array[] {
  const levels = [...new Set(Array.from(rows, (row) => values[row]))].filter((level) => level !== null && level !== '').sort();
  return levels.length > MAXIMUM_LEVELS ? [] : levels.map((level) => Float64Array.from(rows, (row) => Number(values[row] === level)));
}

function scaled(values: Float64Array, rows: Uint32Array): Float64Array {
  const present = Float64Array.from(
    rows.filter((row) => Number.isFinite(values[row])),
    (row) => values[row]!,
  );
  const centre = present.length > 0 ? mean(present) : 0;
  const deviation = Math.sqrt(mean(present.map((each) => (each - centre) ** 2)));
  return Float64Array.from(rows, (row) => (Number.isFinite(values[row]) && deviation > 0 ? (values[row]! - centre) / deviation : 0));
}
