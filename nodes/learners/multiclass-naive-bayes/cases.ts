import { defineCases } from '../../kit/define.ts';
import { multiclassNaiveBayes } from './node.ts';

const [learner, task] = ['multiclass-naive-bayes', 'multiclass'];
export const cases = defineCases(multiclassNaiveBayes, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner, task, params: { smoothing: 1e-9, pseudoCount: 1, priors: 'training' } } } } },
  {
    name: 'values to try',
    params: { mode: 'range', pseudoCountRange: [2] },
    expect: { outputs: { learner: { learner, task, ranges: { pseudoCount: [2], smoothing: [1e-9, 1e-6, 1e-3] } } } },
  },
]);
