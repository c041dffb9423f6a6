import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { mismatches } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import type { Signature } from '../../kit/signature.ts';
import { column, OPEN_TABLE, type ColumnSchema, type TableSchema } from '../../kit/table.ts';

export const EXPLAINED_CLASS = 'Explained Class';
export const EXPLAINED_SCORE = 'Explained Score';
export const BASE_VALUE = 'Base Value';
/** The column with what a feature contributes. */
export const contributionColumn = (feature: string): string => `SHAP ${feature}`;

/** Algorithms whose models are neither sums of trees nor linear. */
const NOT_EXACT = /neural-network|naive-bayes|k-nearest|one-vs-|quantile-regression|pca-based|one-class|k-means/;
export const REFUSED =
  'This model is neither a sum of trees nor linear, so there is no exact explanation. Use Permutation Feature Importance, which works for every model.';

export const explainPredictions = defineNode({
  type: 'explain-predictions',
  version: 1,
  title: 'Explain Predictions',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'score',
  summary: 'Tells for each row what every column contributes to the prediction (SHAP values, exact).',
  keywords: ['shap', 'shapley', 'explain', 'interpret', 'contribution', 'attribution', 'why', 'local explanation'],
  inputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Explanations' } },
  params: z.object({
    rows: param.integer({ title: 'Number of rows', help: 'The first rows of the dataset are explained.', default: 100, minimum: 1, maximum: 100_000 }),
    className: param.text({
      title: 'Class to explain',
      help: 'For models of several classes. Empty: of each row the class that the model predicts.',
      default: '',
    }),
    append: param.flag({ title: 'Append to the rows', help: 'On: the columns of the dataset come first.', default: false }),
  }),
  deterministic: true,
  describe: ({ rows }) => `first ${rows.toLocaleString('en-US')} rows`,
  infer({ model, data }, { append, className }) {
    const signature = model?.signature;
    if (!signature) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const issues: Issue[] = [];
    if (NOT_EXACT.test(signature.learner ?? '')) issues.push(problem('learner_wrong_task', REFUSED, { port: 'model' }));
    if (data) issues.push(...mismatches(data, signature).map((message) => problem('model_mismatch', message, { port: 'data' })));
    const unknown = classIssue(signature, className);
    if (unknown) issues.push(problem('parameter_invalid', unknown, { param: 'className' }));
    // Before training no one knows which columns the model will leave out.
    const schema = signature.rowCount === undefined || (append && !data) ? OPEN_TABLE : explainedSchema(signature, append ? data : undefined);
    return { outputs: { data: schema }, issues };
  },
  atScoring: () => ({ as: 'refuse', reason: 'Explain Predictions looks at a whole dataset; an endpoint scores single rows. It is left out of endpoints.' }),
});

/** What is wrong with the class to explain. */
export function classIssue({ label, task }: Signature, className: string): string | undefined {
  if (className === '' || task !== 'multiclass' || !label?.levels || label.levels.includes(className)) return undefined;
  return `The model knows no class “${className}”. It knows ${label.levels.slice(0, 20).join(', ')}${label.levels.length > 20 ? ', …' : ''}.`;
}

/** The columns that come out; after those of `data`, without such as are made anew. */
export function explainedSchema(signature: Signature, data?: TableSchema): TableSchema {
  const made: ColumnSchema[] = [
    ...(signature.task === 'multiclass' ? [column(EXPLAINED_CLASS, 'category', { role: 'score' })] : []),
    ...[EXPLAINED_SCORE, BASE_VALUE, ...signature.inputs.map(({ name }) => contributionColumn(name))].map((name) =>
      // Missing where a linear model that saw no missing values gets one.
      column(name, 'number', { role: 'score', nullable: true }),
    ),
  ];
  const names = new Set(made.map(({ name }) => name));
  return { columns: [...(data?.columns ?? []).filter(({ name }) => !names.has(name)), ...made], open: data?.open ?? false };
}
