import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { oneVsAllMulticlass } from './node.ts';

export default defineRun(oneVsAllMulticlass, ({ learner }) => {
  if (learner.task !== 'two-class')
    throw new NodeError('learner_wrong_task', 'The learner wired here is no two-class algorithm. Wire one, such as Two-Class Logistic Regression.');
  return { learner: { learner: oneVsAllMulticlass.type, task: 'multiclass', params: { learner } } };
});
