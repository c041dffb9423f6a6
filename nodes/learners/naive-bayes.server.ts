import type { FitContext, MemoryNeed, TrainingData, TrainingShape } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import { int, type GraphBuilder } from '../kit/onnx/builder.ts';
import { prepareFeatures, type Features } from './features.server.ts';
import type { Classes } from './labels.server.ts';
import { turns } from '../kernels/turns.ts';

export interface BayesOptions {
  /** Added to each variance, as a share of the largest variance of a column. */
  readonly smoothing: number;
  /** Added to each count of a level (Laplace). */
  readonly pseudoCount: number;
  /** `training`: each class as often as its rows; `uniform`: all alike. */
  readonly priors: 'training' | 'uniform';
}

export interface BayesFitted {
  readonly features: Features;
  /** Logarithm of prior × likelihood of each class, [rows, classes]. */
  readonly score: (builder: GraphBuilder, matrix: string) => string;
  readonly importance: ReadonlyMap<string, number>;
  readonly history: readonly number[];
  readonly notes: readonly string[];
}

/** A column at a time, as it is and as the graph will see it. */
export const bayesMemory = ({ rowCount }: TrainingShape): MemoryNeed => ({ bytes: rowCount * 12 });

interface Column {
  /** Mean and deviation of a number by class, or the log share of a level by class. */
  readonly kind: 'number' | 'level';
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/**
 * Naive Bayes: classes by Bayes' rule, columns independent given the class; numbers normal with a mean and a variance by class, levels with
 * their smoothed share by class (Hastie, Tibshirani & Friedman 2009, §6.6.3). Missing values and unknown levels leave their column out.
 */
export async function fitBayes(
  data: TrainingData,
  classes: Classes,
  weights: Float64Array | undefined,
  options: BayesOptions,
  context: FitContext,
): Promise<BayesFitted> {
  const breathe = turns(context.signal);
  const features = prepareFeatures(data, { missing: 'keep', scaling: 'none', missingNote: 'Missing values and unknown categories leave their column out.' });
  const infinite = features.inputs.find(({ name }) =>
    data.features.some(({ schema, values }) => schema.name === name && values instanceof Float64Array && values.some((each) => Math.abs(each) === Infinity)),
  );
  if (infinite) throw new NodeError('values_not_finite', `“${infinite.name}” holds infinite values, or numbers beyond 3.4e38. Replace or remove these rows.`);
  const count = classes.levels.length;
  const { targets } = classes;
  const totals = new Float64Array(count);
  for (let row = 0; row < targets.length; row += 1) totals[targets[row]!]! += weights?.[row] ?? 1;
  const levelTotals = await countLevels(features, targets, weights, count);
  const columns: Column[] = [];
  let largest = 0;
  for (const [index, { feature, level }] of features.columns.entries()) {
    const figures = moments(features.values(index), targets, weights, count);
    if (level === undefined) largest = Math.max(largest, figures.variance);
    const { seen, levels } = levelTotals.get(feature) ?? { seen: totals, levels: 1 };
    const shares = figures.sums.map((sum, k) => Math.log((sum + options.pseudoCount) / (seen[k]! + options.pseudoCount * levels)));
    columns.push(
      level === undefined ? { kind: 'number', means: figures.means, deviations: figures.variances } : { kind: 'level', means: shares, deviations: shares },
    );
    context.progress((index + 1) / features.columns.length, `column ${index + 1} of ${features.columns.length}`);
    await breathe();
  }
  const smoothed = columns.map((each) =>
    each.kind === 'level' ? each : { ...each, deviations: each.deviations.map((variance) => Math.sqrt(variance + options.smoothing * largest || 1)) },
  );
  const weightTotal = totals.reduce((sum, each) => sum + each, 0);
  const priors = totals.map((each) => Math.log(options.priors === 'uniform' ? 1 / count : each / weightTotal));
  return {
    features,
    score: bayesScore(smoothed, priors),
    importance: importanceOf(smoothed, features, totals),
    history: [],
    notes: [],
  };
}

/** How many rows of each class have a known level of a category. */
async function countLevels(features: Features, targets: Int32Array, weights: Float64Array | undefined, count: number) {
  const found = new Map<string, { seen: Float64Array; levels: number }>();
  for (const [index, { feature, level }] of features.columns.entries()) {
    if (level === undefined) continue;
    const entry = found.get(feature) ?? { seen: new Float64Array(count), levels: 0 };
    moments(features.values(index), targets, weights, count).sums.forEach((sum, k) => (entry.seen[k]! += sum));
    found.set(feature, { ...entry, levels: entry.levels + 1 });
  }
  return found;
}

/** Weighted sums, means and variances by class, and the variance of all rows; NaN is left out. Two passes. */
function moments(values: Float32Array, targets: Int32Array, weights: Float64Array | undefined, count: number) {
  const [sums, seen, squares] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value !== value) continue;
    const weight = weights?.[row] ?? 1;
    sums[targets[row]!]! += weight * value;
    seen[targets[row]!]! += weight;
  }
  const total = seen.reduce((sum, each) => sum + each, 0);
  const mean = sums.reduce((sum, each) => sum + each, 0) / total;
  // A class without a value of this column is taken to be as all rows are.
  const means = sums.map((sum, k) => Math.fround(seen[k]! > 0 ? sum / seen[k]! : mean));
  let spread = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value !== value) continue;
    const weight = weights?.[row] ?? 1;
    squares[targets[row]!]! += weight * (value - means[targets[row]!]!) ** 2;
    spread += weight * (value - mean) ** 2;
  }
  const variance = spread / total;
  return { sums, means, variances: squares.map((sum, k) => (seen[k]! > 0 ? sum / seen[k]! : variance)), variance };
}

