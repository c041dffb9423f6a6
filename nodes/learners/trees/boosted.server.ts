import type { FitContext, LabelledData, MemoryNeed, TrainingData, TrainingShape } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import { boostedMemory, trainBoostedTrees } from '../../kernels/boosted-trees.server.ts';
import type { Ensemble, Loss, TreeRows } from '../../kernels/boosted-trees.ts';
import type { Features } from '../features.server.ts';
import type { ModelParts } from '../model.server.ts';
import type { BoostedParams } from './boosted-params.ts';
import { treeColumns, treeFeatures } from './features.server.ts';
import { shifted, sumOfTrees } from './graph.ts';
import { drawnTrees, gainImportance } from './summary.ts';

export interface BoostedTargets {
  readonly loss: Loss;
  readonly quantile?: number;
  /** For several classes: their names. */
  readonly classes?: readonly string[];
  readonly training: Float64Array;
  readonly weights?: Float64Array;
  /** The same of validation rows; rows with NaN are left out. */
  validation(rows: LabelledData): Float64Array;
}

type Fitted = Pick<ModelParts, 'features' | 'score' | 'importance' | 'history' | 'validationHistory' | 'trees' | 'notes'>;

/** What `fitBoosted` takes; of several classes more, of which nothing is known before the label is read. */
export const boostedNeed = ({ rowCount, columnCount }: TrainingShape, params: BoostedParams): MemoryNeed =>
  boostedMemory({ rowCount, trainedCount: rowCount, columnCount }, params);

/** Trains boosted trees on numbers as they are and categories as levels. Throws as `treeFeatures` and `trainBoostedTrees`. */
export async function fitBoosted(data: TrainingData, params: BoostedParams, targets: BoostedTargets, context: FitContext): Promise<Fitted> {
  const features = treeFeatures(data);
  const classes = targets.classes?.length ?? 1;
  const validation = data.validation && validationRows(data.validation, features, targets);
  const ensemble = await trainBoostedTrees(
    { columns: treeColumns(features), targets: targets.training, weights: targets.weights, validation },
    { ...params, loss: targets.loss, quantile: targets.quantile, classes },
    {
      signal: context.signal,
      threads: context.threads,
      round(done, loss, validationLoss) {
        context.metric('training loss', loss, done);
        if (validationLoss !== undefined) context.metric('validation loss', validationLoss, done);
        context.progress(done / params.trees, `tree ${done} of ${params.trees}`);
      },
    },
  );
  const { trees, history, validationHistory } = ensemble;
  const lost = history.findIndex((loss) => !Number.isFinite(loss));
  if (lost >= 0) {
    const message = `The loss grew beyond all numbers at tree ${lost + 1}. Choose a larger L2 regularization weight, such as 1, or a smaller learning rate.`;
    throw new NodeError('values_not_finite', message, { param: 'l2' });
  }
  return {
    features,
    score: boostedScore(ensemble, targets.loss),
    importance: gainImportance(trees, features),
    trees: drawnTrees(
      trees,
      features,
      (tree, node) => trees[tree]!.value[node]!,
      (tree) => targets.classes?.[tree % classes],
    ),
    history,
    ...(validationHistory ? { validationHistory } : {}),
    notes: endNotes(trees.length / classes, history.length, params.trees, validation !== undefined),
  };
}

/** The sum of all trees beside the start; for Poisson the mean that it is the logarithm of. */
export function boostedScore({ starts, trees }: Pick<Ensemble, 'starts' | 'trees'>, loss: Loss): ModelParts['score'] {
  const leaf = {
    feature: Int32Array.of(-1),
    threshold: new Float32Array(1),
    left: new Int32Array(1),
    right: new Int32Array(1),
    missingLeft: new Uint8Array(1),
  };
  const all = trees.length > 0 ? trees : starts.map(() => leaf);
  return (builder, matrix) => {
    const sum = sumOfTrees(builder, matrix, all, starts.length, (tree, node) => trees[tree]?.value[node] ?? 0);
    const score = shifted(builder, sum, starts);
    return loss === 'poisson' ? builder.node('Exp', [score]) : score;
  };
}

function validationRows(data: LabelledData, features: Features, targets: BoostedTargets): TreeRows | undefined {
  const values = targets.validation(data);
  const kept = Uint32Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]!));
  if (kept.length === 0) return undefined;
  const pick = (all: Float64Array) => Float64Array.from(kept, (row) => all[row]!);
  const columns = treeColumns(features, features.of(data), kept.length < values.length ? kept : undefined);
  return { columns, targets: pick(values), weights: data.weights && pick(data.weights) };
}

function endNotes(kept: number, grown: number, wanted: number, validated: boolean): string[] {
  if (kept < grown) return [`The model has the first ${kept} of ${grown} trees, which had the lowest loss on the validation rows.`];
  if (grown < wanted && !validated) return [`Training ended after ${grown} of ${wanted} trees: no further split was allowed or helped.`];
  return [];
}
