import { defineRun } from '../../kit/define.ts';
import { wrapLearner } from '../wrapped.ts';
import { oneVsOneMulticlass } from './node.ts';

export default defineRun(oneVsOneMulticlass, ({ learner }) => ({ learner: wrapLearner(oneVsOneMulticlass.type, learner) }));
