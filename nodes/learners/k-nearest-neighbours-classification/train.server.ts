import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { classesOf, twoClasses } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { writeNeighbours, writeVotes } from '../neighbours-graph.ts';
import { neighboursMemory, storeRows } from '../neighbours.server.ts';
import { kNearestNeighboursClassification as node, taskOf } from './node.ts';

/** Votes of the nearest training rows (Cover & Hart 1967). scikit-learn's KNeighborsClassifier is the same. */
const trainer: Trainer = {
  learner: node.type,
  memory: neighboursMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const two = params.classes === 'two';
    const classes = two ? twoClasses(data.label) : classesOf(data.label);
    const count = classes.levels.length;
    const weights = weightsWithClasses(params.classWeights, classes.targets, count, data.weights);
    const { features, stored, notes } = await storeRows(data, weights, params, context);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: taskOf(params),
      params,
      data,
      features,
      classes,
      score(builder, matrix) {
        const votes = writeVotes(builder, writeNeighbours(builder, matrix, stored, params.neighbours, params.weighting), classes.targets, count);
        return two ? builder.node('Slice', [votes, builder.int64s([1]), builder.int64s([2]), builder.int64s([1])]) : votes;
      },
      gives: 'probabilities',
      importance: new Map(),
      history: [],
      notes,
    });
  },
};
export default trainer;