/**
 * Numbers come first in the matrix, then levels. The sums of logarithms are taken in float64, less that of the likeliest class: over many columns
 * they are far larger than what they differ by.
 */
function bayesScore(columns: readonly Column[], priors: Float64Array): BayesFitted['score'] {
  const numeric = columns.filter((each) => each.kind === 'number');
  const levels = columns.filter((each) => each.kind === 'level');
  return (builder, matrix) => {
    const parts =
      numeric.length > 0 && levels.length > 0
        ? builder.nodes('Split', [matrix, builder.int64s([numeric.length, levels.length])], { axis: int(1) }, { outputs: 2 })
        : [matrix, matrix];
    let sums = builder.doubles(priors, [1, priors.length]);
    if (levels.length > 0) sums = builder.node('Add', [logShares(builder, builder.cast(parts[1]!, 'double'), levels, priors.length), sums]);
    if (numeric.length > 0) sums = builder.node('Add', [logDensities(builder, builder.cast(parts[0]!, 'double'), numeric, priors.length), sums]);
    const largest = builder.node('ReduceMax', [sums, builder.int64s([1])], { keepdims: int(1) });
    return builder.cast(builder.node('Sub', [sums, largest]), 'float');
  };
}

function logShares(builder: GraphBuilder, indicators: string, levels: readonly Column[], classes: number): string {
  const shares = levels.flatMap((each) => [...each.means]);
  return builder.node('MatMul', [indicators, builder.doubles(shares, [levels.length, classes])]);
}

/** Of the values that are there. */
function logDensities(builder: GraphBuilder, values: string, numeric: readonly Column[], classes: number): string {
  const missing = builder.node('IsNaN', [values]);
  const none = builder.doubles([0]);
  const densities = Array.from({ length: classes }, (_, k) => {
    const row = (pick: (each: Column) => number) => builder.doubles(numeric.map(pick), [1, numeric.length]);
    const distance = builder.node('Mul', [builder.node('Sub', [values, row((each) => each.means[k]!)]), row((each) => 1 / each.deviations[k]!)]);
    const squared = builder.node('Mul', [builder.node('Mul', [distance, distance]), builder.doubles([-0.5])]);
    const density = builder.node('Sub', [squared, row((each) => Math.log(each.deviations[k]! * Math.sqrt(2 * Math.PI)))]);
    return builder.node('ReduceSum', [builder.node('Where', [missing, none, density]), builder.int64s([1])], { keepdims: int(1) });
  });
  return builder.concat(densities);
}

/** How far classes lie apart in a column: the spread of the classes' means (or log shares) by their deviation, weighted by class. */
function importanceOf(columns: readonly Column[], features: Features, totals: Float64Array): Map<string, number> {
  const importance = new Map(features.inputs.map((each) => [each.name, 0]));
  const total = totals.reduce((sum, each) => sum + each, 0);
  columns.forEach(({ kind, means, deviations }, index) => {
    const mean = means.reduce((sum, each, k) => sum + (each * totals[k]!) / total, 0);
    const spread = Math.sqrt(means.reduce((sum, each, k) => sum + ((each - mean) ** 2 * totals[k]!) / total, 0));
    const within = kind === 'level' ? 1 : deviations.reduce((sum, each, k) => sum + (each * totals[k]!) / total, 0);
    const { feature } = features.columns[index]!;
    importance.set(feature, importance.get(feature)! + spread / within);
  });
  return importance;
}
