import { readExpression } from '../kit/expression/expression.ts';
import { problem, type Issue } from '../kit/issues.ts';
import type { ColumnType, TableSchema } from '../kit/table.ts';

/**
 * What is wrong with the expression of a parameter, with its place: `parameter_missing` when it is empty, `column_missing`, `parameter_invalid`.
 * `wanted` is the type that it must give.
 */
export function expressionIssues(source: string, schema: TableSchema, param: string, wanted?: ColumnType): Issue[] {
  if (source.trim() === '') return [problem('parameter_missing', 'Write an expression, such as price * 2.', { param })];
  const { typed, problems } = readExpression(source, schema);
  if (typed && wanted !== undefined && typed.type !== wanted)
    return [
      problem('parameter_invalid', `The expression must be true or false for each row, but it gives ${typed.type} values. Compare it with something.`, {
        param,
      }),
    ];
  return problems.map(({ message, from, to, column, replacement }) => {
    const fix =
      replacement === undefined ? undefined : { title: `Use ${replacement}`, set: { [param]: source.slice(0, from) + replacement + source.slice(to) } };
    return problem(column === undefined ? 'parameter_invalid' : 'column_missing', `At character ${from + 1}: ${message}`, { param, ...(fix ? { fix } : {}) });
  });
}
