import { defineCases } from '../../kit/define.ts';
import { twoClassAveragedPerceptron } from './node.ts';

const [learner, task] = ['two-class-averaged-perceptron', 'two-class'];
export const cases = defineCases(twoClassAveragedPerceptron, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner, task, params: { learningRate: 1, iterations: 10, shuffle: true, seed: 0 } } } } },
  {
    name: 'values to try',
    params: { mode: 'range', iterations: 5, iterationsRange: [2, 20] },
    expect: { outputs: { learner: { learner, task, params: { iterations: 5 }, ranges: { iterations: [2, 20], learningRate: [0.1, 0.5, 1] } } } },
  },
]);
