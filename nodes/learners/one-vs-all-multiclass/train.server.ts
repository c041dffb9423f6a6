import type { Trainer } from '../../kit/context.ts';
import { duelMemory, fitDuels, type Duel } from '../pairs.server.ts';
import { unwrapLearner } from '../wrapped.ts';
import { oneVsAllMulticlass as node } from './node.ts';

const trainer: Trainer = {
  learner: node.type,
  memory: (shape, params) => duelMemory(shape, unwrapLearner(params)),
  fit(data, params, context) {
    const inner = unwrapLearner(params);
    const duels = (classes: number) => Array.from({ length: classes }, (_, index): Duel => ({ for: index, against: null }));
    return fitDuels({ learner: node.type, title: node.title, params: { learner: inner.learner, ...inner.params }, duels }, data, inner, context);
  },
};
export default trainer;
