import { defineRun } from '../../kit/define.ts';
import { wrapLearner } from '../wrapped.ts';
import { oneVsAllMulticlass } from './node.ts';

export default defineRun(oneVsAllMulticlass, ({ learner }) => ({ learner: wrapLearner(oneVsAllMulticlass.type, learner) }));
