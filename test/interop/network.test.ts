import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { initialParameters, layersOf, type NetworkShape } from '#nodes/kernels/network.ts';
import { trainNetwork, type NetworkOptions, type NetworkRows } from '#nodes/kernels/network.server.ts';
import { prepareFeatures } from '#nodes/learners/features.server.ts';
import { rowMajor } from '#nodes/learners/matrix.server.ts';
import { readSplit } from './accuracy-data.ts';
import { datasets } from './accuracy-rows.ts';
import { python } from './python.ts';

type Layers = [weights: number[], biases: number[]][];
const breathe = async () => {};
const folder = mkdtempSync(join(tmpdir(), 'modelwright-network-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The columns of a dataset as networks see them, and its label: standardised, or the numbers of classes. */
async function rowsOf(dataset: string): Promise<NetworkRows & { width: number; classes: number }> {
  const { train } = readSplit(datasets[dataset]!);
  const features = prepareFeatures(train, { missing: 'impute', scaling: 'standardize' });
  const width = features.columns.length;
  const matrix = await rowMajor((index) => features.values(index), train.rowCount, width, breathe);
  const label = train.label.values;
  if (label instanceof Float64Array) {
    const mean = label.reduce((sum, each) => sum + each, 0) / label.length;
    const deviation = Math.sqrt(label.reduce((sum, each) => sum + (each - mean) ** 2, 0) / label.length);
    return { matrix, width, classes: 0, targets: Float32Array.from(label, (each) => (each - mean) / deviation) };
  }
  const levels = [...new Set(label as string[])].sort();
  return { matrix, width, classes: levels.length, targets: Float32Array.from(label as string[], (each) => levels.indexOf(each)) };
}

const layersFrom = (shape: NetworkShape, parameters: Float32Array): Layers =>
  layersOf(shape).map(({ to, weights, biases }) => [[...parameters.subarray(weights, biases)], [...parameters.subarray(biases, biases + to)]]);

it.each([
  ['ames', { activation: 'relu', loss: 'squared' }, { optimizer: 'adam', momentum: 0.9, rate: 0.001 }],
  ['telco-churn', { activation: 'sigmoid', loss: 'log-loss' }, { optimizer: 'adam', momentum: 0.9, rate: 0.001 }],
  ['letters', { activation: 'tanh', loss: 'cross-entropy' }, { optimizer: 'momentum', momentum: 0.8, rate: 0.01 }],
] as const)('from the same first weights and in the same order of rows, a network has scikit-learn’s weights: %s', async (dataset, shapePart, optionPart) => {
  const { width, classes, ...rows } = await rowsOf(dataset);
  const shape: NetworkShape = { ...shapePart, inputs: width, hidden: [100], outputs: shapePart.loss === 'cross-entropy' ? classes : 1 };
  const file = join(folder, dataset);
  writeFileSync(file, rows.matrix);
  const job = {
    ...optionPart,
    ...shapePart,
    hidden: shape.hidden,
    file,
    targets: [...rows.targets],
    batch: 32,
    layers: layersFrom(shape, initialParameters(shape, 7)),
  };
  const optimizer = optionPart.optimizer === 'momentum' ? 'sgd' : 'adam';
  const passes = [1, 20];
  const theirs = python<{ layers: Layers; history: number[] }[]>(
    'network_reference.py',
    [],
    passes.map((epochs) => ({ ...job, optimizer, epochs })),
  );
  for (const [index, epochs] of passes.entries()) {
    const options: NetworkOptions = { ...optionPart, shape, l2: 0, batch: 32, epochs, shuffle: false, seed: 7, patience: epochs };
    const { parameters, history } = await trainNetwork(rows, options, { breathe });
    const { layers, history: losses } = theirs[index]!;
    expect(history.length).toBe(losses.length);
    const furthest = (own: readonly number[], other: readonly number[]) => own.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0);
    expect(furthest(history, losses), `losses of ${epochs}`).toBeLessThan(1e-5);
    // Ours are float32, theirs float64; a unit of ReLU that is on in one and off in the other makes a difference that grows.
    layersFrom(shape, parameters).forEach((parts, layer) =>
      parts.forEach((values, part) =>
        expect(furthest(values, layers[layer]![part]!), `layer ${layer} after ${epochs}`).toBeLessThan(epochs === 1 ? 2e-6 : 1e-3),
      ),
    );
  }
});
