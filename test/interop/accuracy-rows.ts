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
  /** Chance plays a part: both sides are means over three seeds. */
  readonly random?: true;
}

const ridge = { l1: 0, l2: 1 };
const forest = { trees: 100, splits: 254 };
const network = { activation: 'relu', optimizer: 'adam', learningRate: 0.001, iterations: 20 };
const SEEDS = [1, 2, 3];

const learners: Readonly<Record<AccuracyDataset['task'], readonly AccuracyLearner[]>> = {
  'two-class': [
    { learner: 'two-class-logistic-regression', params: ridge },
    { learner: 'two-class-support-vector-machine', params: { lambda: 0.001 } },
    { learner: 'two-class-naive-bayes', params: {} },
    { learner: 'two-class-boosted-decision-tree', params: {} },
    { learner: 'two-class-decision-forest', params: forest, random: true },
    { learner: 'two-class-extremely-randomised-trees', params: { trees: 100 }, random: true },
    { learner: 'two-class-neural-network', params: network, random: true },
  ],
  multiclass: [
    { learner: 'multiclass-logistic-regression', params: ridge },
    { learner: 'multiclass-naive-bayes', params: {} },
    { learner: 'multiclass-boosted-decision-tree', params: { trees: 30 } },
    { learner: 'multiclass-decision-forest', params: forest, random: true },
    { learner: 'multiclass-extremely-randomised-trees', params: { trees: 100 }, random: true },
    { learner: 'multiclass-neural-network', params: network, random: true },
  ],
  regression: [
    { learner: 'linear-regression', params: { l2: 0.001 } },
    { learner: 'poisson-regression', params: ridge },
    { learner: 'boosted-decision-tree-regression', params: {} },
    { learner: 'decision-forest-regression', params: forest, random: true },
    { learner: 'extremely-randomised-trees-regression', params: { trees: 100 }, random: true },
    { learner: 'neural-network-regression', params: network, random: true },
  ],
};

export interface AccuracyRow extends AccuracyLearner {
  readonly dataset: string;
  readonly seeds: readonly number[];
}

export const rows: readonly AccuracyRow[] = Object.entries(datasets).flatMap(([dataset, { task }]) =>
  learners[task].map((each) => ({ ...each, dataset, seeds: each.random ? SEEDS : [1] })),
);

/** How far below scikit-learn a row may be. */
export const MOST_BELOW = 0.005;

/** Rows that are further below, `dataset learner`, each with the reason. */
export const KNOWN_GAPS: Readonly<Record<string, string>> = {
  'ames boosted-decision-tree-regression': 'cause not established: 0.001 beyond the limit on 732 rows, one fit on each side.',
  'ames neural-network-regression': 'cause not established; with 30 iterations scikit-learn’s own three seeds lay between 0.846 and 0.885.',
  'breast-cancer two-class-naive-bayes':
    'the float32 probability rounds to 1 for sure rows, which then tie; scikit-learn’s own log-odds, rounded alike, give 0.9758 too.',
  'letters multiclass-boosted-decision-tree': 'cause not established; a real gap of 24 of 1,667 rows to be looked into.',
  'penguins multiclass-extremely-randomised-trees': '86 rows held back, so one row is 0.0116; the mean over three seeds differs by two rows in total.',
  'telco-churn two-class-neural-network': 'cause not established; with 30 iterations scikit-learn’s own three seeds lay between 0.829 and 0.839.',
};
