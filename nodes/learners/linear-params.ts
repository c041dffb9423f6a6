import * as param from '../kit/params.ts';

/** The parameters that logistic and Poisson regression share, each with its list of values to try. */
export const linearParams = () => ({
  mode: param.trainerMode(),
  tolerance: param.number({
    title: 'Optimization tolerance',
    help: 'Training ends when the loss falls by less than this share of itself per step.',
    default: 1e-7,
    above: 0,
    maximum: 1,
    advanced: true,
  }),
  toleranceRange: param.range({ title: 'Optimization tolerances', default: [1e-4, 1e-7], above: 0, maximum: 1 }),
  l1: param.number({
    title: 'L1 regularization weight',
    help: 'Sets weak coefficients to exactly zero; more does so sooner. 0 switches it off.',
    default: 1,
    minimum: 0,
    maximum: 1e9,
  }),
  l1Range: param.range({ title: 'L1 regularization weights', default: [0, 0.01, 0.1, 1], minimum: 0, maximum: 1e9 }),
  l2: param.number({ title: 'L2 regularization weight', help: 'Shrinks large coefficients. 0 switches it off.', default: 1, minimum: 0, maximum: 1e9 }),
  l2Range: param.range({ title: 'L2 regularization weights', default: [0.01, 0.1, 1], minimum: 0, maximum: 1e9 }),
});

export const memoryParams = () => ({
  memory: param.integer({
    title: 'Memory size for L-BFGS',
    help: 'Steps that the optimizer remembers.',
    default: 20,
    minimum: 1,
    maximum: 1_000,
    advanced: true,
  }),
  memoryRange: param.range({ title: 'Memory sizes for L-BFGS', default: [5, 20, 50], minimum: 1, maximum: 1_000, whole: true }),
});
