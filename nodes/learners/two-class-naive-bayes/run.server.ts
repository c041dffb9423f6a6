import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassNaiveBayes } from './node.ts';

export default defineRun(twoClassNaiveBayes, (_inputs, params) => ({ learner: learnerOf({ learner: twoClassNaiveBayes.type, task: 'two-class' }, params) }));
