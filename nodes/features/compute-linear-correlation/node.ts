import { z } from 'zod';
import { columnsOfType } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { problem } from '../../kit/issues.ts';
import { chooseColumns, describeSelection, freeName, takenNames, wrongType } from '../../transform/choose-columns.ts';

const METHODS = { pearson: 'Pearson', spearman: 'Spearman' } as const;
/** A matrix of more cells is read by no one, and takes hours. */
export const COLUMN_LIMIT = 1_000;
const numbers = columnsOfType('number', 'integer');

export const isMeasurable = ({ type }: ColumnSchema): boolean => !isTextual(type) && type !== 'datetime';

/** A column of names, then one for each chosen column. */
export function matrixSchema(columns: readonly ColumnSchema[]): TableSchema {
  const name = freeName('Column', takenNames(tableSchema(columns)));
  return tableSchema([column(name, 'text'), ...columns.map((each) => column(each.name, 'number', { nullable: true }))]);
}

export const computeLinearCorrelation = defineNode({
  type: 'compute-linear-correlation',
  version: 1,
  title: 'Compute Linear Correlation',
  category: 'Statistical functions',
  family: 'transform',
  icon: 'chart',
  summary: 'Tells how much each two columns of numbers go together.',
  keywords: ['pearson', 'spearman', 'correlation', 'matrix', 'r', 'rho', 'rank', 'dependence', 'corr', 'linear correlation', 'correlations', 'heatmap'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { results: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    columns: param.columns({ title: 'Columns', port: 'data', types: ['number', 'integer', 'boolean'], favour: 'number', default: numbers }),
    method: param.choice({
      title: 'Method',
      help: 'Pearson measures how near two columns are to a line; Spearman how much they rise together, whatever the curve.',
      options: METHODS,
      default: 'pearson',
    }),
  }),
  deterministic: true,
  describe: ({ columns, method }) =>
    `${METHODS[method]} of ${JSON.stringify(columns) === JSON.stringify(numbers) ? 'all numbers' : describeSelection(columns)}`,
  infer({ data }, { columns: selection }) {
    if (!data) return { outputs: {}, issues: [] };
    const { columns, issues } = chooseColumns(selection, data);
    const wrong = columns.filter((each) => !isMeasurable(each));
    const found = [...issues, ...wrongType(wrong, columns, 'not numeric, so there is no correlation with it. Leave it out.')];
    if (columns.length > COLUMN_LIMIT)
      found.push(
        problem(
          'parameter_invalid',
          `At most ${COLUMN_LIMIT.toLocaleString('en-US')} columns can be compared; ${columns.length.toLocaleString('en-US')} are chosen. Choose fewer.`,
          { param: 'columns' },
        ),
      );
    return { outputs: data.open ? { results: { columns: [], open: true } } : { results: matrixSchema(columns.filter(isMeasurable)) }, issues: found };
  },
  atScoring: () => ({ as: 'refuse', reason: 'Compute Linear Correlation describes a whole table, which a request is not. Wire what is served past it.' }),
});
