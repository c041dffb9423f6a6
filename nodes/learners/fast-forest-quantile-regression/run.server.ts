import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { fastForestQuantileRegression, risingQuantiles } from './node.ts';

export default defineRun(fastForestQuantileRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: fastForestQuantileRegression.type, task: 'regression', quantiles: risingQuantiles(params.quantiles) }, params),
}));
