import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassAveragedPerceptron } from './node.ts';

export default defineRun(twoClassAveragedPerceptron, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassAveragedPerceptron.type, task: 'two-class' }, params),
}));
