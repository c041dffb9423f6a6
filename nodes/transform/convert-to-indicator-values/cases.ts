import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { convertToIndicatorValues } from './node.ts';

const whole = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { type: 'integer' as const }]));

export const cases = defineCases(convertToIndicatorValues, [
  {
    name: 'a column for each value, and one for missing values where there are some',
    inputs: { data: tableOf({ n: [1, 2, 3], city: ['Rome', 'Oslo', null] }) },
    expect: {
      outputs: {
        data: tableOf(
          { n: [1, 2, 3], city: ['Rome', 'Oslo', null], 'city-Oslo': [0, 1, 0], 'city-Rome': [1, 0, 0], 'city-Missing': [0, 0, 1] },
          whole('city-Oslo', 'city-Rome', 'city-Missing'),
        ),
      },
    },
  },
  {
    name: 'in place of the columns; the label stays',
    params: { overwrite: true },
    inputs: { data: tableOf({ size: ['S', 'L'], kind: ['a', 'a'], sold: ['yes', 'no'] }, { sold: { role: 'label' } }) },
    expect: {
      outputs: {
        data: tableOf(
          { sold: ['yes', 'no'], 'size-L': [0, 1], 'size-S': [1, 0], 'kind-a': [1, 1] },
          { sold: { role: 'label' }, ...whole('size-L', 'size-S', 'kind-a') },
        ),
      },
    },
  },
  {
    name: 'a name that is taken gets a number',
    inputs: { data: tableOf({ a: ['Missing', null, 'x'], 'A-X': [1, 2, 3] }) },
    expect: {
      outputs: {
        data: tableOf(
          { a: ['Missing', null, 'x'], 'A-X': [1, 2, 3], 'a-Missing': [1, 0, 0], 'a-x_1': [0, 0, 1], 'a-Missing_1': [0, 1, 0] },
          whole('a-Missing', 'a-x_1', 'a-Missing_1'),
        ),
      },
    },
  },
  {
    name: 'text that is not marked as a category',
    params: { columns: columnsNamed('note') },
    inputs: { data: tableOf({ note: ['a', 'b'] }, { note: { type: 'text' } }) },
    expect: { issue: 'column_wrong_type' },
  },
  { name: 'a table without categories', inputs: { data: tableOf({ n: [1] }) }, expect: { issue: 'columns_none' } },
  {
    name: 'too many values',
    inputs: { data: tableOf({ code: Array.from({ length: 1_001 }, (_, index) => `c${index}`) }) },
    expect: { issue: 'column_too_many_levels' },
  },
]);
