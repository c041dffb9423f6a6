import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { classWeightsParam } from '../class-weights.ts';
import { neighboursParams } from '../neighbours-params.ts';

export const kNearestNeighboursClassification = defineNode({
  type: 'k-nearest-neighbours-classification',
  version: 1,
  title: 'k-Nearest Neighbours Classification',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'cluster',
  summary: 'Gives a row the class that most of the training rows nearest to it have. Learns nothing but the rows themselves.',
  keywords: [
    'knn',
    'nearest neighbors',
    'neighbour',
    'lazy',
    'instance',
    'similar',
    'classifier',
    'multiclass',
    'binary',
    'KNeighborsClassifier',
    'k nearest neighbor',
  ],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    classes: param.choice({
      title: 'Classes',
      help: 'Two gives one column of probabilities and the curves of a two-class evaluation; several gives a column for each class.',
      options: { several: 'Several', two: 'Two' },
      default: 'several',
    }),
    ...neighboursParams(),
    classWeights: classWeightsParam(),
  }),
  deterministic: true,
  describe: ({ neighbours, weighting }) => `${neighbours} neighbour${neighbours === 1 ? '' : 's'}${weighting === 'distance' ? ', by distance' : ''}`,
  infer: (_inputs, params) => ({ outputs: { learner: { learner: 'k-nearest-neighbours-classification', task: taskOf(params) } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});

export const taskOf = ({ classes }: { classes: 'two' | 'several' }) => (classes === 'two' ? 'two-class' : 'multiclass');
