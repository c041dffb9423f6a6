import type { Trainer } from '../../kit/context.ts';
import { numericTargets } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { writeMean, writeNeighbours } from '../neighbours-graph.ts';
import { neighboursMemory, storeRows } from '../neighbours.server.ts';
import { kNearestNeighboursRegression as node } from './node.ts';

/** The mean of the nearest training rows. scikit-learn's KNeighborsRegressor is the same. */
const trainer: Trainer = {
  learner: node.type,
  memory: neighboursMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const targets = numericTargets(data.label);
    const { features, stored, notes } = await storeRows(data, data.weights, params, context);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'regression',
      params,
      data,
      features,
      score: (builder, matrix) => writeMean(builder, writeNeighbours(builder, matrix, stored, params.neighbours, params.weighting), targets),
      importance: new Map(),
      history: [],
      notes,
    });
  },
};
export default trainer;
