import { z } from 'zod';
import type { Trainer } from '../../kit/context.ts';
import type { Learner } from '../../kit/kinds.ts';
import { fitDuels, type Duel } from '../pairs.server.ts';
import { oneVsOneMulticlass as node } from './node.ts';

const given = z.object({ learner: z.object({ learner: z.string(), task: z.literal('two-class'), params: z.record(z.string(), z.unknown()) }) });

const trainer: Trainer = {
  learner: node.type,
  fit(data, params, context) {
    const inner: Learner = given.parse(params).learner;
    const duels = (classes: number) =>
      Array.from({ length: classes }, (_, a) => Array.from({ length: classes - a - 1 }, (_none, b): Duel => ({ for: a, against: a + b + 1 }))).flat();
    return fitDuels({ learner: node.type, title: node.title, params: { learner: inner.learner, ...inner.params }, duels, most: 50 }, data, inner, context);
  },
};
export default trainer;
