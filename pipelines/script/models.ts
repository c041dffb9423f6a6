import { selectColumns, type ColumnSelection } from '#nodes/kit/columns.ts';
import { literal, text } from './python.ts';
import type { ScriptStep, ToPython, Translator } from './translation.ts';

type Params = Readonly<Record<string, unknown>>;
interface Estimator {
  /** Where it comes from, such as `sklearn.linear_model`. */
  readonly module: string;
  readonly name: string;
  readonly uses: readonly string[];
  readonly settings: (params: Params) => Readonly<Record<string, unknown>>;
  /** Trees need no common scale. */
  readonly scale: boolean;
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
  uses: ['l1', 'l2', 'tolerance', 'memory'],
  settings: (params) => ({ ...penalties(params), max_iter: 1_000, ...classWeight(params) }),
  scale: true,
};
const boosted = (name: string): Estimator => ({
  module: 'sklearn.ensemble',
  name,
  uses: ['leaves', 'minimumSamples', 'learningRate', 'trees', 'maximumDepth', 'l2', 'seed'],
  settings: ({ leaves, minimumSamples, learningRate, trees, maximumDepth, l2 }) => ({
    max_leaf_nodes: leaves,
    min_samples_leaf: minimumSamples,
    learning_rate: learningRate,
    max_iter: trees,
    ...(maximumDepth === 0 ? {} : { max_depth: maximumDepth }),
    ...(l2 === 0 ? {} : { l2_regularization: l2 }),
    early_stopping: false,
  }),
  scale: false,
});
const forest = (name: string, columns: string | number): Estimator => ({
  module: 'sklearn.ensemble',
  name,
  uses: ['trees', 'maximumDepth', 'minimumSamples', 'splits', 'seed'],
  settings: ({ trees, maximumDepth, minimumSamples, seed }) => ({
    n_estimators: trees,
    max_depth: maximumDepth === 0 ? null : maximumDepth,
    min_samples_leaf: minimumSamples,
    max_features: columns,
    random_state: seed ?? 42,
  }),
  scale: false,
});
const neighbours = (name: string): Estimator => ({
  module: 'sklearn.neighbors',
  name,
  uses: ['classes', 'neighbours', 'weighting'],
  settings: ({ neighbours, weighting }) => ({ n_neighbors: neighbours, ...(weighting === 'distance' ? { weights: 'distance' } : {}) }),
  scale: true,
});

/** What comes nearest to each learner in scikit-learn. */
const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  'two-class-logistic-regression': logistic,
  'multiclass-logistic-regression': logistic,
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
    scale: true,
  },
  'linear-regression': {
    module: 'sklearn.linear_model',
    name: 'Ridge',
    uses: ['method', 'l2', 'intercept'],
    settings: ({ l2, intercept }) => ({ alpha: l2, ...(intercept ? {} : { fit_intercept: false }) }),
    scale: true,
  },
};
/** Lists of values to try do not count while a single model is trained. */
const isRange = (name: string): boolean => name.endsWith('Range');

const learner =
  ({ module, name, settings }: Estimator): ToPython =>
  ({ params, outputs }) => {
    const chosen = Object.entries(settings(params)).map(([key, value]) => `${key}=${literal(value)}`);
    return { lines: [`${outputs.learner!} = ${name}(${chosen.join(', ')})`], imports: [`from ${module} import ${name}`] };
  };

/** Columns that say which row it is, or hold a weight, are no features. */
const leftOut = ({ table }: ScriptStep): string[] =>
  (table?.columns ?? []).filter(({ role, type }) => role === 'id' || role === 'weight' || role === 'score' || type === 'datetime').map(({ name }) => name);

const train: ToPython = (step) => {
  const label = (step.params.label as string) || step.table?.columns.find(({ role }) => role === 'label')?.name;
  if (label === undefined) return null;
  const without = leftOut(step);
  const more = [...(without.length > 0 ? [`leave_out=${literal(without)}`] : [])];
  return {
    lines: [`${step.outputs.model!} = TrainedModel(${[`clone(${step.inputs.learner!})`, step.inputs.data!, text(label), ...more].join(', ')})`],
    imports: ['from sklearn.base import clone'],
    helpers: ['TrainedModel'],
  };
};

/** Labels, ids, weights, scores and dates are no features of a clustering. */
const trainClusters: ToPython = (step) => {
  const chosen = step.table && selectColumns(step.params.columns as ColumnSelection, step.table).names;
  if (!chosen) return null;
  const without = new Set([...leftOut(step), ...step.table.columns.filter(({ role }) => role === 'label').map(({ name }) => name)]);
  const columns = chosen.filter((name) => !without.has(name));
  const { model, data } = step.outputs;
  return {
    lines: [
      `${model!} = ClusterModel(clone(${step.inputs.learner!}), ${step.inputs.data!}, ${literal(columns)})`,
      ...(data === undefined ? [] : [`${data} = ${model!}.assign(${step.inputs.data!}${step.params.append ? '' : ', append=False'})`]),
    ],
    imports: ['from sklearn.base import clone'],
    helpers: ['ClusterModel'],
  };
};
const assign: ToPython = ({ params, inputs, outputs }) => ({
  lines: [`${outputs.data!} = ${inputs.model!}.assign(${inputs.data!}${params.append ? '' : ', append=False'})`],
});

/** A registered model is its ONNX file, downloaded under Models and laid beside the data. */
const registered: ToPython = ({ params, outputs }) => {
  const { name } = params.model as { name: string };
  if (name === '') return null;
  return { lines: [`${outputs.model!} = OnnxModel(${text(name)})`], helpers: ['OnnxModel'] };
};

const score: ToPython = ({ params, inputs, outputs }) => ({
  lines: [`${outputs.data!} = ${inputs.model!}.score(${inputs.data!}${params.append ? '' : ', append=False'})`],
});

const evaluate: ToPython = ({ inputs, outputs }) => ({
  lines: [`${outputs.report!} = [`, ...Object.values(inputs).map((variable) => `    evaluate(${variable}, ${text(variable)}),`), ']'],
  helpers: ['evaluate'],
});

export const MODELS: Readonly<Record<string, Translator>> = {
  ...Object.fromEntries(
    Object.entries(ESTIMATORS).map(([type, estimator]) => [type, { uses: [...estimator.uses, 'classWeights'], toPython: learner(estimator) }]),
  ),
  'train-model': { uses: ['label'], toPython: train },
  'registered-model': { uses: ['model'], toPython: registered },
  'train-clustering-model': { uses: ['columns', 'append'], toPython: trainClusters },
  'assign-data-to-clusters': { uses: ['append'], toPython: assign },
  'score-model': { uses: ['append'], toPython: score },
  'evaluate-model': { uses: ['names'], toPython: evaluate },
};
export { isRange };
