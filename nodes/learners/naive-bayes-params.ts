import * as param from '../kit/params.ts';

/** The parameters of naive Bayes, for two and for several classes. */
export const bayesParams = () => ({
  mode: param.trainerMode(),
  smoothing: param.number({
    title: 'Variance smoothing',
    help: 'This share of the largest variance of a column is added to each variance, so that none is zero.',
    default: 1e-9,
    minimum: 0,
    maximum: 1,
    advanced: true,
  }),
  smoothingRange: param.range({ title: 'Variance smoothings', default: [1e-9, 1e-6, 1e-3], minimum: 0, maximum: 1 }),
  pseudoCount: param.number({
    title: 'Pseudo count',
    help: 'Added to the count of each level, so that none is impossible.',
    default: 1,
    above: 0,
    maximum: 1e6,
  }),
  pseudoCountRange: param.range({ title: 'Pseudo counts', default: [0.1, 1, 10], above: 0, maximum: 1e6 }),
  priors: param.choice({
    title: 'Class priors',
    help: 'How often each class is before anything is known of a row.',
    options: { training: 'As in training', uniform: 'All alike' },
    default: 'training',
  }),
});
