import type { TrainingData } from '../kit/context.ts';
import type { Model } from '../kit/kinds.ts';
import { modelOutputs } from '../kit/model-schema.ts';
import { encodeFeatures, type MatrixColumn } from '../kit/onnx/encode.ts';
import { floats, GraphBuilder, int, ints, strings } from '../kit/onnx/builder.ts';
import { metadataOf } from '../kit/onnx/metadata.ts';
import type { ModelSummary } from '../kit/reports.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES, type Signature, type Task } from '../kit/signature.ts';
import { isTextual } from '../kit/table.ts';
import type { Ensemble } from '../kernels/boosted-trees.ts';
import type { Features } from './features.server.ts';
import type { TwoClasses } from './labels.server.ts';

export interface ModelParts {
  readonly learner: string;
  readonly title: string;
  readonly task: Task;
  readonly params: Record<string, unknown>;
  readonly data: TrainingData;
  readonly features: Features;
  /** For two classes. */
  readonly classes?: TwoClasses;
  /** Writes the score [rows, 1] (log-odds for two classes) from the matrix [rows, F] and gives its name. */
  readonly score: (builder: GraphBuilder, matrix: string) => string;
  readonly importance: ReadonlyMap<string, number>;
  readonly history: readonly number[];
  readonly notes: readonly string[];
}

/** Writes the ONNX file of a trained model: encoder, score and outputs, with its signature and summary. */
export function modelOf({ learner, title, task, params, data, features, classes, score, importance, history, notes }: ModelParts): Model {
  const builder = new GraphBuilder();
  const { matrix } = encodeFeatures(builder, features.encodings);
  const value = score(builder, matrix);
  if (classes) writeClasses(builder, value, classes, isTextual(data.label.schema.type));
  else builder.output(SCORED_LABELS, value, 'float');
  const { name, type } = data.label.schema;
  const signature: Signature = {
    kind: 'model',
    inputs: features.inputs,
    outputs: modelOutputs(task, data.label.schema),
    drops: [],
    task,
    label: { name, type, ...(classes ? { levels: classes.levels } : {}) },
    learner,
    rowCount: data.rowCount,
  };
  const sorted = [...importance].map(([column, share]) => ({ column, value: share })).sort((a, b) => b.value - a.value || (a.column < b.column ? -1 : 1));
  const summary: ModelSummary = { learner, title, task, params, rowCount: data.rowCount, importance: sorted, history, notes: [...features.notes, ...notes] };
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}

/** Probability of the positive class, and the label at 0.5. */
function writeClasses(builder: GraphBuilder, score: string, { values: [negative, positive] }: TwoClasses, textual: boolean): void {
  const probability = builder.node('Sigmoid', [score]);
  const yes = builder.node('GreaterOrEqual', [probability, builder.floats([0.5], [1, 1])]);
  const constant = (value: number | string) => (textual ? builder.strings([String(value)], [1, 1]) : builder.floats([Number(value)], [1, 1]));
  builder.output(SCORED_LABELS, builder.node('Where', [yes, constant(positive), constant(negative)]), textual ? 'string' : 'float');
  builder.output(SCORED_PROBABILITIES, probability, 'float');
}

/** matrix × coefficients + intercept; coefficients have the intercept last. */
export function linearScore(coefficients: Float64Array): ModelParts['score'] {
  const width = coefficients.length - 1;
  return (builder, matrix) =>
    builder.node('Gemm', [matrix, builder.floats(coefficients.subarray(0, width), [width, 1]), builder.floats([coefficients[width]!], [1])]);
}

/** Sums absolute coefficients of the matrix by the feature that a column comes from. */
export function coefficientImportance(coefficients: Float64Array, columns: readonly MatrixColumn[], features: Features, scaled: boolean): Map<string, number> {
  const importance = new Map(features.inputs.map((each) => [each.name, 0]));
  columns.forEach(({ feature }, index) => {
    importance.set(feature, importance.get(feature)! + Math.abs(coefficients[index]!) * (scaled ? 1 : deviationOf(features.values(index))));
  });
  return importance;
}

function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length);
}

/** Shares of the total gain by feature. */
export function gainImportance({ trees }: Ensemble, features: Features): Map<string, number> {
  const gains = new Map(features.inputs.map((each) => [each.name, 0]));
  let total = 0;
  for (const { feature, gain } of trees) {
    feature.forEach((column, node) => {
      if (column < 0) return;
      const { feature: name } = features.columns[column]!;
      gains.set(name, gains.get(name)! + gain[node]!);
      total += gain[node]!;
    });
  }
  return total > 0 ? new Map([...gains].map(([name, gain]) => [name, gain / total])) : gains;
}

/** The trees as one operator. A regressor also for two classes: its sum is the log-odds. */
export function treeScore({ start, trees }: Ensemble): ModelParts['score'] {
  const leaf = { feature: [-1], threshold: [0], left: [0], right: [0], missingLeft: [0], value: [0] };
  const all = trees.length > 0 ? trees : [leaf];
  const each = <T>(pick: (tree: (typeof all)[number], node: number, index: number) => T): T[] =>
    all.flatMap((tree, index) => Array.from({ length: tree.feature.length }, (_, node) => pick(tree, node, index)));
  const leaves = each((tree, node, index) => ({ tree: index, node, value: tree.value[node]!, isLeaf: tree.feature[node]! < 0 })).filter(({ isLeaf }) => isLeaf);
  return (builder, matrix) =>
    builder.ml('TreeEnsembleRegressor', [matrix], {
      n_targets: int(1),
      base_values: floats([start]),
      nodes_treeids: ints(each((_tree, _node, index) => index)),
      nodes_nodeids: ints(each((_tree, node) => node)),
      nodes_featureids: ints(each(({ feature }, node) => Math.max(0, feature[node]!))),
      nodes_values: floats(each(({ threshold }, node) => threshold[node]!)),
      nodes_modes: strings(each(({ feature }, node) => (feature[node]! < 0 ? 'LEAF' : 'BRANCH_LEQ'))),
      nodes_truenodeids: ints(each(({ left }, node) => left[node]!)),
      nodes_falsenodeids: ints(each(({ right }, node) => right[node]!)),
      nodes_missing_value_tracks_true: ints(each(({ missingLeft }, node) => missingLeft[node]!)),
      nodes_hitrates: floats(each(() => 1)),
      target_treeids: ints(leaves.map((one) => one.tree)),
      target_nodeids: ints(leaves.map((one) => one.node)),
      target_ids: ints(leaves.map(() => 0)),
      target_weights: floats(leaves.map((one) => one.value)),
    });
}
