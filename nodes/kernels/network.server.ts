import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { NodeError } from '../kit/issues.ts';
import { BATCH_ROWS, openSession } from '../kit/onnx/session.server.ts';
import { initialParameters, type NetworkShape } from './network.ts';
import { lossGraph, stateNames, stepRate, trainingGraph, type TrainingGraphOptions } from './network-graph.ts';
import { randomNumbers, shuffled } from './random.ts';

export interface NetworkRows {
  /** [rows, inputs], row after row. */
  readonly matrix: Float32Array;
  /** A number, 0 or 1, or the index of a class, per row. */
  readonly targets: Float32Array;
  /** Not negative; only their proportions count. */
  readonly weights?: Float64Array;
}

export interface NetworkOptions extends Omit<TrainingGraphOptions, 'weighted'> {
  readonly shape: NetworkShape;
  readonly rate: number;
  /** Rows per step; all rows where there are fewer. */
  readonly batch: number;
  readonly epochs: number;
  readonly shuffle: boolean;
  readonly seed: number;
  /** Of the first weights; by the width of the layers where it is not given. */
  readonly diameter?: number;
  /** With validation rows: ends after so many epochs without a lower loss on them. */
  readonly patience: number;
}

export interface NetworkContext {
  /** Called often; lets other work have its turn, and throws after an abort. */
  breathe(): Promise<void>;
  /** After each epoch, with the mean loss met on the way and the mean loss on the validation rows. */
  epoch?(done: number, loss: number, validationLoss: number | null): void;
}

export interface TrainedNetwork {
  readonly parameters: Float32Array;
  /** Mean loss per row of each epoch, met while the parameters changed. */
  readonly history: readonly number[];
  /** Mean loss on the validation rows after each epoch. */
  readonly validationHistory: readonly number[];
  /** The epoch whose parameters these are, from 1. */
  readonly best: number;
}

/** Aimed time of one run of the graph; between runs others have their turn. */
const RUN_MILLISECONDS = 25;

/**
 * Trains a network by gradient descent on minibatches, each step computed by ONNX Runtime. One thread does it: the sums, and so the bytes, must
 * not depend on the number of threads, and steps of this size gain little from more. With validation rows the parameters with the lowest loss on
 * them are kept. Deterministic by seed. Throws NodeError `values_not_finite` when the loss grows beyond all bounds.
 */
export async function trainNetwork(rows: NetworkRows, options: NetworkOptions, context: NetworkContext, validation?: NetworkRows): Promise<TrainedNetwork> {
  const { shape, epochs, shuffle, seed, patience } = options;
  const rowCount = rows.targets.length;
  const session = await openSession(trainingGraph(shape, { ...options, weighted: rows.weights !== undefined }), { threads: 1 });
  const judge = validation ? await createJudge(shape, validation) : null;
  try {
    const trainer = createStepper(session, rows, options, context);
    const random = randomNumbers(seed + 1);
    const order = Int32Array.from({ length: rowCount }, (_, row) => row);
    const history: number[] = [];
    const validationHistory: number[] = [];
    let best = { epoch: 0, loss: Infinity, parameters: trainer.parameters() };
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      if (shuffle) order.set(shuffled(rowCount, random));
      const loss = await trainer.epoch(order);
      if (!Number.isFinite(loss)) {
        const message = `The loss grew beyond all bounds in iteration ${epoch}. Choose a smaller learning rate.`;
        throw new NodeError('values_not_finite', message, { param: 'learningRate' });
      }
      history.push(loss);
      const judged = judge ? await judge.loss(trainer.parameters(), context) : null;
      if (judged !== null) validationHistory.push(judged);
      context.epoch?.(epoch, loss, judged);
      if (judged === null) continue;
      if (judged < best.loss) best = { epoch, loss: judged, parameters: trainer.parameters() };
      else if (epoch - best.epoch >= patience) break;
    }
    if (best.epoch > 0) return { parameters: best.parameters, history, validationHistory, best: best.epoch };
    return { parameters: trainer.parameters(), history, validationHistory, best: history.length };
  } finally {
    await session.release();
    await judge?.release();
  }
}

const floats = (values: Float32Array, dims: readonly number[]) => new Tensor('float32', values, dims);

