import type { z } from 'zod';
import * as param from '../kit/params.ts';

/** The parameters that all neural networks share; what differs are the usual learning rate and what comes beside them. */
export const networkParams = ({ learningRate }: { learningRate: number }) => ({
  mode: param.trainerMode(),
  hiddenNodes: param.numbers({
    title: 'Number of hidden nodes',
    help: 'Units of the hidden layer. Several numbers make several layers, such as 100, 50.',
    default: [100],
    minimum: 1,
    maximum: 10_000,
    whole: true,
    maximumCount: 10,
  }),
  activation: param.choice({
    title: 'Activation',
    help: 'What a hidden unit makes of its sum. ReLU suits several layers.',
    options: { sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'ReLU' },
    default: 'sigmoid',
  }),
  optimizer: param.choice({
    title: 'Optimizer',
    help: 'Adam adapts the step of each weight. With it a learning rate of 0.001 to 0.01 is usual.',
    options: { sgd: 'Gradient descent with momentum', adam: 'Adam' },
    default: 'sgd',
  }),
  learningRate: param.number({ title: 'Learning rate', help: 'Size of each step.', default: learningRate, above: 0, maximum: 10, step: 0.001 }),
  learningRateRange: param.range({ title: 'Learning rates', default: [0.01, 0.02, 0.04], above: 0, maximum: 10 }),
  iterations: param.integer({
    title: 'Number of learning iterations',
    help: 'Times that all rows are gone through.',
    default: 100,
    minimum: 1,
    maximum: 100_000,
  }),
  iterationsRange: param.range({ title: 'Numbers of iterations', default: [20, 40, 80, 160], minimum: 1, maximum: 100_000, whole: true }),
  batch: param.integer({
    title: 'Minibatch size',
    help: 'Rows whose mean gradient makes one step. Small ones learn more from each pass, large ones pass faster.',
    default: 32,
    minimum: 1,
    maximum: 1_000_000,
  }),
  momentum: param.number({
    title: 'The momentum',
    help: 'The share of the last step that the next one keeps; Adam keeps 0.9 always.',
    default: 0,
    minimum: 0,
    maximum: 0.9999,
    step: 0.1,
    shownWhen: { param: 'optimizer', is: ['sgd'] },
  }),
  l2: param.number({ title: 'L2 regularization weight', help: 'Shrinks large weights.', default: 0, minimum: 0, maximum: 1e6, advanced: true }),
  diameter: param.number({
    title: 'The initial learning weights diameter',
    help: 'First weights lie within half of it around zero. 0: by the width of the layers, which suits several layers.',
    default: 0,
    minimum: 0,
    maximum: 100,
    step: 0.1,
    advanced: true,
  }),
  patience: param.integer({
    title: 'Early stopping patience',
    help: 'With a validation dataset on Train Model: ends after so many iterations without a lower loss on it.',
    default: 10,
    minimum: 1,
    maximum: 100_000,
    advanced: true,
  }),
  shuffle: param.flag({ title: 'Shuffle examples', help: 'A new order of the rows in each iteration.', default: true, advanced: true }),
  seed: param.seed({ help: 'Chooses the first weights and the order of rows. The same seed gives the same model.' }),
});

export type NetworkParams = z.output<z.ZodObject<ReturnType<typeof networkParams>>>;

export const describeNetwork = ({ hiddenNodes, activation, iterations }: NetworkParams): string =>
  `${hiddenNodes.join(' × ')} ${activation}, ${iterations} iterations`;
