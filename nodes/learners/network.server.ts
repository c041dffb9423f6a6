import type { FeatureData, FitContext, LabelledData, TrainingData } from '../kit/context.ts';
import { layersOf, networkScore, type NetworkShape } from '../kernels/network.ts';
import { trainNetwork, type NetworkRows } from '../kernels/network.server.ts';
import { prepareFeatures, type Features } from './features.server.ts';
import { rowMajor } from './matrix.server.ts';
import type { ModelParts } from './model.server.ts';
import type { NetworkParams } from './network-params.ts';
import { turns } from '../kernels/turns.ts';

export interface Targets {
  readonly loss: NetworkShape['loss'];
  readonly outputs: number;
  /** A number, 0 or 1, or the index of a class, per row. */
  readonly training: Float32Array;
  readonly weights?: Float64Array;
  /** The same of validation rows; rows with NaN are left out. */
  validation(rows: LabelledData): Float32Array;
  /** From the kernel's loss to the one that people see; 1 by default. */
  readonly lossUnit?: number;
}

type Fitted = Pick<ModelParts, 'features' | 'score' | 'importance' | 'history' | 'validationHistory' | 'notes'>;

const ADAM_MOMENTUM = 0.9;

/** Trains a network on standardised columns. Throws as `prepareFeatures` and `trainNetwork`. */
export async function fitNetwork(data: TrainingData, params: NetworkParams, targets: Targets, context: FitContext): Promise<Fitted> {
  const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
  const inputs = features.columns.length;
  const shape: NetworkShape = { inputs, hidden: params.hiddenNodes, outputs: targets.outputs, activation: params.activation, loss: targets.loss };
  const breathe = turns(context.signal);
  const matrix = await rowMajor((index) => features.values(index), data.rowCount, inputs, breathe);
  const unit = targets.lossUnit ?? 1;
  const result = await trainNetwork(
    { matrix, targets: targets.training, weights: targets.weights },
    {
      shape,
      optimizer: params.optimizer === 'adam' ? 'adam' : 'momentum',
      momentum: params.optimizer === 'adam' ? ADAM_MOMENTUM : params.momentum,
      l2: params.l2,
      rate: params.learningRate,
      batch: params.batch,
      epochs: params.iterations,
      shuffle: params.shuffle,
      seed: params.seed,
      diameter: params.diameter > 0 ? params.diameter : undefined,
      patience: params.patience,
    },
    {
      breathe,
      epoch(done, loss, validationLoss) {
        context.metric('training loss', loss * unit, done);
        if (validationLoss !== null) context.metric('validation loss', validationLoss * unit, done);
        context.progress(done / params.iterations, `iteration ${done} of ${params.iterations}`);
      },
    },
    data.validation && (await validationRows(data.validation, features, targets, breathe)),
  );
  const history = result.history.map((each) => each * unit);
  const early = `The weights are those of iteration ${result.best} of ${history.length}, which had the lowest loss on the validation rows.`;
  return {
    features,
    score: (builder, value) => networkScore(builder, shape, result.parameters, value),
    importance: connectionImportance(shape, result.parameters, features),
    history,
    ...(data.validation ? { validationHistory: result.validationHistory.map((each) => each * unit) } : {}),
    notes: data.validation ? [early] : [],
  };
}

async function validationRows(data: LabelledData, features: Features, targets: Targets, breathe: () => Promise<void>): Promise<NetworkRows | undefined> {
  const values = targets.validation(data);
  const kept = Uint32Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]!));
  if (kept.length === 0) return undefined;
  const pick = <T extends Float32Array | Float64Array>(all: T): T =>
    kept.length === all.length ? all : (all.filter((_, row) => !Number.isNaN(values[row]!)) as T);
  const column = features.of(data as FeatureData);
  const matrix = await rowMajor((index) => pick(column(index)), kept.length, features.columns.length, breathe);
  return { matrix, targets: pick(values), weights: targets.weights && (data.weights ? pick(data.weights) : new Float64Array(kept.length).fill(1)) };
}

/** The share of each feature in the products of absolute weights along all ways from input to output (Garson 1991). */
function connectionImportance(shape: NetworkShape, parameters: Float32Array, features: Features): Map<string, number> {
  let reach = new Float64Array(shape.outputs).fill(1);
  for (const { from, to, weights } of layersOf(shape).toReversed()) {
    const below = new Float64Array(from);
    for (let each = 0; each < from; each += 1)
      for (let unit = 0; unit < to; unit += 1) below[each]! += Math.abs(parameters[weights + each * to + unit]!) * reach[unit]!;
    reach = below;
  }
  const total = reach.reduce((sum, each) => sum + each, 0) || 1;
  const importance = new Map(features.inputs.map((each) => [each.name, 0]));
  features.columns.forEach(({ feature }, index) => importance.set(feature, importance.get(feature)! + reach[index]! / total));
  return importance;
}
