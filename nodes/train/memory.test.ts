import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import type { RunContext } from '../kit/context.ts';
import { NO_ASSETS, type AnyNode, type AnyRun } from '../kit/define.ts';
import type { Learner } from '../kit/kinds.ts';
import { column, tableSchema, type Table } from '../kit/table.ts';
import { runs } from '../runs.server.ts';
import { trainers, unsupervisedTrainers } from '../trainers.server.ts';
import { quiet } from '#test/support/learners.ts';

const COLUMNS = 1_000;
/** A table of numbers that takes so much of the free memory when it is read, which tells. */
function tableTaking(share: number): Table {
  const features = Array.from({ length: COLUMNS }, (_, index) => column(`x${index}`, 'number'));
  return {
    schema: tableSchema([...features, column('yes', 'boolean', { role: 'label' }), column('y', 'number')]),
    rowCount: Math.floor((process.availableMemory() * share) / (COLUMNS * 8)),
    read: () => Promise.reject(new Error('It was read.')),
  };
}

const nodes: Readonly<Record<string, AnyNode>> = catalog;
const logistic = { learner: 'two-class-logistic-regression', task: 'two-class', params: {} };
function learnerOf(type: string): Learner {
  const wraps = type.startsWith('one-vs-') ? { learner: logistic } : {};
  const { learner } = nodes[type]!.infer({}, nodes[type]!.params.parse({}) as never, NO_ASSETS).outputs as { learner: Learner };
  return { ...learner, params: wraps };
}
const context = {
  ...quiet(),
  trainer: async (type: string) => (await trainers[type]!()).default,
  unsupervisedTrainer: async (type: string) => (await unsupervisedTrainers[type]!()).default,
} as RunContext;

async function train(node: string, type: string, data: Table): Promise<unknown> {
  const learner = learnerOf(type);
  const params = nodes[node]!.params.parse({ label: learner.task === 'regression' ? 'y' : 'yes' });
  const { default: run } = (await runs[node]!()) as { default: AnyRun };
  return run({ learner, data } as never, params as never, context);
}

/** These work through one column, or some rows, at a time. */
const FRUGAL = /naive-bayes|one-class-support-vector/;
/** One against one learns from pairs of classes, of which nothing is known yet. */
const UNKNOWN = /one-vs-one/;
const nodeOf = (type: string): string =>
  type in trainers ? 'train-model' : type === 'k-means-clustering' ? 'train-clustering-model' : 'train-anomaly-detection-model';
const all = [...Object.keys(trainers), ...Object.keys(unsupervisedTrainers)].filter((type) => !UNKNOWN.test(type));
const refused = {
  code: 'memory_exhausted',
  message: expect.stringMatching(/^Training on [\d,]+ rows × 1,00[0-2] columns needs [\d.]+ GB, and [\d.]+ [GM]B (are free|is the limit)\. .*\.$/) as string,
};

describe('a table that fits, but not with what its training takes beside it, is refused by an estimate before it is read:', () => {
  it.each(all.filter((type) => !FRUGAL.test(type)))('%s', async (type) => {
    await expect(train(nodeOf(type), type, tableTaking(0.9))).rejects.toMatchObject(refused);
  });
});

it.each(all.filter((type) => FRUGAL.test(type)))('%s takes little beside the table', async (type) => {
  await expect(train(nodeOf(type), type, tableTaking(0.5))).rejects.toThrow('It was read.');
});

it.each(['cross-validate-model', 'tune-model-hyperparameters'])('%s counts the copy of the rows that a training is given', async (node) => {
  await expect(train(node, 'two-class-naive-bayes', tableTaking(0.7))).rejects.toMatchObject(refused);
  await expect(train('train-model', 'two-class-naive-bayes', tableTaking(0.7))).rejects.toThrow('It was read.');
});

it('rows without a label do not count', async () => {
  const table = tableTaking(4);
  const columns = table.schema.columns.map((each) => (each.name === 'yes' ? { ...each, nullable: true } : each));
  const labelled = new Float64Array(table.rowCount).fill(NaN);
  labelled.fill(1, 0, 10);
  const read = (names?: readonly string[]) => (names?.includes('yes') ? Promise.resolve(new Map([['yes', labelled]])) : table.read());
  await expect(train('train-model', 'two-class-logistic-regression', { ...table, schema: tableSchema(columns), read })).rejects.toThrow('It was read.');
});
