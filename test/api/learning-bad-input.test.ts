import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { NO_ASSETS, type AnyNode } from '#nodes/kit/define.ts';
import type { LearnerSpec } from '#nodes/kit/kinds.ts';
import { trainers, unsupervisedTrainers } from '#nodes/trainers.server.ts';
import type { PlacedIssue } from '#pipelines/check.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';
import { upload } from '#test/support/table-chain.ts';

const { client } = await startedServer();
beforeAll(async () => {
  const names = ['x', 'city', 'yes', 'same', 'names', 'empty', 'negative', 'huge', 'day'];
  const cells = (row: number): unknown[] => [
    row % 17, ['Oslo', 'Rome'][row % 2], ['n', 'y'][row % 2], 'a', `name ${row}`, '', row - 5, row === 3 ? '1e39' : row, `2026-01-${String((row % 28) + 1).padStart(2, '0')}`,
  ]; // prettier-ignore
  const lines = Array.from({ length: 1_100 }, (_, row) => cells(row).join(','));
  await upload(client, 'labels', `${names.join(',')}\n${lines.join('\n')}\n`);
});

const nodes: Readonly<Record<string, AnyNode>> = catalog;
const taskOf = (learner: string): LearnerSpec['task'] =>
  (nodes[learner]!.infer({}, nodes[learner]!.params.parse({}) as never, NO_ASSETS).outputs as { learner: LearnerSpec }).learner.task;
const supervised = Object.keys(trainers);
const unsupervised = Object.keys(unsupervisedTrainers);
const classifies = (learner: string): boolean => taskOf(learner) !== 'regression';
/** Trees only compare, so they learn from infinite values. */
const compares = (learner: string): boolean => /tree|forest/.test(learner);
const byTask = (learner: string): string => (taskOf(learner) === 'clustering' ? 'train-clustering-model' : 'train-anomaly-detection-model');

interface Wrong {
  readonly what: string;
  readonly learners: readonly string[];
  /** `train-model` by default. */
  readonly train?: (learner: string) => string;
  readonly params?: { readonly label?: string };
  readonly learnerParams?: object;
  readonly code: string;
  readonly says: RegExp;
  /** The columns; by default two features and the label. */
  readonly keep?: readonly string[];
}

/** What the schema tells: nothing of it runs. */
const AT_DESIGN: readonly Wrong[] = [
  { what: 'no label', learners: supervised, code: 'label_missing', says: /Choose the label column/ },
  {
    what: 'a label that is not there',
    learners: supervised,
    params: { label: 'yess' },
    keep: ['x', 'city', 'yes'],
    code: 'column_missing',
    says: /no column “yess”. Did you mean “yes”/,
  },
  {
    what: 'a text as the label of a regression',
    learners: supervised.filter((each) => !classifies(each)),
    params: { label: 'yes' },
    code: 'label_not_numeric',
    says: /Choose a numeric label, or a classification algorithm/,
  },
  {
    what: 'a date as the label of a classification',
    learners: supervised.filter(classifies),
    params: { label: 'day' },
    code: 'learner_wrong_task',
    says: /“day” is a date.*Choose another label column/,
  },
  {
    what: 'an algorithm without a label',
    learners: unsupervised,
    params: { label: 'yes' },
    code: 'learner_wrong_task',
    says: /Train it by Train (Clustering|Anomaly Detection) Model/,
  },
  {
    what: 'a supervised algorithm for groups',
    learners: supervised,
    train: () => 'train-clustering-model',
    code: 'learner_wrong_task',
    says: /needs a clustering algorithm, such as K-Means Clustering/,
  },
  {
    what: 'a supervised algorithm for anomalies',
    learners: supervised,
    train: () => 'train-anomaly-detection-model',
    code: 'learner_wrong_task',
    says: /needs an algorithm of anomaly detection/,
  },
];

