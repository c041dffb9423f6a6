import { z } from 'zod';
import type { LearnerSpec } from '../../kit/kinds.ts';
import * as param from '../../kit/params.ts';

/** The node type that trains by k-means. */
export const K_MEANS = { type: 'k-means-clustering', title: 'K-Means Clustering' } as const;

export const MOST_CENTROIDS = 1_000;

export const kMeansParams = z.object({
  mode: param.trainerMode(),
  clusters: param.integer({ title: 'Number of centroids', help: 'Groups to form.', default: 2, minimum: 2, maximum: MOST_CENTROIDS }),
  clustersRange: param.range({ title: 'Numbers of centroids', default: [2, 3, 4, 5, 6, 8, 10], minimum: 2, maximum: MOST_CENTROIDS, whole: true }),
  seeding: param.choice({
    title: 'Initialization',
    help: 'How the first centres are chosen. K-means++ spreads them.',
    options: { 'k-means++': 'K-Means++', random: 'Random', first: 'First N' },
    default: 'k-means++',
  }),
  method: param.choice({
    title: 'Method',
    help: 'All rows move the centres exactly. Mini-batches of random rows come nearly as far in less time, for millions of rows.',
    options: { lloyd: 'All rows', 'mini-batch': 'Mini-batches' },
    default: 'lloyd',
  }),
  batchRows: param.integer({
    title: 'Rows in a mini-batch',
    help: 'Rows that move the centres at a time. A table with no more rows is used whole.',
    default: 4_096,
    minimum: 16,
    maximum: 1_000_000,
    shownWhen: { param: 'method', is: ['mini-batch'] },
  }),
  starts: param.integer({
    title: 'Number of starts',
    help: 'Begins anew so often with other centres; the tightest groups count.',
    default: 1,
    minimum: 1,
    maximum: 100,
    advanced: true,
  }),
  iterations: param.integer({
    title: 'Iterations',
    help: 'At most so many moves of the centres; with mini-batches, so many passes.',
    default: 100,
    minimum: 1,
    maximum: 100_000,
  }),
  labels: param.choice({
    title: 'Assign label mode',
    help: 'What becomes of a label column that is there. Filled or overwritten, a row gets the label of the row nearest to the centre of its group.',
    options: { ignore: 'Ignore label column', fill: 'Fill missing values', overwrite: 'Overwrite from closest to center' },
    default: 'ignore',
    advanced: true,
  }),
  normalize: param.flag({
    title: 'Normalize features',
    help: 'Brings each column to the range from 0 to 1, so that all count alike.',
    default: true,
  }),
  seed: param.seed({ help: 'Chooses the first centres. The same seed gives the same model.' }),
});
export type KMeansParams = z.output<typeof kMeansParams>;

export const kMeansLearner = ({ labels }: Pick<KMeansParams, 'labels'>): LearnerSpec => ({
  learner: K_MEANS.type,
  task: 'clustering',
  ...(labels === 'ignore' ? {} : { labels }),
});
