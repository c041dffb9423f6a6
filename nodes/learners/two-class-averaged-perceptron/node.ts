import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { classWeightsParam } from '../class-weights.ts';

export const twoClassAveragedPerceptron = defineNode({
  type: 'two-class-averaged-perceptron',
  version: 1,
  title: 'Two-Class Averaged Perceptron',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'linear',
  summary: 'Draws a straight border between two classes and corrects it with each row on the wrong side. Quick and simple.',
  keywords: ['perceptron', 'online', 'linear', 'averaged', 'binary', 'classifier', 'two classes'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    mode: param.trainerMode(),
    learningRate: param.number({
      title: 'Learning rate',
      help: 'How far a row on the wrong side moves the border.',
      default: 1,
      above: 0,
      maximum: 1e6,
      step: 0.1,
    }),
    learningRateRange: param.range({ title: 'Learning rates', default: [0.1, 0.5, 1], above: 0, maximum: 1e6 }),
    iterations: param.integer({
      title: 'Maximum number of iterations',
      help: 'Times that all rows are gone through.',
      default: 10,
      minimum: 1,
      maximum: 10_000,
    }),
    iterationsRange: param.range({ title: 'Maximum numbers of iterations', default: [1, 10], minimum: 1, maximum: 10_000, whole: true }),
    shuffle: param.flag({ title: 'Shuffle examples', help: 'A new order of the rows in each iteration.', default: true, advanced: true }),
    seed: param.seed({ help: 'Orders the rows. The same seed gives the same model.' }),
    classWeights: classWeightsParam(),
  }),
  deterministic: true,
  describe: ({ learningRate, iterations }) => `rate ${learningRate}, ${iterations} iteration${iterations === 1 ? '' : 's'}`,
  infer: () => ({ outputs: { learner: { learner: 'two-class-averaged-perceptron', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
