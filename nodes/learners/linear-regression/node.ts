import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

const leastSquares = { shownWhen: { param: 'method', is: ['ordinary-least-squares'] } };
const descent = { shownWhen: { param: 'method', is: ['online-gradient-descent'] } };

export const linearRegression = defineNode({
  type: 'linear-regression',
  version: 1,
  title: 'Linear Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'linear',
  summary: 'Predicts a number as a weighted sum of the columns. The first thing to try, and easy to explain.',
  keywords: [
    'ols',
    'least squares',
    'ridge',
    'lasso',
    'elastic net',
    'sgd',
    'gradient descent',
    'predict',
    'number',
    'linear model',
    'LinearRegression',
    'ElasticNet',
    'SGDRegressor',
  ],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    mode: param.trainerMode(),
    method: param.choice({
      title: 'Solution method',
      help: 'Least squares is exact. Gradient descent goes row by row, for very many columns.',
      options: { 'ordinary-least-squares': 'Ordinary Least Squares', 'online-gradient-descent': 'Online Gradient Descent' },
      default: 'ordinary-least-squares',
    }),
    l1: param.number({
      title: 'L1 regularization weight',
      help: 'Sets weak coefficients to exactly zero; together with L2 it is the elastic net. 0 switches it off.',
      default: 0,
      minimum: 0,
      maximum: 1e12,
      ...leastSquares,
    }),
    l1Range: param.range({ title: 'L1 regularization weights', default: [0, 1, 10, 100], minimum: 0, maximum: 1e12 }),
    l2: param.number({ title: 'L2 regularization weight', help: 'Shrinks large coefficients. 0 switches it off.', default: 0.001, minimum: 0, maximum: 1e9 }),
    l2Range: param.range({ title: 'L2 regularization weights', default: [0.001, 0.01, 0.1, 1], minimum: 0, maximum: 1e9 }),
    intercept: param.flag({ title: 'Include intercept term', help: 'Off: the prediction is 0 where all columns are 0.', default: true }),
    learningRate: param.number({ title: 'Learning rate', help: 'Size of the first step.', default: 0.1, above: 0, maximum: 100, step: 0.01, ...descent }),
    learningRateRange: param.range({ title: 'Learning rates', default: [0.01, 0.1], above: 0, maximum: 100 }),
    epochs: param.integer({
      title: 'Number of training epochs',
      help: 'Times that all rows are gone through.',
      default: 10,
      minimum: 0,
      maximum: 10_000,
      ...descent,
    }),
    epochsRange: param.range({ title: 'Numbers of training epochs', default: [1, 10, 100], minimum: 0, maximum: 10_000, whole: true }),
    normalize: param.flag({ title: 'Normalize features', help: 'Standardises all columns first.', default: true, ...descent }),
    decrease: param.flag({ title: 'Decrease learning rate', help: 'Step n is divided by √n.', default: true, ...descent }),
    average: param.flag({
      title: 'Average final hypothesis',
      help: 'Takes the mean of the coefficients after each epoch.',
      default: false,
      advanced: true,
      ...descent,
    }),
    seed: param.seed({ help: 'Orders the rows of each epoch of gradient descent. The same seed gives the same model.' }),
  }),
  deterministic: true,
  describe: ({ method, l1, l2 }) =>
    method === 'ordinary-least-squares' ? `least squares, ${l1 > 0 ? `L1 ${l1}, ` : ''}L2 ${l2}` : `gradient descent, L2 ${l2}`,
  infer: () => ({ outputs: { learner: { learner: 'linear-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
export type LinearParams = z.output<typeof linearRegression.params>;
