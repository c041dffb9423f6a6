import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { ordinalEncode } from './node.ts';

const size = ['M', 'S', null, 'L', 'S'];
const whole = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { type: 'integer' as const }]));

export const cases = defineCases(ordinalEncode, [
  {
    name: 'by value, in place; missing values stay missing and the label stays',
    inputs: { data: tableOf({ size, sold: ['y', 'n', 'y', 'n', 'y'] }, { sold: { role: 'label' } }) },
    expect: { outputs: { data: tableOf({ size: [1, 2, null, 0, 2], sold: ['y', 'n', 'y', 'n', 'y'] }, { sold: { role: 'label' }, ...whole('size') }) } },
  },
  {
    name: 'by frequency, the most frequent first, in a new column',
    params: { order: 'frequency', overwrite: false },
    inputs: { data: tableOf({ size }) },
    expect: { outputs: { data: tableOf({ size, size_Ordinal: [2, 0, null, 1, 0] }, whole('size_Ordinal')) } },
  },
  {
    name: 'by a list; what it lacks becomes −1',
    params: { order: 'list', levels: 'S, M', unknown: 'negative' },
    inputs: { data: tableOf({ size }) },
    expect: { outputs: { data: tableOf({ size: [1, 0, null, -1, 0] }, whole('size')) } },
  },
  {
    name: 'or missing',
    params: { order: 'list', levels: 'S, "M"' },
    inputs: { data: tableOf({ size }) },
    expect: { outputs: { data: tableOf({ size: [1, 0, null, null, 0] }, whole('size')) } },
  },
  { name: 'an empty list', params: { order: 'list' }, inputs: { data: tableOf({ size }) }, expect: { issue: 'parameter_missing' } },
  { name: 'numbers have no levels', params: { columns: columnsNamed('n') }, inputs: { data: tableOf({ n: [1] }) }, expect: { issue: 'column_wrong_type' } },
]);
