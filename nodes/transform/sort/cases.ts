import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { sort } from './node.ts';

const data = tableOf({ n: [2, null, 1, 2, 1], city: ['b', 'a', 'b', 'a', null] });

export const cases = defineCases(sort, [
  {
    name: 'two columns, one descending, missing last',
    params: { by: [{ column: 'n', direction: 'descending' }, { column: 'city' }] },
    inputs: { data },
    expect: { outputs: { data: tableOf({ n: [2, 2, 1, 1, null], city: ['a', 'b', 'b', null, 'a'] }) } },
  },
  {
    name: 'missing first; equal rows keep their order',
    params: { by: [{ column: 'n', missing: 'first' }] },
    inputs: { data },
    expect: { outputs: { data: tableOf({ n: [null, 1, 1, 2, 2], city: ['a', 'b', null, 'b', 'a'] }) } },
  },
  { name: 'a column that is not there', params: { by: [{ column: 'town' }] }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'no column chosen', params: { by: [{}] }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'nothing to sort by', params: {}, inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
