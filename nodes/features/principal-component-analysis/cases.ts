import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { principalComponentAnalysis } from './node.ts';

const root = Math.sqrt(2);
const line = tableOf({ x: [1, 2, 3, 4, 5], y: [10, 20, 30, 40, 50], city: ['a', 'b', 'c', 'd', 'e'] });
/** x standardised with n − 1. */
const z = [-2, -1, 0, 1, 2].map((each) => each / Math.sqrt(2.5));

export const cases = defineCases(principalComponentAnalysis, [
  {
    name: 'two columns that go together become one component',
    params: { components: 1 },
    inputs: { data: line },
    expect: { outputs: { data: tableOf({ city: ['a', 'b', 'c', 'd', 'e'], 'Component 1': z.map((each) => each * root) }) } },
  },
  {
    name: 'a missing value counts as the mean; the columns stay',
    params: { components: 1, keep: true, normalize: false, columns: columnsNamed('x') },
    inputs: { data: tableOf({ x: [0, null, 4], 'Component 1': [1, 2, 3] }) },
    expect: { outputs: { data: tableOf({ x: [0, null, 4], 'Component 1': [1, 2, 3], 'Component 1_1': [-2, 0, 2] }) } },
  },
  { name: 'more components than columns', params: { components: 3 }, inputs: { data: line }, expect: { issue: 'parameter_invalid' } },
  { name: 'text has no components', params: { columns: columnsNamed('city'), components: 1 }, inputs: { data: line }, expect: { issue: 'column_wrong_type' } },
  { name: 'no numeric column', inputs: { data: tableOf({ city: ['a', 'b'] }) }, expect: { issue: 'columns_none' } },
  { name: 'no rows', inputs: { data: tableOf({ x: [], y: [] }, { x: { type: 'number' }, y: { type: 'number' } }) }, expect: { issue: 'rows_none' } },
]);
