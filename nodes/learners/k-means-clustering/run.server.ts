import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { kMeansClustering } from './node.ts';

export default defineRun(kMeansClustering, (_inputs, params) => ({ learner: learnerOf({ learner: kMeansClustering.type, task: 'clustering' }, params) }));
