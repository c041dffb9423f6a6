import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassNeuralNetwork } from './node.ts';

export default defineRun(twoClassNeuralNetwork, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassNeuralNetwork.type, task: 'two-class' }, params),
}));
