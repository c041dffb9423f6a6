import * as param from '../kit/params.ts';

/** Neighbours of a row at most. */
export const NEIGHBOUR_LIMIT = 1_000;

/** The parameters of k-nearest neighbours, for classes and for numbers. */
export const neighboursParams = () => ({
  mode: param.trainerMode(),
  neighbours: param.integer({
    title: 'Number of neighbours',
    help: 'More smooth the prediction; fewer follow the training rows closely.',
    default: 5,
    minimum: 1,
    maximum: NEIGHBOUR_LIMIT,
  }),
  neighboursRange: param.range({ title: 'Numbers of neighbours', default: [1, 5, 15, 50], minimum: 1, maximum: NEIGHBOUR_LIMIT, whole: true }),
  weighting: param.choice({
    title: 'Weights of neighbours',
    help: 'By distance: a neighbour counts 1 / its distance; if some are at the very place, they alone count.',
    options: { uniform: 'All alike', distance: 'By distance' },
    default: 'uniform',
  }),
  normalize: param.flag({ title: 'Normalize features', help: 'Standardises all columns, so that each counts alike in the distance.', default: true }),
});
export type Weighting = 'uniform' | 'distance';
