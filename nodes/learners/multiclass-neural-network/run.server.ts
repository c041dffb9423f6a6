import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { multiclassNeuralNetwork } from './node.ts';

export default defineRun(multiclassNeuralNetwork, (_inputs, params) => ({
  learner: learnerOf({ learner: multiclassNeuralNetwork.type, task: 'multiclass' }, params),
}));