/** What only the rows tell: the step fails. */
const AT_RUN: readonly Wrong[] = [
  {
    what: 'one class',
    learners: supervised.filter(classifies),
    params: { label: 'same' },
    code: 'label_one_class',
    says: /“same” is “a” everywhere.*choose another label/,
  },
  {
    what: 'more than two classes',
    learners: supervised.filter((each) => taskOf(each) === 'two-class'),
    params: { label: 'names' },
    code: 'label_not_two_classes',
    says: /has 1,100 different values.*or a multiclass algorithm/,
  },
  {
    what: 'too many classes',
    learners: supervised.filter((each) => taskOf(each) === 'multiclass'),
    params: { label: 'names' },
    code: 'label_too_many_classes',
    says: /too many to be classes. Group rare values, or choose another label/,
  },
  {
    what: 'a label without a value',
    learners: supervised.filter(classifies),
    params: { label: 'empty' },
    code: 'rows_all_missing',
    says: /“empty” is missing in every row/,
  },
  {
    what: 'an infinite label',
    learners: supervised.filter((each) => !classifies(each)),
    params: { label: 'huge' },
    code: 'values_not_finite',
    says: /“huge” holds infinite values, or numbers beyond 3.4e38. Remove these rows/,
  },
  {
    what: 'negative counts',
    learners: ['poisson-regression'],
    params: { label: 'negative' },
    code: 'label_negative',
    says: /“negative” holds negative numbers, such as -5.*choose another regression algorithm/,
  },
  {
    what: 'an infinite feature',
    learners: supervised.filter((each) => classifies(each) && !compares(each)),
    params: { label: 'yes' },
    keep: ['x', 'huge', 'yes'],
    code: 'values_not_finite',
    says: /“huge” holds infinite values.*Replace or remove these rows/,
  },
  {
    what: 'more components than columns',
    learners: ['pca-based-anomaly-detection'],
    train: () => 'train-anomaly-detection-model',
    learnerParams: { components: 50 },
    keep: ['x', 'yes'],
    code: 'parameter_invalid',
    says: /Choose fewer components, or more columns/,
  },
  {
    what: 'columns that are the same everywhere',
    learners: unsupervised,
    train: byTask,
    keep: ['same', 'empty'],
    code: 'features_none',
    says: /Give the model at least one column/,
  },
];

interface Place extends Wrong {
  readonly node: string;
  readonly learner: string;
}

/** One pipeline of all wrong trainings, and what is wrong in which node. */
function pipelineOf(table: readonly Wrong[]): { document: object; places: readonly Place[] } {
  const nodes = [
    { id: 'read', type: 'dataset', version: 1, params: { dataset: { name: 'labels', version: null } } as object },
    { id: 'binary', type: 'two-class-logistic-regression', version: 1, params: {} },
  ];
  const edges: object[] = [];
  const places: Place[] = [];
  const wire = (from: string, port: string, to: string) => edges.push({ from: { node: from, port }, to: { node: to, port } });
  table.forEach((wrong, at) => {
    const { learners, train = () => 'train-model', params = {}, learnerParams = {}, keep = ['x', 'city', wrong.params?.label ?? 'yes'] } = wrong;
    nodes.push({ id: `select${at}`, type: 'select-columns-in-dataset', version: 1, params: { columns: { mode: 'names', names: keep } } });
    wire('read', 'data', `select${at}`);
    learners.forEach((learner, which) => {
      const node = `train${at}_${which}`;
      nodes.push({ id: `learner${at}_${which}`, type: learner, version: 1, params: learnerParams }, { id: node, type: train(learner), version: 1, params });
      if (learner.startsWith('one-vs')) wire('binary', 'learner', `learner${at}_${which}`);
      wire(`learner${at}_${which}`, 'learner', node);
      wire(`select${at}`, 'data', node);
      places.push({ ...wrong, node, learner });
    });
  });
  return { document: { formatVersion: 1, name: 'Wrong learning', nodes, edges }, places };
}

const create = async (document: object): Promise<string> => (await client.post<{ id: string }>('/pipelines', { document })).id;
/** What a place says that it should not, or nothing. */
const amiss = ({ code, says, learner, what }: Place, found: { code: string; message: string } | null | undefined): string[] =>
  found?.code === code && says.test(found.message) ? [] : [`${learner}, ${what}: ${found ? `${found.code}: ${found.message}` : 'nothing is said'}`];

describe('learning from what cannot be learnt from', () => {
  it('is said on the canvas where the columns tell it, and does not run', async () => {
    const { document, places } = pipelineOf(AT_DESIGN);
    const id = await create(document);
    const { issues } = await client.post<{ issues: PlacedIssue[] }>(`/pipelines/${id}/check`);
    expect(
      places.flatMap((each) =>
        amiss(
          each,
          issues.find(({ node, level }) => node === each.node && level === 'error'),
        ),
      ),
    ).toEqual([]);
    const refusal = await client.request(`/pipelines/${id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(refusal.status).toBe(422);
  });

  it('fails the step, and only this one, where only the rows tell it', async () => {
    const { document, places } = pipelineOf(AT_RUN);
    const id = await create(document);
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
    expect(places.flatMap((each) => amiss(each, run.steps.find(({ node }) => node === each.node)?.error))).toEqual([]);
    expect(run.steps.filter(({ error, node }) => error && !node.startsWith('train'))).toEqual([]);
  });
});
