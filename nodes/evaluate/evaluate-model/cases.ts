import { defineCases } from '../../kit/define.ts';
import { ASSIGNMENTS, distanceColumn, probabilityColumn, SCORED_LABELS, SCORED_PROBABILITIES } from '../../kit/signature.ts';
import { tableOf } from '../../kit/table.ts';
import { evaluateModel } from './node.ts';

const roles = {
  left: { role: 'label' },
  price: { role: 'label' },
  odd: { role: 'label' },
  fruit: { role: 'label' },
  importance: { role: 'weight' },
  [SCORED_LABELS]: { role: 'score' },
  [SCORED_PROBABILITIES]: { role: 'score' },
  [ASSIGNMENTS]: { role: 'score', type: 'integer' },
  'Quantile 0.5': { role: 'score' },
} as const;
const scores = { [SCORED_LABELS]: ['no', 'no', 'no', 'yes', 'no'], [SCORED_PROBABILITIES]: [0.1, 0.4, 0.35, 0.8, 0.3] };
const scored = tableOf({ left: ['no', 'no', 'yes', 'yes', null], ...scores }, roles);
const titled = tableOf(
  { left: ['no', 'no', 'yes', 'yes', null], ...scores },
  { ...roles, [SCORED_LABELS]: { role: 'score', model: { title: 'Two-Class Averaged Perceptron', task: 'two-class' } } },
);
const prices = tableOf({ price: [1, 2, 3], [SCORED_LABELS]: [1, 2, 4] }, roles);
const fruits = ['apple', 'banana', 'cherry'];
const probability = Object.fromEntries(fruits.map((each) => [probabilityColumn(each), { role: 'score' as const }]));
const severalClasses = tableOf(
  {
    fruit: ['apple', 'banana', 'cherry', 'apple', null],
    [SCORED_LABELS]: ['apple', 'banana', 'banana', 'apple', 'apple'],
    [probabilityColumn('apple')]: [0.7, 0.2, 0.1, 0.6, 0.4],
    [probabilityColumn('banana')]: [0.2, 0.7, 0.5, 0.3, 0.3],
    [probabilityColumn('cherry')]: [0.1, 0.1, 0.4, 0.1, 0.3],
  },
  { ...roles, ...probability },
);
const clustered = tableOf(
  { x: [0, 1, 0, 10, 11, 10], y: [0, 0, 1, 10, 10, 11], [ASSIGNMENTS]: [0, 0, 0, 1, 1, 1], [distanceColumn(0)]: [0.4, 0.7, 0.7, 14, 15, 15] },
  { ...roles, [distanceColumn(0)]: { role: 'score' } },
);
const strange = tableOf(
  { odd: ['anomaly', 'usual', 'usual', 'usual'], [SCORED_LABELS]: [1, 0, 0, 0], [SCORED_PROBABILITIES]: [0.9, 0.2, 0.4, 0.1] },
  { ...roles, [SCORED_LABELS]: { role: 'score', type: 'integer', model: { title: 'Isolation Forest', task: 'anomaly' } } },
);

const seldomStrange = tableOf(
  { odd: ['anomaly', 'usual', 'usual', 'usual'], [SCORED_LABELS]: [1, 0, 0, 0], [SCORED_PROBABILITIES]: [0.625, 0.53, 0.56, 0.51] },
  { ...roles, [SCORED_LABELS]: { role: 'score', type: 'integer', model: { title: 'Isolation Forest', task: 'anomaly' } } },
);

