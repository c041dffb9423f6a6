import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { tableOf } from '../../kit/table.ts';
import { tuneModelHyperparameters } from './node.ts';

const ridge: Learner = { learner: 'linear-regression', task: 'regression', params: { l2: 1 }, ranges: { l2: [0, 10, 1_000] } };
const logistic: Learner = { learner: 'two-class-logistic-regression', task: 'two-class', params: {}, ranges: { l2: [0.01, 1, 100] } };
const clusters: Learner = { learner: 'k-means-clustering', task: 'clustering', params: {}, ranges: {} };
const line = tableOf({ x: [1, 2, 3, 4, 5, 6], y: [3, 5, 7, 9, 11, 13] });
const more = tableOf({ x: [7, 8], y: [15, 17] });
const people = tableOf({
  age: [20, 22, 31, 36, 40, 47, 50, 58, 60, 66, 71, 75],
  left: ['no', 'no', 'no', 'yes', 'no', 'no', 'yes', 'no', 'yes', 'yes', 'no', 'yes'],
});
const kinds = tableOf({ x: [0, 1, 2, 3, 4, 5, 6, 7, 8], kind: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c'] });

export const cases = defineCases(tuneModelHyperparameters, [
  {
    name: 'the entire grid, judged on validation rows: without a penalty the line is exact',
    params: { label: 'y', sweep: 'grid' },
    inputs: { learner: ridge, data: line, validation: more },
    expect: {
      outputs: {
        report: {
          metric: 'rmse',
          higherIsBetter: false,
          judgedBy: 'validation rows',
          best: 1,
          parameters: [{ name: 'l2' }],
          trials: [{ trial: 1, params: { l2: 0 }, share: 1 }, { params: { l2: 10 } }, { params: { l2: 1_000 } }],
        },
        model: { signature: { task: 'regression', label: { name: 'y' }, rowCount: 6 } },
        sweep: { rowCount: 3 },
      },
    },
  },
  {
    name: 'a random sweep, judged by folds',
    params: { label: 'left', runs: 4, folds: 3 },
    inputs: { learner: logistic, data: people },
    expect: { outputs: { sweep: { rowCount: 4 }, report: { metric: 'auc', judgedBy: '3 folds' }, model: { signature: { rowCount: 12 } } } },
  },
  {
    name: 'a random grid has each combination once',
    params: { label: 'y', sweep: 'random-grid', runs: 10, folds: 2 },
    inputs: { learner: ridge, data: line },
    expect: { outputs: { sweep: { rowCount: 3 } } },
  },
  {
    name: 'a Bayesian sweep',
    params: { label: 'y', sweep: 'bayesian', runs: 11, folds: 2 },
    inputs: { learner: ridge, data: line },
    expect: { outputs: { sweep: { rowCount: 11 } } },
  },
  {
    name: 'the values of a two-class algorithm within a multiclass one',
    params: { label: 'kind', sweep: 'grid', folds: 2 },
    inputs: {
      learner: {
        learner: 'one-vs-all-multiclass',
        task: 'multiclass',
        params: { learner: { learner: 'two-class-logistic-regression', task: 'two-class', params: {} } },
        ranges: { l2: [0.01, 1] },
      },
      data: kinds,
    },
    expect: {
      outputs: { sweep: { rowCount: 2 }, report: { parameters: [{ name: 'l2', title: 'L2 regularization weight' }], trials: [{ trial: 1 }, { trial: 2 }] } },
    },
  },
  {
    name: 'nothing to try',
    params: { label: 'y' },
    inputs: { learner: { ...ridge, ranges: { l2: [1] } }, data: line },
    expect: { issue: 'parameter_invalid' },
  },
  { name: 'no label', inputs: { learner: logistic, data: people }, expect: { issue: 'label_missing' } },
  { name: 'an algorithm without a label', params: { label: 'y' }, inputs: { learner: clusters, data: line }, expect: { issue: 'learner_wrong_task' } },
]);
