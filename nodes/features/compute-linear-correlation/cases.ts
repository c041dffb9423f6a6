import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { computeLinearCorrelation } from './node.ts';

const data = tableOf(
  { x: [1, 2, 3, 4, 5], y: [1, 4, 9, null, 25], seven: [7, 7, 7, 7, 7], city: ['Oslo', 'Rome', 'Oslo', 'Oslo', 'Rome'] },
  { x: { type: 'integer' } },
);
// By SciPy 1.17: pearsonr of the four rows that have both.
const r = 0.9814896185992756;

export const cases = defineCases(computeLinearCorrelation, [
  {
    name: 'rows without one of the two do not count, and a constant has no correlation',
    inputs: { data },
    expect: {
      outputs: {
        results: tableOf(
          { Column: ['x', 'y', 'seven'], x: [1, r, null], y: [r, 1, null], seven: [null, null, null] },
          { Column: { type: 'text' }, seven: { type: 'number' } },
        ),
      },
    },
  },
  {
    name: 'Spearman: ranks among the rows that have both',
    params: { method: 'spearman', columns: columnsNamed('y', 'x') },
    inputs: { data },
    expect: { outputs: { results: tableOf({ Column: ['y', 'x'], y: [1, 1], x: [1, 1] }, { Column: { type: 'text' } }) } },
  },
  {
    name: 'very large numbers, and a column called as the first',
    inputs: { data: tableOf({ Column: [1e308, -1e308, 1e308], b: [-2, 2, -2] }) },
    expect: { outputs: { results: tableOf({ Column_1: ['Column', 'b'], Column: [1, -1], b: [-1, 1] }, { Column_1: { type: 'text' } }) } },
  },
  { name: 'text', params: { columns: columnsNamed('x', 'city') }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'no number', inputs: { data: tableOf({ city: ['Oslo'] }) }, expect: { issue: 'columns_none' } },
]);
