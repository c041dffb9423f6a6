import { defineCases } from '../../kit/define.ts';
import { twoClassSupportVectorMachine } from './node.ts';

const [learner, task] = ['two-class-support-vector-machine', 'two-class'];
export const cases = defineCases(twoClassSupportVectorMachine, [
  {
    name: 'the usual settings',
    expect: { outputs: { learner: { learner, task, params: { kernel: 'linear', iterations: 100, lambda: 0.001, normalize: true, unitSphere: false } } } },
  },
  {
    name: 'values to try',
    params: { mode: 'range', kernel: 'rbf', lambdaRange: [0.1] },
    expect: { outputs: { learner: { learner, task, params: { kernel: 'rbf' }, ranges: { lambda: [0.1], iterations: [1, 10, 100] } } } },
  },
]);
