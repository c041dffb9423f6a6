import { randomSettings, dimensionOf } from '#nodes/train/tune-model-hyperparameters/search-space.ts';
import tune from '#nodes/train/tune-model-hyperparameters/run.server.ts';
import { tuneModelHyperparameters } from '#nodes/train/tune-model-hyperparameters/node.ts';
import { twoClassBoostedDecisionTree } from '#nodes/learners/two-class-boosted-decision-tree/node.ts';
import { learnerOf } from '#nodes/learners/learner.ts';
import { twoClassCurve } from '#nodes/evaluate/metrics/two-class.ts';
import type { RunContext } from '#nodes/kit/context.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import { SCORED_PROBABILITIES } from '#nodes/kit/signature.ts';
import { memoryTable, type Table } from '#nodes/kit/table.ts';
import { trainers } from '#nodes/trainers.server.ts';
import type { BenchRow } from '../types.ts';
import { contest, type Fitted } from './contest.ts';
import { makeClassification } from './make-classification.ts';
import { fitContext, trainingRows } from './two-class.ts';

const ROWS = 40_000;
const HELD = 10_000;
const COLUMNS = 28;
const RUNS = 20;
const FOLDS = 3;
const SEED = 7;
const RANGES = { leaves: [8, 64], minimumSamples: [5, 80], learningRate: [0.02, 0.3], trees: [50, 150] };

/** The step itself, on all cores: 20 random settings of boosted trees in three folds, and the best one on all rows. */
export async function tuneRow(): Promise<BenchRow> {
  const data = makeClassification(ROWS + HELD, COLUMNS);
  const schemas = twoClassBoostedDecisionTree.params.shape;
  const dimensions = Object.entries(RANGES).map(([name, values]) => dimensionOf(name, name, values, schemas[name as keyof typeof RANGES]));
  return contest({
    what: `tune: ${RUNS} random boosted trees, ${FOLDS} folds of ${ROWS.toLocaleString('en-US')} × ${COLUMNS}`,
    measure: 'AUC',
    ...data,
    held: HELD,
    ours: () => ours(data),
    peer: 'tune',
    settings: { folds: FOLDS, candidates: randomSettings(dimensions, RUNS, SEED) },
    peerName: 'RandomizedSearchCV',
  });
}

async function ours(data: ReturnType<typeof makeClassification>): Promise<Fitted> {
  const [train, rest] = [trainingRows(data, 0, ROWS), trainingRows(data, ROWS, ROWS + HELD)];
  const columns = [...train.features, train.label];
  const table = memoryTable({ columns: columns.map(({ schema }) => schema), open: false }, new Map(columns.map(({ schema, values }) => [schema.name, values])));
  const runner = createOnnxRunner({ threads: fitContext().threads });
  const context = {
    ...fitContext(),
    trainer: async (learner: string) => (await trainers[learner]!()).default,
    onnx: runner,
    table: async (schema, values): Promise<Table> => memoryTable(schema, values),
  } as Partial<RunContext> as RunContext;
  const spec = { learner: 'two-class-boosted-decision-tree', task: 'two-class' } as const;
  const learner = { ...learnerOf(spec, twoClassBoostedDecisionTree.params.parse({})), ranges: RANGES };
  const params = tuneModelHyperparameters.params.parse({ label: 'y', runs: RUNS, folds: FOLDS, seed: SEED });
  const started = performance.now();
  const { model } = await tune({ learner, data: table }, params, context);
  const ms = performance.now() - started;
  const inputs = new Map(rest.features.map((each) => [each.schema.name, each.values]));
  const scored = await runner.apply(model.onnx, model.signature, inputs, HELD);
  const positive = Uint8Array.from(rest.label.values as Float64Array);
  return { ms, quality: twoClassCurve('', { scores: scored.get(SCORED_PROBABILITIES) as Float64Array, positive }).metrics.auc! };
}
