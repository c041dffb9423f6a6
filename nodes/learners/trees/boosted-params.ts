import * as param from '../../kit/params.ts';

/** The parameters that all boosted trees share. */
export const boostedParams = ({ seed = 0, l2 = 0 }: { seed?: number; l2?: number } = {}) => ({
  mode: param.trainerMode(),
  leaves: param.integer({
    title: 'Maximum number of leaves per tree',
    help: 'More leaves fit finer, and overfit sooner.',
    default: 20,
    minimum: 2,
    maximum: 10_000,
  }),
  leavesRange: param.range({ title: 'Maximum numbers of leaves', default: [2, 8, 32, 128], minimum: 2, maximum: 10_000, whole: true }),
  minimumSamples: param.integer({
    title: 'Minimum number of samples per leaf node',
    help: 'Rows that a leaf must hold at least.',
    default: 10,
    minimum: 1,
    maximum: 1_000_000,
  }),
  minimumSamplesRange: param.range({ title: 'Minimum numbers of samples', default: [1, 10, 50], minimum: 1, maximum: 1_000_000, whole: true }),
  learningRate: param.number({
    title: 'Learning rate',
    help: 'How much each tree corrects. Smaller needs more trees.',
    default: 0.2,
    above: 0,
    maximum: 1,
    step: 0.01,
  }),
  learningRateRange: param.range({ title: 'Learning rates', default: [0.025, 0.05, 0.1, 0.2, 0.4], above: 0, maximum: 1 }),
  trees: param.integer({ title: 'Number of trees constructed', default: 100, minimum: 1, maximum: 10_000 }),
  treesRange: param.range({ title: 'Numbers of trees', default: [20, 100, 500], minimum: 1, maximum: 10_000, whole: true }),
  maximumDepth: param.integer({
    title: 'Maximum depth of the trees',
    help: 'Splits one after the other. 0: no limit but the number of leaves.',
    default: 0,
    minimum: 0,
    maximum: 1_000,
    advanced: true,
  }),
  l2: param.number({
    title: 'L2 regularization weight',
    help: 'Shrinks the values of leaves with few rows. With several classes and none of it the loss may grow again.',
    default: l2,
    minimum: 0,
    maximum: 1e9,
    advanced: true,
  }),
  l2Range: param.range({ title: 'L2 regularization weights', default: [0, 1, 10], minimum: 0, maximum: 1e9 }),
  rowShare: param.number({
    title: 'Share of rows per tree',
    help: 'Below 1 each tree is made from rows drawn anew, which overfits less.',
    default: 1,
    above: 0,
    maximum: 1,
    step: 0.1,
    advanced: true,
  }),
  rowShareRange: param.range({ title: 'Shares of rows', default: [0.6, 0.8, 1], above: 0, maximum: 1 }),
  columnShare: param.number({
    title: 'Share of columns per tree',
    help: 'Below 1 each tree may use only columns drawn anew.',
    default: 1,
    above: 0,
    maximum: 1,
    step: 0.1,
    advanced: true,
  }),
  columnShareRange: param.range({ title: 'Shares of columns', default: [0.6, 0.8, 1], above: 0, maximum: 1 }),
  patience: param.integer({
    title: 'Early stopping patience',
    help: 'With a validation dataset on Train Model: training ends after so many trees without a lower loss on it, and the trees up to the best count.',
    default: 10,
    minimum: 1,
    maximum: 10_000,
    advanced: true,
  }),
  seed: param.seed({
    default: seed,
    help: 'Draws rows and columns for each tree, and the rows that give the bins where there are more than 200,000. The same seed gives the same model.',
  }),
});

export interface BoostedParams {
  readonly leaves: number;
  readonly minimumSamples: number;
  readonly learningRate: number;
  readonly trees: number;
  readonly maximumDepth: number;
  readonly l2: number;
  readonly rowShare: number;
  readonly columnShare: number;
  readonly patience: number;
  readonly seed: number;
}

export const describeBoosted = ({ trees, leaves, learningRate }: BoostedParams): string => `${trees} trees × ${leaves} leaves, rate ${learningRate}`;
