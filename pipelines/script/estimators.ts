import type { HelperName } from './helpers.ts';
import { literal } from './python.ts';

type Params = Readonly<Record<string, unknown>>;
export interface Estimator {
  readonly name: string;
  /** Where it comes from, such as `sklearn.linear_model`; a helper of the script has none. */
  readonly module?: string;
  readonly helper?: HelperName;
  /** Parameters that the settings take into account. */
  readonly uses: readonly string[];
  /** Null where these parameters have none. */
  readonly settings: (params: Params) => Readonly<Record<string, unknown>> | null;
  /** The estimator within others, as Python. */
  readonly around?: (estimator: string, params: Params) => string;
  readonly imports?: readonly string[];
}

/** C of scikit-learn weighs the data, the weights here weigh the coefficients. Both penalties become the elastic net. */
function penalties({ l1, l2 }: Params): Record<string, unknown> {
  const [one, two] = [Number(l1), Number(l2)];
  const sum = one + two;
  if (sum === 0) return { C: Infinity };
  return one === 0 ? { C: 1 / two } : { solver: 'saga', C: 1 / sum, l1_ratio: one / sum };
}
const classWeight = ({ classWeights }: Params): Record<string, unknown> => (classWeights === 'balanced' ? { class_weight: 'balanced' } : {});
const logistic: Estimator = {
  module: 'sklearn.linear_model',
  name: 'LogisticRegression',
  uses: ['l1', 'l2', 'tolerance', 'memory', 'classWeights'],
  settings: (params) => ({ ...penalties(params), max_iter: 1_000, ...classWeight(params) }),
};
const boosted = (name: string): Estimator => ({
  module: 'sklearn.ensemble',
  name,
  uses: ['leaves', 'minimumSamples', 'learningRate', 'trees', 'maximumDepth', 'l2', 'seed', 'classWeights'],
  settings: ({ leaves, minimumSamples, learningRate, trees, maximumDepth, l2, classWeights }) => ({
    max_leaf_nodes: leaves,
    min_samples_leaf: minimumSamples,
    learning_rate: learningRate,
    max_iter: trees,
    ...(maximumDepth === 0 ? {} : { max_depth: maximumDepth }),
    ...(l2 === 0 ? {} : { l2_regularization: l2 }),
    early_stopping: false,
    ...classWeight({ classWeights }),
  }),
});
const forest = (name: string, columns: string | number): Estimator => ({
  module: 'sklearn.ensemble',
  name,
  uses: ['trees', 'maximumDepth', 'minimumSamples', 'splits', 'seed', 'classWeights'],
  settings: ({ trees, maximumDepth, minimumSamples, seed, classWeights }) => ({
    n_estimators: trees,
    max_depth: maximumDepth === 0 ? null : maximumDepth,
    min_samples_leaf: minimumSamples,
    max_features: columns,
    random_state: seed ?? 42,
    ...classWeight({ classWeights }),
  }),
});
const neighbours = (name: string): Estimator => ({
  module: 'sklearn.neighbors',
  name,
  uses: ['classes', 'neighbours', 'weighting'],
  settings: ({ neighbours, weighting }) => ({ n_neighbors: neighbours, ...(weighting === 'distance' ? { weights: 'distance' } : {}) }),
});
const bayes: Estimator = {
  name: 'MixedNaiveBayes',
  helper: 'MixedNaiveBayes',
  uses: ['smoothing', 'pseudoCount', 'priors'],
  settings: ({ smoothing, pseudoCount, priors }) => ({
    smoothing,
    pseudo_count: pseudoCount,
    ...(priors === 'uniform' ? { uniform: true } : {}),
  }),
};
/** Nystroem's default gamma is one over the number of columns, as a gamma of 0 means here. */
const svm: Estimator = {
  name: 'MeanLossSVC',
  helper: 'MeanLossSVC',
  uses: ['kernel', 'iterations', 'lambda', 'components', 'gamma', 'unitSphere', 'seed', 'classWeights'],
  settings: (params) => ({ weight: params.lambda, ...classWeight(params) }),
  around(estimator, { kernel, components, gamma, unitSphere, seed }) {
    const curve = `Nystroem(${gamma === 0 ? '' : `gamma=${literal(gamma)}, `}n_components=${literal(components)}, random_state=${literal(seed ?? 42)})`;
    const steps = [...(unitSphere ? ['Normalizer()'] : []), ...(kernel === 'rbf' ? [curve] : [])];
    return steps.length === 0 ? estimator : `make_pipeline(${[...steps, estimator].join(', ')})`;
  },
  imports: ['from sklearn.kernel_approximation import Nystroem', 'from sklearn.pipeline import make_pipeline', 'from sklearn.preprocessing import Normalizer'],
};
const ACTIVATIONS: Readonly<Record<string, string>> = { sigmoid: 'logistic', tanh: 'tanh', relu: 'relu' };
const network = (name: string, more: Partial<Estimator> = {}): Estimator => ({
  module: 'sklearn.neural_network',
  name,
  uses: ['hiddenNodes', 'activation', 'optimizer', 'learningRate', 'iterations', 'batch', 'momentum', 'patience', 'shuffle', 'seed'],
  settings: ({ hiddenNodes, activation, optimizer, learningRate, iterations, batch, momentum, shuffle, seed }) => ({
    hidden_layer_sizes: hiddenNodes,
    activation: ACTIVATIONS[activation as string],
    solver: optimizer,
    learning_rate_init: learningRate,
    max_iter: iterations,
    batch_size: batch,
    alpha: 0,
    ...(optimizer === 'sgd' ? { momentum, nesterovs_momentum: false } : {}),
    // All iterations are gone through.
    tol: 0,
    n_iter_no_change: iterations,
    ...(shuffle ? {} : { shuffle: false }),
    random_state: seed ?? 42,
  }),
  ...more,
});