export const cases = defineCases(evaluateModel, [
  {
    name: 'two classes; rows without a label are ignored',
    inputs: { scored },
    expect: {
      outputs: {
        report: {
          task: 'two-class',
          label: 'left',
          positive: 'yes',
          negative: 'no',
          summary: { accuracy: 0.75, precision: 1, recall: 0.5, auc: 0.75 },
          models: [{ rowCount: 4, positiveCount: 2, thresholds: [2, 0.8, 0.4, 0.35, 0.1], truePositives: [0, 1, 1, 2, 2], falsePositives: [0, 0, 1, 1, 2] }],
        },
      },
    },
  },
  {
    name: 'models side by side have the names of what made them; equal ones are counted',
    inputs: { scored, compare: titled, compare4: titled },
    expect: {
      outputs: { report: { models: [{ name: 'Scored dataset' }, { name: 'Two-Class Averaged Perceptron' }, { name: 'Two-Class Averaged Perceptron (2)' }] } },
    },
  },
  {
    name: 'names that are given',
    params: { names: 'Old, New' },
    inputs: { scored, compare: titled },
    expect: { outputs: { report: { models: [{ name: 'Old' }, { name: 'New' }] } } },
  },
  {
    name: 'the other class as the positive one',
    params: { positive: 'no' },
    inputs: { scored },
    expect: {
      outputs: {
        report: { positive: 'no', negative: 'yes', summary: { auc: 0.75, recall: 1 }, models: [{ positiveCount: 2, truePositives: [0, 1, 1, 2, 2] }] },
      },
    },
  },
  {
    name: 'rows count by their weight',
    inputs: {
      scored: tableOf(
        { left: ['no', 'yes', 'yes'], importance: [2, 1, 0], [SCORED_LABELS]: ['no', 'yes', 'no'], [SCORED_PROBABILITIES]: [0.2, 0.8, 0.1] },
        roles,
      ),
    },
    expect: { outputs: { report: { weighted: true, summary: { auc: 1 }, models: [{ rowCount: 3, positiveCount: 1 }] } } },
  },
  {
    name: 'anomalies where it is known which rows are some: the rarer class',
    inputs: { scored: strange },
    expect: {
      outputs: {
        report: { task: 'two-class', positive: 'anomaly', negative: 'usual', summary: { auc: 1, accuracy: 1 }, models: [{ name: 'Isolation Forest' }] },
      },
    },
  },
  {
    name: 'anomalies from the score on from which the model calls rows one',
    inputs: { scored: seldomStrange },
    expect: { outputs: { report: { threshold: 0.625, summary: { auc: 1, accuracy: 1, precision: 1, recall: 1 } } } },
  },
  {
    name: 'several classes',
    inputs: { scored: severalClasses },
    expect: {
      outputs: {
        report: {
          task: 'multiclass',
          label: 'fruit',
          matrixLevels: fruits,
          summary: { accuracy: 0.75, aucMacro: 1, top2Accuracy: 1 },
          models: [
            {
              rowCount: 4,
              matrix: [
                [2, 0, 0],
                [0, 1, 0],
                [0, 1, 0],
              ],
              classes: [
                { level: 'apple', precision: 1, recall: 1 },
                { level: 'banana', precision: 0.5 },
                { level: 'cherry', recall: 0, support: 1 },
              ],
            },
          ],
        },
      },
    },
  },
  {
    name: 'a regression',
    inputs: { scored: prices },
    expect: { outputs: { report: { task: 'regression', summary: { r2: 0.5, rse: 0.5, rae: 0.5, maximumError: 1 } } } },
  },
  {
    name: 'a regression of quantiles',
    inputs: { scored: tableOf({ price: [1, 2, 3], [SCORED_LABELS]: [1, 2, 4], 'Quantile 0.5': [1, 2, 5] }, roles) },
    expect: { outputs: { report: { summary: { 'quantileLoss0.5': 1 / 3 } } } },
  },
  {
    name: 'clusters',
    inputs: { scored: clustered },
    expect: {
      outputs: {
        report: {
          task: 'clustering',
          columns: ['x', 'y'],
          summary: { clusters: 2, smallestCluster: 3 },
          models: [
            {
              rowCount: 6,
              clusters: [
                { cluster: 0, rowCount: 3, maximumDistance: 0.7 },
                { cluster: 1, rowCount: 3, maximumDistance: null },
              ],
            },
          ],
        },
      },
    },
  },
  { name: 'not scored', inputs: { scored: tableOf({ left: ['no'] }, roles) }, expect: { issue: 'column_missing' } },
  { name: 'no label', inputs: { scored: tableOf({ [SCORED_LABELS]: [1] }, roles) }, expect: { issue: 'label_missing' } },
  {
    name: 'one class',
    inputs: { scored: tableOf({ left: ['no', 'no'], [SCORED_LABELS]: ['no', 'yes'], [SCORED_PROBABILITIES]: [0.1, 0.9] }, roles) },
    expect: { issue: 'label_one_class' },
  },
  { name: 'a class that is not there', params: { positive: 'maybe' }, inputs: { scored }, expect: { issue: 'parameter_invalid' } },
  { name: 'a classification beside a regression', inputs: { scored, compare3: prices }, expect: { issue: 'learner_wrong_task' } },
]);
