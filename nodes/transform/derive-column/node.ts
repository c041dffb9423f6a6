import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { replaceColumn } from '../../kit/expression/derive.ts';
import { expressionInSql, readExpression } from '../../kit/expression/expression.ts';
import { refusalOf } from '../../kit/expression/graph.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { findColumn, OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { expressionIssues } from '../expression-issues.ts';
import { rowByRow, withName } from '../rows-in-sql.ts';

export const deriveColumn = defineNode({
  type: 'derive-column',
  version: 1,
  title: 'Derive Column',
  category: 'Data transformation',
  family: 'transform',
  icon: 'edit',
  summary: 'Computes a column from others with an expression.',
  keywords: [
    'formula',
    'expression',
    'compute',
    'calculate',
    'new column',
    'if',
    'feature',
    'math',
    'feature constructor',
    'rule engine',
    'column expressions',
    'assign',
    'create column',
    'calculated column',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    name: param.text({
      title: 'Column name',
      help: 'A name that the table has already replaces that column.',
      default: '',
      maximum: 200,
      placeholder: 'price_per_room',
    }),
    expression: param.code({
      title: 'Expression',
      help: "Columns by name, or in brackets: if([total price] > 100 and city = 'Oslo', 1, 0).",
      default: '',
      language: 'expression',
      port: 'data',
      maximum: 5_000,
    }),
  }),
  deterministic: true,
  lazy: 'row-wise',
  describe: ({ name, expression }) => (name ? `${name} = ${expression.replaceAll(/\s+/g, ' ').trim()}`.slice(0, 80) : ''),
  infer({ data }, { name, expression }) {
    if (!data) return { outputs: {}, issues: [] };
    const issues = expressionIssues(expression, data, 'expression');
    if (name.trim() === '') issues.unshift(problem('parameter_missing', 'Give the new column a name.', { param: 'name' }));
    const alike = data.columns.find((each) => each.name !== name && each.name.toLowerCase() === name.toLowerCase());
    if (alike)
      issues.push(
        problem('column_duplicate', `“${name}” and “${alike.name}” differ only in capitals. Choose another name, or “${alike.name}” to replace it.`, {
          param: 'name',
          fix: { title: `Replace “${alike.name}”`, set: { name: alike.name } },
        }),
      );
    const read = readExpression(expression, data);
    if (issues.length > 0 || !read.typed) return { outputs: { data: OPEN_TABLE }, issues };
    return { outputs: { data: replaceColumn(data, name, read) }, issues };
  },
  sql({ data = tableSchema([]) }, { name, expression }) {
    const sql = expressionInSql(expression, data);
    const column = withName(sql, name);
    const whole = findColumn(data, name) ? `SELECT * REPLACE (${column}) FROM data` : `SELECT *, ${column} FROM data`;
    return { data: rowByRow(whole, new Map([[name, sql]]), data) };
  },
  atScoring({ name, expression }, { data }) {
    const { typed } = data ? readExpression(expression, data) : {};
    const refusal = typed ? refusalOf(typed) : null;
    if (refusal !== null)
      return {
        as: 'refuse',
        reason: `The expression of “${name}” cannot become part of a model: ${refusal}. Derive the column before the data enters, or leave it out before training.`,
      };
    return { as: 'columns', input: 'data', through: 'data', steps: [{ do: 'derive', name, expression }] };
  },
});
