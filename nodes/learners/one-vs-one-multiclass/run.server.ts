import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { oneVsOneMulticlass } from './node.ts';

export default defineRun(oneVsOneMulticlass, ({ learner }) => {
  if (learner.task !== 'two-class')
    throw new NodeError('learner_wrong_task', 'The learner wired here is no two-class algorithm. Wire one, such as Two-Class Logistic Regression.');
  return { learner: { learner: oneVsOneMulticlass.type, task: 'multiclass', params: { learner } } };
});
