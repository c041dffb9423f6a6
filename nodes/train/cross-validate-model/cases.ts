import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { tableOf } from '../../kit/table.ts';
import { crossValidateModel } from './node.ts';

const linear: Learner = { learner: 'linear-regression', task: 'regression', params: { l2: 0 } };
const logistic: Learner = { learner: 'two-class-logistic-regression', task: 'two-class', params: {} };
const clusters: Learner = { learner: 'k-means-clustering', task: 'clustering', params: {} };
const line = tableOf({ x: [1, 2, 3, 4, 5, 6, 7, 8], half: ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'], y: [3, 5, 7, 9, 11, 13, 15, null] });
const people = tableOf({
  age: [20, 22, 31, 36, 40, 47, 50, 58, 60, 66, 71, 75],
  left: ['no', 'no', 'no', 'yes', 'no', 'no', 'yes', 'no', 'yes', 'yes', 'no', 'yes'],
});

export const cases = defineCases(crossValidateModel, [
  {
    name: 'folds of a column: each row is scored by the model of the other fold; a row without a label is left out',
    params: { label: 'y', foldColumn: 'half' },
    inputs: { learner: linear, data: line },
    expect: {
      outputs: {
        scored: tableOf(
          {
            x: [1, 2, 3, 4, 5, 6, 7],
            half: ['a', 'b', 'a', 'b', 'a', 'b', 'a'],
            y: [3, 5, 7, 9, 11, 13, 15],
            'Fold Number': [1, 2, 1, 2, 1, 2, 1],
            'Scored Labels': [3, 5, 7, 9, 11, 13, 15],
          },
          { y: { role: 'label' }, 'Fold Number': { role: 'id', type: 'integer' }, 'Scored Labels': { role: 'score' } },
        ),
      },
    },
  },
  {
    name: 'stratified folds by chance, with their mean and deviation',
    params: { label: 'left', folds: 3 },
    inputs: { learner: logistic, data: people },
    expect: { outputs: { folds: { rowCount: 5 }, scored: { rowCount: 12 } } },
  },
  { name: 'more folds than rows', params: { label: 'left', folds: 13 }, inputs: { learner: logistic, data: people }, expect: { issue: 'parameter_invalid' } },
  {
    name: 'a fold that leaves one class to learn from',
    params: { label: 'left', foldColumn: 'left2' },
    inputs: { learner: logistic, data: tableOf({ age: [1, 2, 3, 4], left: ['no', 'no', 'yes', 'yes'], left2: ['no', 'no', 'yes', 'yes'] }) },
    expect: { issue: 'label_one_class' },
  },
  {
    name: 'a fold column that is not there',
    params: { label: 'y', foldColumn: 'gone' },
    inputs: { learner: linear, data: line },
    expect: { issue: 'column_missing' },
  },
  { name: 'no label', inputs: { learner: logistic, data: people }, expect: { issue: 'label_missing' } },
  { name: 'an algorithm without a label', params: { label: 'y' }, inputs: { learner: clusters, data: line }, expect: { issue: 'learner_wrong_task' } },
]);
