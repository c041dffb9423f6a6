import type { Trainer } from '../../kit/context.ts';
import { duelMemory, fitDuels, type Duel } from '../pairs.server.ts';
import { unwrapLearner } from '../wrapped.ts';
import { oneVsOneMulticlass as node } from './node.ts';

const MOST_CLASSES = 50;

const trainer: Trainer = {
  learner: node.type,
  // The two largest classes have no smaller a share of the rows.
  memory: ({ rowCount, columnCount }, params) => duelMemory({ rowCount: (rowCount * 2) / MOST_CLASSES, columnCount }, unwrapLearner(params)),
  fit(data, params, context) {
    const inner = unwrapLearner(params);
    const duels = (classes: number) =>
      Array.from({ length: classes }, (_, a) => Array.from({ length: classes - a - 1 }, (_none, b): Duel => ({ for: a, against: a + b + 1 }))).flat();
    return fitDuels(
      { learner: node.type, title: node.title, params: { learner: inner.learner, ...inner.params }, duels, most: MOST_CLASSES },
      data,
      inner,
      context,
    );
  },
};
export default trainer;
