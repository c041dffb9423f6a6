import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { removeDuplicateRows } from './node.ts';

const data = tableOf({ n: [1, 2, 1, null, null, 2], city: ['a', 'b', 'a', 'c', 'c', 'x'] });

export const cases = defineCases(removeDuplicateRows, [
  {
    name: 'all columns; a row with a missing key is no duplicate',
    inputs: { data },
    expect: { outputs: { data: tableOf({ n: [1, 2, null, null, 2], city: ['a', 'b', 'c', 'c', 'x'] }) } },
  },
  {
    name: 'one key, the last row kept',
    params: { keys: columnsNamed('n'), retainFirst: false },
    inputs: { data },
    expect: { outputs: { data: tableOf({ n: [1, null, null, 2], city: ['a', 'c', 'c', 'x'] }) } },
  },
  { name: 'a key that is not there', params: { keys: columnsNamed('town') }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'no key', params: { keys: columnsNamed() }, inputs: { data }, expect: { issue: 'columns_none' } },
]);
