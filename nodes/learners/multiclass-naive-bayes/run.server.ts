import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { multiclassNaiveBayes } from './node.ts';

export default defineRun(multiclassNaiveBayes, (_inputs, params) => ({
  learner: learnerOf({ learner: multiclassNaiveBayes.type, task: 'multiclass' }, params),
}));
