import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { neuralNetworkRegression } from './node.ts';

export default defineRun(neuralNetworkRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: neuralNetworkRegression.type, task: 'regression' }, params),
}));
