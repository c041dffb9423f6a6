import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { classWeightsParam } from '../class-weights.ts';

export const twoClassSupportVectorMachine = defineNode({
  type: 'two-class-support-vector-machine',
  version: 1,
  title: 'Two-Class Support Vector Machine',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'linear',
  summary: 'Draws the border between two classes with the widest margin: straight, or curved by the RBF kernel.',
  keywords: ['svm', 'svc', 'linear', 'hinge', 'margin', 'kernel', 'rbf', 'gaussian', 'binary', 'classifier', 'LinearSVC'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    mode: param.trainerMode(),
    kernel: param.choice({
      title: 'Kernel',
      help: 'RBF bends the border. It is approximated by random features.',
      options: { linear: 'Linear', rbf: 'RBF' },
      default: 'linear',
    }),
    iterations: param.integer({
      title: 'Number of iterations',
      help: 'At most; training ends sooner once the loss no longer falls.',
      default: 100,
      minimum: 1,
      maximum: 10_000,
    }),
    iterationsRange: param.range({ title: 'Numbers of iterations', default: [1, 10, 100], minimum: 1, maximum: 10_000, whole: true }),
    lambda: param.number({
      title: 'Lambda',
      help: 'Weight of L2 regularization beside the mean loss. Larger gives a wider margin and more errors in training.',
      default: 0.001,
      above: 0,
      maximum: 1e6,
    }),
    lambdaRange: param.range({ title: 'Lambdas', default: [1e-5, 1e-4, 1e-3, 1e-2, 0.1], above: 0, maximum: 1e6 }),
    components: param.integer({
      title: 'Number of random features',
      help: 'More come nearer to the exact kernel, and take longer.',
      default: 500,
      minimum: 1,
      maximum: 10_000,
      shownWhen: { param: 'kernel', is: ['rbf'] },
    }),
    gamma: param.number({
      title: 'Gamma',
      help: 'Larger bends the border more. 0 takes one over the number of columns.',
      default: 0,
      minimum: 0,
      maximum: 1e6,
      shownWhen: { param: 'kernel', is: ['rbf'] },
    }),
    normalize: param.flag({ title: 'Normalize features', help: 'Standardises all columns first.', default: true }),
    unitSphere: param.flag({ title: 'Project to the unit sphere', help: 'Divides each row by its length, so that only its direction counts.', default: false }),
    seed: param.seed({ help: 'Draws the random features of the RBF kernel. The same seed gives the same model.' }),
    classWeights: classWeightsParam(),
  }),
  deterministic: true,
  describe: ({ kernel, lambda }) => `${kernel === 'rbf' ? 'RBF' : 'linear'}, lambda ${lambda}`,
  infer: () => ({ outputs: { learner: { learner: 'two-class-support-vector-machine', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
