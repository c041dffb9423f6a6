import { defineRun } from '../../kit/define.ts';
import { kMeansLearner } from '../clusters/params.ts';
import { learnerOf } from '../learner.ts';
import { kMeansClustering } from './node.ts';

export default defineRun(kMeansClustering, (_inputs, params) => ({ learner: learnerOf(kMeansLearner(params), params) }));
