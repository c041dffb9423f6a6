import type { FitContext, MemoryNeed, TrainingData, TrainingShape } from '../../kit/context.ts';
import type { GraphBuilder } from '../../kit/onnx/builder.ts';
import { forestPlan } from '../../kernels/forest-memory.ts';
import { forestMemory, trainForest } from '../../kernels/forest.server.ts';
import type { ForestTree } from '../../kernels/forest.ts';
import { prepareFeatures, type Features } from '../features.server.ts';
import type { ModelParts } from '../model.server.ts';
import type { ForestParams } from './forest-params.ts';
import { treeColumns } from './features.server.ts';
import { sumOfTrees, sumOfWideTrees } from './graph.ts';
import { drawnTrees, gainImportance } from './summary.ts';

export interface ForestTargets {
  /** Numbers, or 0 and 1 for two classes; the class of each row for several. */
  readonly training: Float64Array;
  /** For several classes: their names. */
  readonly classes?: readonly string[];
  readonly weights?: Float64Array;
  /** One cut at random for each column tried. */
  readonly randomCuts: boolean;
}

type Fitted = Pick<ModelParts, 'features' | 'score' | 'importance' | 'history' | 'trees' | 'notes'>;

/** What growing a forest takes; of several classes more, of which nothing is known before the label is read. */
export const forestNeed = (shape: TrainingShape, size: Parameters<typeof forestPlan>[1]): MemoryNeed => forestMemory(forestPlan(shape, size));

/** Trains a forest; its score is the mean over trees: a number, or the share of each class. Throws as `prepareFeatures` and `trainForest`. */
export async function fitForest(data: TrainingData, params: ForestParams, targets: ForestTargets, context: FitContext): Promise<Fitted> {
  const features = prepareFeatures(data, { missing: 'keep', scaling: 'none' });
  const classes = targets.classes?.length ?? 0;
  const { trees } = await trainForest(
    {
      columns: treeColumns(features),
      targets: targets.training,
      weights: targets.weights,
      groups: classes > 0 ? Uint16Array.from(targets.training) : undefined,
    },
    {
      trees: params.trees,
      seed: params.seed,
      minimumSamples: params.minimumSamples,
      maximumDepth: params.maximumDepth,
      columnsTried: columnsTried(params.columns, features.columns.length),
      randomCuts: targets.randomCuts,
      sampling: params.resampling === 'bagging' ? 'bootstrap' : 'all',
      classes,
      groupCount: classes,
      maximumBins: params.splits === undefined ? undefined : params.splits + 1,
    },
    {
      signal: context.signal,
      threads: context.threads,
      tree: (done, partly) => context.progress((done + partly) / params.trees, `tree ${done} of ${params.trees}`),
    },
  );
  const shares = classes > 0 ? trees.map((tree) => groupShares(tree, classes)) : undefined;
  return {
    features,
    score: forestScore(trees, shares, classes),
    importance: gainImportance(trees, features),
    trees: drawn(trees, shares, features, targets.classes),
    history: [],
    notes: [],
  };
}

const columnsTried = (rule: ForestParams['columns'], count: number): number =>
  rule === 'all' ? count : Math.max(1, Math.floor(rule === 'sqrt' ? Math.sqrt(count) : count / 3));

/** The share of each group in each node: those of leaves as they were counted, those of splits from both sides. */
export function groupShares({ feature, left, right, leafSums }: ForestTree, groups: number): Float32Array {
  const sums = new Float64Array(feature.length * groups);
  let leaf = 0;
  for (let node = 0; node < feature.length; node += 1) {
    if (feature[node]! >= 0) continue;
    sums.set(leafSums!.subarray(leaf * groups, (leaf + 1) * groups), node * groups);
    leaf += 1;
  }
  // Children come after their parents.
  for (let node = feature.length - 1; node >= 0; node -= 1) {
    if (feature[node]! < 0) continue;
    for (let group = 0; group < groups; group += 1) sums[node * groups + group] = sums[left[node]! * groups + group]! + sums[right[node]! * groups + group]!;
  }
  const shares = new Float32Array(sums.length);
  for (let at = 0; at < sums.length; at += groups) {
    let total = 0;
    for (let group = 0; group < groups; group += 1) total += sums[at + group]!;
    for (let group = 0; group < groups; group += 1) shares[at + group] = sums[at + group]! / total;
  }
  return shares;
}

/** The mean over trees of the leaves' values, or of their shares of each group. Sums come first, so that ties stay ties. */
export function forestScore(trees: readonly ForestTree[], shares: readonly Float32Array[] | undefined, groups: number): ModelParts['score'] {
  return (builder: GraphBuilder, matrix: string) => {
    const sum = shares
      ? sumOfWideTrees(builder, matrix, trees, groups, (tree, node) => shares[tree]!.subarray(node * groups, (node + 1) * groups))
      : sumOfTrees(builder, matrix, trees, 1, (tree, node) => trees[tree]!.value[node]!);
    return builder.node('Div', [sum, builder.floats([trees.length], [1, 1])]);
  };
}

/** The first trees; of several classes the share of the one that is the most frequent. */
function drawn(trees: readonly ForestTree[], shares: readonly Float32Array[] | undefined, features: Features, classes: readonly string[] | undefined) {
  if (!shares || !classes) return drawnTrees(trees, features, (tree, node) => trees[tree]!.value[node]!);
  const root = shares[0]!.subarray(0, classes.length);
  const most = root.indexOf(root.reduce((largest, each) => Math.max(largest, each), 0));
  return drawnTrees(
    trees,
    features,
    (tree, node) => shares[tree]![node * classes.length + most]!,
    () => classes[most],
  );
}
