import { selectColumns, type ColumnSelection } from '#nodes/kit/columns.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import { ESTIMATORS, type Estimator } from './estimators.ts';
import { literal, text } from './python.ts';
import type { ScriptStep, ToPython, Translator } from './translation.ts';

/** Lists of values to try do not count while a single model is trained. */
const isRange = (name: string): boolean => name.endsWith('Range');

const learner =
  ({ name, module, helper, settings, around = (estimator) => estimator, imports = [] }: Estimator): ToPython =>
  ({ params, outputs }) => {
    const chosen = settings(params);
    if (!chosen) return null;
    const made = `${name}(${Object.entries(chosen)
      .map(([key, value]) => `${key}=${literal(value)}`)
      .join(', ')})`;
    return {
      lines: [`${outputs.learner!} = ${around(made, params)}`],
      imports: [...(module === undefined ? [] : [`from ${module} import ${name}`]), ...imports],
      helpers: helper === undefined ? [] : [helper],
    };
  };

/** A two-class learner made one for several classes. */
const forClasses =
  (name: string): ToPython =>
  ({ inputs, outputs }) => ({ lines: [`${outputs.learner!} = ${name}(${inputs.learner!})`], imports: [`from sklearn.multiclass import ${name}`] });

/** The columns that are known of the rows to learn from; a table of words has more. */
const columnsOf = ({ specs }: ScriptStep): TableSchema['columns'] => (specs.data && 'columns' in specs.data ? specs.data.columns : []);
/** Columns that say which row it is, or hold a weight, are no features. */
const leftOut = (step: ScriptStep): string[] =>
  columnsOf(step)
    .filter(({ role, type }) => role === 'id' || role === 'weight' || role === 'score' || type === 'datetime')
    .map(({ name }) => name);

const train: ToPython = (step) => {
  const label = (step.params.label as string) || columnsOf(step).find(({ role }) => role === 'label')?.name;
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
  ...Object.fromEntries(Object.entries(ESTIMATORS).map(([type, estimator]) => [type, { uses: estimator.uses, toPython: learner(estimator) }])),
  'one-vs-all-multiclass': { uses: [], toPython: forClasses('OneVsRestClassifier') },
  'one-vs-one-multiclass': { uses: [], toPython: forClasses('OneVsOneClassifier') },
  'train-model': { uses: ['label'], toPython: train },
  'registered-model': { uses: ['model'], toPython: registered },
  'train-clustering-model': { uses: ['columns', 'append'], toPython: trainClusters },
  'assign-data-to-clusters': { uses: ['append'], toPython: assign },
  'score-model': { uses: ['append'], toPython: score },
  'evaluate-model': { uses: ['names'], toPython: evaluate },
};
export { isRange };