/** Tensors over the caller's arrays, without a copy; weights have the mean 1. */
function tensorsOf({ matrix, targets, weights }: NetworkRows, inputs: number): Record<string, Tensor> {
  const rowCount = targets.length;
  const tensors = { matrix: floats(matrix, [rowCount, inputs]), targets: floats(targets, [rowCount, 1]) };
  if (!weights) return tensors;
  const mean = weights.reduce((sum, each) => sum + each, 0) / rowCount;
  return {
    ...tensors,
    weights: floats(
      Float32Array.from(weights, (each) => each / mean),
      [rowCount, 1],
    ),
  };
}

/** Holds the state between runs: what one run gives is what the next one takes. */
function createStepper(session: InferenceSession, rows: NetworkRows, options: NetworkOptions, { breathe }: NetworkContext) {
  const { shape, seed, diameter, rate } = options;
  const rowCount = rows.targets.length;
  const batch = Math.min(options.batch, rowCount);
  const fixed = tensorsOf(rows, shape.inputs);
  const first = initialParameters(shape, seed, diameter);
  const names = stateNames(options);
  let state = names.map((_, index) => floats(index === 0 ? first : new Float32Array(first.length), [first.length]));
  let done = 0;
  let stepsPerRun = 1;

  async function run(order: Int32Array, size: number): Promise<number> {
    const steps = order.length / size;
    const rates = Float32Array.from({ length: steps }, (_, index) => stepRate(options, rate, done + index + 1));
    const started = performance.now();
    const results = await session.run({
      ...fixed,
      order: new Tensor('int32', order, [steps, size]),
      rates: floats(rates, [steps]),
      share: floats(Float32Array.of(1 / size), []),
      ones: floats(new Float32Array(size).fill(1), [size]),
      steps: new Tensor('int64', BigInt64Array.of(BigInt(steps)), []),
      ...Object.fromEntries(names.map((name, index) => [name, state[index]!])),
    });
    const milliseconds = performance.now() - started;
    stepsPerRun = Math.max(1, Math.min(2 * stepsPerRun, Math.floor((steps * RUN_MILLISECONDS) / Math.max(milliseconds, 0.01))));
    done += steps;
    state = names.map((_, index) => results[session.outputNames[index]!] as (typeof state)[number]);
    return (results[session.outputNames[names.length]!]!.data as Float32Array).reduce((sum, each) => sum + each, 0);
  }

  return {
    parameters: () => (state[0]!.data as Float32Array).slice(),
    /** One pass over the rows in this order; gives the mean loss met. */
    async epoch(order: Int32Array): Promise<number> {
      let loss = 0;
      let row = 0;
      while (row < rowCount) {
        const whole = Math.min(stepsPerRun, Math.floor((rowCount - row) / batch));
        const size = whole > 0 ? batch : rowCount - row;
        const end = row + Math.max(1, whole) * size;
        loss += await run(order.subarray(row, end), size);
        row = end;
        await breathe();
      }
      return loss / rowCount;
    },
  };
}

/** Gives the mean loss of parameters on rows. */
async function createJudge(shape: NetworkShape, rows: NetworkRows) {
  const session = await openSession(lossGraph(shape, rows.weights !== undefined), { threads: 1 });
  const rowCount = rows.targets.length;
  const { matrix, targets, weights } = tensorsOf(rows, shape.inputs);
  const part = (tensor: Tensor, width: number, from: number, to: number) =>
    floats((tensor.data as Float32Array).subarray(from * width, to * width), [to - from, width]);
  return {
    async loss(parameters: Float32Array, { breathe }: NetworkContext): Promise<number> {
      let loss = 0;
      for (let from = 0; from < rowCount; from += BATCH_ROWS) {
        const to = Math.min(from + BATCH_ROWS, rowCount);
        const results = await session.run({
          matrix: part(matrix!, shape.inputs, from, to),
          targets: part(targets!, 1, from, to),
          ...(weights ? { weights: part(weights, 1, from, to) } : {}),
          parameters: floats(parameters, [parameters.length]),
        });
        loss += (results[session.outputNames[0]!]!.data as Float32Array)[0]!;
        await breathe();
      }
      return loss / rowCount;
    },
    release: () => session.release(),
  };
}
