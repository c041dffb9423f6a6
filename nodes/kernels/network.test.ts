import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../kit/onnx/builder.ts';
import { openSession } from '../kit/onnx/session.server.ts';
import { Tensor } from 'onnxruntime-node';
import { initialParameters, networkScore, parameterCount, type NetworkShape } from './network.ts';
import { trainNetwork, type NetworkOptions, type NetworkRows } from './network.server.ts';
import { forwardPlainly, trainNetworkPlainly } from './network.twin.ts';
import { randomNumbers } from './random.ts';

const context = { breathe: async () => {} };

function makeRows(shape: NetworkShape, rowCount: number, seed: number, weighted = false): NetworkRows {
  const random = randomNumbers(seed);
  const matrix = Float32Array.from({ length: rowCount * shape.inputs }, () => 2 * random() - 1);
  const targets = Float32Array.from({ length: rowCount }, (_, row) => {
    const [a, b] = [matrix[row * shape.inputs]!, matrix[row * shape.inputs + 1]!];
    const value = a * b + 0.3 * a;
    if (shape.loss === 'squared') return value;
    return shape.loss === 'log-loss' ? Number(value > 0) : Math.min(shape.outputs - 1, Math.floor((value + 1.3) * shape.outputs * 0.4));
  });
  return { matrix, targets, weights: weighted ? Float64Array.from(targets, () => random() * 3) : undefined };
}

const OPTIONS = { optimizer: 'adam', momentum: 0.9, l2: 0, rate: 0.01, batch: 16, epochs: 4, shuffle: true, seed: 3, patience: 5 } as const;

describe('training a network', () => {
  it.each<[string, Partial<NetworkShape>, Partial<NetworkOptions>, boolean]>([
    ['log loss, ReLU, two layers, Adam', {}, {}, false],
    ['log loss, sigmoid, momentum, weights', { activation: 'sigmoid', hidden: [7] }, { optimizer: 'momentum', rate: 0.3, momentum: 0.5, epochs: 20 }, true],
    ['cross-entropy, tanh, three layers, L2', { activation: 'tanh', hidden: [6, 5, 4], outputs: 3, loss: 'cross-entropy' }, { l2: 0.05 }, false],
    ['cross-entropy with weights', { outputs: 4, loss: 'cross-entropy' }, { shuffle: false }, true],
    ['squares, no hidden layer, plain descent', { hidden: [], loss: 'squared' }, { optimizer: 'momentum', momentum: 0, rate: 0.1, diameter: 0.1 }, false],
    ['squares with weights and L2', { activation: 'sigmoid', loss: 'squared' }, { l2: 0.01 }, true],
  ])('gives what the plain twin gives: %s', async (_, shapePart, optionPart, weighted) => {
    const shape: NetworkShape = { inputs: 5, hidden: [9, 6], outputs: 1, activation: 'relu', loss: 'log-loss', ...shapePart };
    const options: NetworkOptions = { ...OPTIONS, shape, ...optionPart };
    const rows = makeRows(shape, 150, 11, weighted);
    const ours = await trainNetwork(rows, options, context);
    const plain = trainNetworkPlainly(rows, options);
    expect(ours.history.length).toBe(options.epochs);
    expect(ours.history.at(-1)).toBeLessThan(ours.history[0]!);
    ours.history.forEach((loss, epoch) => expect(Math.abs(loss - plain.history[epoch]!)).toBeLessThan(1e-4));
    ours.parameters.forEach((value, index) => expect(Math.abs(value - plain.parameters[index]!), `parameter ${index}`).toBeLessThan(2e-4));
  });

  it('scores as the plain twin does', async () => {
    for (const activation of ['sigmoid', 'tanh', 'relu'] as const) {
      const shape: NetworkShape = { inputs: 4, hidden: [30, 20], outputs: 3, activation, loss: 'cross-entropy' };
      const { matrix } = makeRows(shape, 200, 5);
      const parameters = initialParameters(shape, 1);
      const builder = new GraphBuilder();
      builder.result(networkScore(builder, shape, parameters, builder.tensor('matrix', 'float', ['rows', 4])), 'float', ['rows', 3]);
      const session = await openSession(builder.toBytes(), { threads: 1 });
      const found = (await session.run({ matrix: new Tensor('float32', matrix, [200, 4]) }))[session.outputNames[0]!]!.data as Float32Array;
      for (let row = 0; row < 200; row += 1) {
        const own = forwardPlainly(shape, parameters, matrix.subarray(row * 4, row * 4 + 4)).at(-1)!;
        own.forEach((value, unit) => expect(Math.abs(value - found[row * 3 + unit]!)).toBeLessThan(1e-5));
      }
      await session.release();
    }
  });

  it('stops early and keeps the best parameters by the validation rows', async () => {
    const shape: NetworkShape = { inputs: 5, hidden: [40], outputs: 1, activation: 'relu', loss: 'log-loss' };
    const rows = makeRows(shape, 60, 1);
    // Labels of noise: what is learned on the way makes the validation worse sooner or later.
    const validation = { ...makeRows(shape, 200, 2), targets: Float32Array.from({ length: 200 }, (_, row) => row % 2) };
    const seen: (number | null)[] = [];
    const { validationHistory, best, history } = await trainNetwork(
      rows,
      { ...OPTIONS, shape, epochs: 500, rate: 0.05, patience: 7 },
      { ...context, epoch: (_done, _loss, judged) => seen.push(judged) },
      validation,
    );
    expect(history.length).toBeLessThan(500);
    expect(history.length).toBe(best + 7);
    expect(validationHistory).toEqual(seen);
    expect(validationHistory[best - 1]).toBe(Math.min(...validationHistory));
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const shape: NetworkShape = { inputs: 5, hidden: [8], outputs: 1, activation: 'sigmoid', loss: 'squared' };
    const rows = makeRows(shape, 500, 4);
    const fit = async (seed: number) => (await trainNetwork(rows, { ...OPTIONS, shape, seed }, context)).parameters;
    expect(await fit(7)).toEqual(await fit(7));
    expect(await fit(7)).not.toEqual(await fit(8));
    expect((await fit(7)).length).toBe(parameterCount(shape));
  });

  it('says when the loss grows beyond all bounds', async () => {
    const shape: NetworkShape = { inputs: 5, hidden: [8], outputs: 1, activation: 'relu', loss: 'squared' };
    const rows = makeRows(shape, 300, 4);
    const wild = trainNetwork(rows, { ...OPTIONS, shape, optimizer: 'momentum', rate: 1e6, epochs: 50 }, context);
    await expect(wild).rejects.toMatchObject({ code: 'values_not_finite' });
  });
});
