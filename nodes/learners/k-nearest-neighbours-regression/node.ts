import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { neighboursParams } from '../neighbours-params.ts';

export const kNearestNeighboursRegression = defineNode({
  type: 'k-nearest-neighbours-regression',
  version: 1,
  title: 'k-Nearest Neighbours Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'cluster',
  summary: 'Predicts the mean of the training rows nearest to a row. Learns nothing but the rows themselves.',
  keywords: ['knn', 'nearest neighbors', 'neighbour', 'lazy', 'instance', 'similar', 'number', 'predict', 'KNeighborsRegressor', 'k nearest neighbor'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object(neighboursParams()),
  deterministic: true,
  describe: ({ neighbours, weighting }) => `${neighbours} neighbour${neighbours === 1 ? '' : 's'}${weighting === 'distance' ? ', by distance' : ''}`,
  infer: () => ({ outputs: { learner: { learner: 'k-nearest-neighbours-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
