/** What the accuracy table holds: datasets, and on each the learners with parameters that differ from the defaults. */

export interface AccuracyDataset {
  readonly path: string;
  readonly task: 'two-class' | 'multiclass' | 'regression';
  readonly label: string;
  readonly drop: readonly string[];
  /** Every so many-th block of four rows counts; of each block the last row is held back. */
  readonly blocks: number;
}

export const datasets: Readonly<Record<string, AccuracyDataset>> = {
  'telco-churn': { path: 'pipelines/samples/data/telco-churn.csv', task: 'two-class', label: 'churn', drop: [], blocks: 1 },
  'breast-cancer': { path: 'pipelines/samples/data/breast-cancer.csv', task: 'two-class', label: 'Class', drop: ['Id'], blocks: 1 },
  penguins: { path: 'test/interop/data/penguins.csv', task: 'multiclass', label: 'species', drop: [], blocks: 1 },
  letters: { path: 'test/interop/data/letter-recognition.csv', task: 'multiclass', label: 'lettr', drop: [], blocks: 3 },
  ames: { path: 'test/interop/data/ames-housing.csv', task: 'regression', label: 'Sale_Price', drop: [], blocks: 1 },
  diamonds: { path: 'pipelines/samples/data/diamonds.csv', task: 'regression', label: 'price', drop: [], blocks: 10 },
};

export interface AccuracyLearner {
  readonly learner: string;
  readonly params: Record<string, unknown>;
  /** Tells apart rows of the same learner on one dataset. */
  readonly variant?: string;
  /** Chance plays a part: both sides are means over so many seeds. */
  readonly seeds?: number;
  /** Learns only from rows that are not of the last class. */
  readonly usual?: true;
  /** The two-class learner that this one makes multiclass. */
  readonly within?: { readonly learner: string; readonly params: Record<string, unknown> };
}

const ridge = { l1: 0, l2: 1 };
const forest = { trees: 100, splits: 254 };
const network = { activation: 'relu', optimizer: 'adam', learningRate: 0.001, iterations: 20 };
const logistic = { learner: 'two-class-logistic-regression', params: ridge };
/** The more two fits differ by chance alone, the more of them. */
const [FEW_SEEDS, MANY_SEEDS] = [3, 24];
/** Single networks of 20 passes over so few rows of 306 columns differ by 0.024: only the mean of many says what they give. */
const SEEDS_ON: Readonly<Record<string, number>> = { 'ames neural-network-regression': 200 };

const learners: Readonly<Record<AccuracyDataset['task'], readonly AccuracyLearner[]>> = {
  'two-class': [
    { learner: 'two-class-logistic-regression', params: ridge },
    { learner: 'two-class-support-vector-machine', params: { lambda: 0.001 } },
    { learner: 'two-class-support-vector-machine', variant: 'rbf', params: { kernel: 'rbf', lambda: 0.001 }, seeds: FEW_SEEDS },
    { learner: 'two-class-averaged-perceptron', params: {}, seeds: MANY_SEEDS },
    { learner: 'two-class-naive-bayes', params: {} },
    { learner: 'two-class-boosted-decision-tree', params: {} },
    { learner: 'two-class-decision-forest', params: forest, seeds: FEW_SEEDS },
    { learner: 'two-class-extremely-randomised-trees', params: { trees: 100 }, seeds: FEW_SEEDS },
    { learner: 'two-class-neural-network', params: network, seeds: MANY_SEEDS },
    { learner: 'k-nearest-neighbours-classification', params: { classes: 'two' } },
  ],
  multiclass: [
    { learner: 'multiclass-logistic-regression', params: ridge },
    { learner: 'one-vs-all-multiclass', params: {}, within: logistic },
    { learner: 'one-vs-one-multiclass', params: {}, within: logistic },
    { learner: 'multiclass-naive-bayes', params: {} },
    { learner: 'multiclass-boosted-decision-tree', params: { trees: 30, l2: 0 } },
    { learner: 'multiclass-decision-forest', params: forest, seeds: FEW_SEEDS },
    { learner: 'multiclass-extremely-randomised-trees', params: { trees: 100 }, seeds: FEW_SEEDS },
    { learner: 'multiclass-neural-network', params: network, seeds: MANY_SEEDS },
    { learner: 'k-nearest-neighbours-classification', params: {} },
  ],
  regression: [
    { learner: 'linear-regression', params: { l2: 0.001 } },
    { learner: 'poisson-regression', params: ridge },
    { learner: 'boosted-decision-tree-regression', params: {} },
    { learner: 'boosted-decision-tree-regression', variant: 'absolute', params: { loss: 'absolute' } },
    { learner: 'boosted-decision-tree-regression', variant: 'poisson', params: { loss: 'poisson' } },
    { learner: 'boosted-decision-tree-regression', variant: 'quantile', params: { loss: 'quantile', quantile: 0.9 } },
    { learner: 'decision-forest-regression', params: forest, seeds: FEW_SEEDS },
    { learner: 'extremely-randomised-trees-regression', params: { trees: 100 }, seeds: FEW_SEEDS },
    { learner: 'neural-network-regression', params: network, seeds: MANY_SEEDS },
    { learner: 'k-nearest-neighbours-regression', params: {} },
  ],
};

/** Without a label. Detectors of anomalies learn from the usual rows alone. */
const unlabelled: readonly (AccuracyLearner & { readonly dataset: string })[] = [
  ...Object.entries({ 'telco-churn': 4, 'breast-cancer': 2, penguins: 3, letters: 26, ames: 5, diamonds: 8 }).map(([dataset, clusters]) => ({
    dataset,
    learner: 'k-means-clustering',
    params: { clusters, starts: 10 },
    seeds: FEW_SEEDS,
  })),
  { dataset: 'breast-cancer', learner: 'isolation-forest', params: {}, usual: true, seeds: MANY_SEEDS },
  { dataset: 'breast-cancer', learner: 'pca-based-anomaly-detection', params: {}, usual: true },
  { dataset: 'breast-cancer', learner: 'one-class-support-vector-machine', params: {}, usual: true },
];

export interface AccuracyRow extends Omit<AccuracyLearner, 'seeds'> {
  readonly dataset: string;
  readonly random: boolean;
  readonly seeds: readonly number[];
}

export const rowName = ({ dataset, learner, variant }: Pick<AccuracyRow, 'dataset' | 'learner' | 'variant'>): string =>
  [dataset, learner, ...(variant ? [variant] : [])].join(' ');

const labelled = Object.entries(datasets).flatMap(([dataset, { task }]) => learners[task].map((each) => ({ ...each, dataset })));

export const rows: readonly AccuracyRow[] = [...labelled, ...unlabelled].map(({ seeds, ...each }) => ({
  ...each,
  random: seeds !== undefined,
  seeds: Array.from({ length: SEEDS_ON[rowName(each)] ?? seeds ?? 1 }, (_, at) => at + 1),
}));

/** How far below scikit-learn a row may be. */
export const MOST_BELOW = 0.005;

/** Rows that are further below, by `rowName`, each with the reason. */
export const KNOWN_GAPS: Readonly<Record<string, string>> = {};
