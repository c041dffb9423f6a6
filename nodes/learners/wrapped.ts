import { z } from 'zod';
import { NodeError } from '../kit/issues.ts';
import type { Learner } from '../kit/kinds.ts';

const given = z.looseObject({ learner: z.object({ learner: z.string(), task: z.literal('two-class'), params: z.record(z.string(), z.unknown()) }) });

/**
 * A multiclass learner around a two-class one. Its parameters hold the learner, and what is tried of that one's ranges comes beside it.
 * Throws NodeError `learner_wrong_task`.
 */
export function wrapLearner(type: string, { ranges, ...learner }: Learner): Learner {
  if (learner.task !== 'two-class')
    throw new NodeError('learner_wrong_task', 'The learner wired here is no two-class algorithm. Wire one, such as Two-Class Logistic Regression.');
  return { learner: type, task: 'multiclass', params: { learner }, ...(ranges && { ranges }) };
}

/** The two-class learner within the parameters of one that was wrapped, with the values beside it in place of its own. */
export function unwrapLearner(params: Readonly<Record<string, unknown>>): Learner {
  const { learner, ...tried } = given.parse(params);
  return { ...learner, params: { ...learner.params, ...tried } };
}

/** The node type whose parameters a learner has: the wrapped one's where there is one. */
export function algorithmOf({ learner, params }: Learner): string {
  const wrapped = given.safeParse(params);
  return wrapped.success ? wrapped.data.learner.learner : learner;
}
