import { defineCases } from '../../kit/define.ts';
import type { Learner } from '../../kit/kinds.ts';
import { oneVsAllMulticlass } from './node.ts';

const logistic: Learner = { learner: 'two-class-logistic-regression', task: 'two-class', params: { l1: 0 } };
const linear: Learner = { learner: 'linear-regression', task: 'regression', params: {} };
export const cases = defineCases(oneVsAllMulticlass, [
  {
    name: 'holds the learner that it wraps',
    inputs: { learner: logistic },
    expect: { outputs: { learner: { learner: 'one-vs-all-multiclass', task: 'multiclass', params: { learner: logistic } } } },
  },
  {
    name: 'passes on the values to try',
    inputs: { learner: { ...logistic, ranges: { l2: [0.1, 1] } } },
    expect: { outputs: { learner: { learner: 'one-vs-all-multiclass', task: 'multiclass', params: { learner: logistic }, ranges: { l2: [0.1, 1] } } } },
  },
  { name: 'a learner for numbers', inputs: { learner: linear }, expect: { issue: 'learner_wrong_task' } },
]);