/** What comes nearest to each learner in scikit-learn. */
export const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  'two-class-logistic-regression': logistic,
  'multiclass-logistic-regression': logistic,
  'two-class-support-vector-machine': svm,
  'two-class-averaged-perceptron': {
    module: 'sklearn.linear_model',
    name: 'SGDClassifier',
    uses: ['learningRate', 'iterations', 'shuffle', 'seed', 'classWeights'],
    settings: ({ learningRate, iterations, shuffle, seed, classWeights }) => ({
      loss: 'perceptron',
      penalty: null,
      learning_rate: 'constant',
      eta0: learningRate,
      max_iter: iterations,
      tol: null,
      average: true,
      ...(shuffle ? {} : { shuffle: false }),
      random_state: seed ?? 42,
      ...classWeight({ classWeights }),
    }),
  },
  'two-class-naive-bayes': bayes,
  'multiclass-naive-bayes': bayes,
  'two-class-neural-network': network('MLPClassifier'),
  'multiclass-neural-network': network('MLPClassifier'),
  'neural-network-regression': network('MLPRegressor', {
    around: (estimator) => `TransformedTargetRegressor(${estimator}, transformer=StandardScaler())`,
    imports: ['from sklearn.compose import TransformedTargetRegressor', 'from sklearn.preprocessing import StandardScaler'],
  }),
  'two-class-boosted-decision-tree': boosted('HistGradientBoostingClassifier'),
  'multiclass-boosted-decision-tree': boosted('HistGradientBoostingClassifier'),
  'boosted-decision-tree-regression': boosted('HistGradientBoostingRegressor'),
  'two-class-decision-forest': forest('RandomForestClassifier', 'sqrt'),
  'multiclass-decision-forest': forest('RandomForestClassifier', 'sqrt'),
  'decision-forest-regression': forest('RandomForestRegressor', 1 / 3),
  'two-class-extremely-randomised-trees': forest('ExtraTreesClassifier', 'sqrt'),
  'multiclass-extremely-randomised-trees': forest('ExtraTreesClassifier', 'sqrt'),
  'extremely-randomised-trees-regression': forest('ExtraTreesRegressor', 1 / 3),
  'k-nearest-neighbours-classification': neighbours('KNeighborsClassifier'),
  'k-nearest-neighbours-regression': neighbours('KNeighborsRegressor'),
  'k-means-clustering': {
    module: 'sklearn.cluster',
    name: 'KMeans',
    uses: ['clusters', 'seeding', 'starts', 'iterations', 'seed'],
    settings: ({ clusters, seeding, starts, iterations, seed }) => ({
      n_clusters: clusters,
      ...(seeding === 'k-means++' ? {} : { init: 'random' }),
      n_init: starts,
      max_iter: iterations,
      random_state: seed ?? 42,
    }),
  },
  'poisson-regression': {
    name: 'SummedPoisson',
    helper: 'SummedPoisson',
    uses: ['tolerance', 'l1', 'l2', 'memory'],
    // scikit-learn has no L1 penalty for counts.
    settings: ({ l1, l2 }) => (l1 === 0 ? { penalty: l2 } : null),
  },
  'linear-regression': {
    module: 'sklearn.linear_model',
    name: 'Ridge',
    uses: ['method', 'l2', 'intercept'],
    settings: ({ l2, intercept }) => ({ alpha: l2, ...(intercept ? {} : { fit_intercept: false }) }),
  },
};
