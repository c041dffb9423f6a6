import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { mismatches } from '../../kit/model-schema.ts';
import { isTextual, type Columns, type ColumnValues } from '../../kit/table.ts';
import { isTrees } from '../../learners/trees/read.server.ts';
import { explainerOf, explainRows } from './explain.server.ts';
import { matrixRows } from './matrix.server.ts';
import { BASE_VALUE, classIssue, contributionColumn, EXPLAINED_CLASS, EXPLAINED_SCORE, explainedSchema, explainPredictions } from './node.ts';
import { scorePath } from './score-path.server.ts';

export default defineRun(explainPredictions, async ({ model, data }, { rows: wanted, className, append }, context) => {
  const { signature } = model;
  const [mismatch] = mismatches(data.schema, signature);
  if (mismatch) throw new NodeError('model_mismatch', mismatch);
  const unknown = classIssue(signature, className);
  if (unknown) throw new NodeError('parameter_invalid', unknown, { param: 'className' });
  const path = scorePath(model);

  const count = Math.min(wanted, data.rowCount);
  const first = (columns: Columns): Columns => new Map([...columns].map(([name, values]) => [name, values.slice(0, count) as ColumnValues]));
  const known = new Set(data.schema.columns.map(({ name }) => name));
  const inputs = await data.read(signature.inputs.map(({ name }) => name).filter((name) => known.has(name)));
  // Linear models are explained against the mean row of the whole dataset, trees against their own training rows.
  const whole = isTrees(path.scorer) ? undefined : await matrixRows(path, signature, inputs, data.rowCount, context);
  const found = whole ?? (await matrixRows(path, signature, first(inputs), count, context));
  const means = () => whole!.matrix.map(meanOfKnown);

  const levels = signature.label?.levels ?? [];
  const chosen = signature.task === 'multiclass' && className !== '' ? levels.indexOf(className) : undefined;
  const outputs = Int32Array.from({ length: count }, (_, row) => chosen ?? highest(found.scores, row));
  const { bases, contributions } = await explainRows(
    path,
    explainerOf(path, found, means),
    outputs,
    signature.inputs.map(({ name }) => name),
    context,
  );
  const schema = explainedSchema(signature, append ? data.schema : undefined);
  const made = new Map<string, ColumnValues>([
    [EXPLAINED_CLASS, Array.from(outputs, (output) => levels[output] ?? null)],
    [EXPLAINED_SCORE, Float64Array.from(outputs, (output, row) => found.scores[output]![row]!)],
    [BASE_VALUE, bases],
    ...signature.inputs.map(({ name }): [string, ColumnValues] => [contributionColumn(name), contributions.get(name) ?? new Float64Array(count)]),
  ]);
  const rest = schema.columns.filter(({ name }) => !made.has(name));
  const kept = first(await data.read(rest.map(({ name }) => name)));
  const columns = schema.columns.map(({ name, type }): [string, ColumnValues] => [
    name,
    made.get(name) ?? kept.get(name) ?? (isTextual(type) ? [] : new Float64Array()),
  ]);
  return { data: await context.table(schema, new Map(columns)) };
});

function meanOfKnown(values: Float64Array): number {
  const known = values.filter((each) => !Number.isNaN(each));
  return known.reduce((sum, each) => sum + each, 0) / known.length;
}

/** The output with the highest score; of equal ones the first. */
const highest = (scores: readonly Float64Array[], row: number): number =>
  scores.reduce((best, each, output) => (each[row]! > scores[best]![row]! ? output : best), 0);
