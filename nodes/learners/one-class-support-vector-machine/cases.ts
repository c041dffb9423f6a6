import { defineCases } from '../../kit/define.ts';
import { oneClassSupportVectorMachine } from './node.ts';

const type = 'one-class-support-vector-machine';
export const cases = defineCases(oneClassSupportVectorMachine, [
  {
    name: 'the usual settings',
    expect: { outputs: { learner: { learner: type, task: 'anomaly', params: { nu: 0.1, gamma: 0, rows: 4_000, seed: 0 } } } },
  },
  {
    name: 'a closer border',
    params: { gamma: 0.5, nu: 0.01 },
    expect: { outputs: { learner: { learner: type, task: 'anomaly', params: { gamma: 0.5, nu: 0.01 } } } },
  },
]);
