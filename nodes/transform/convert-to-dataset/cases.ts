import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { convertToDataset } from './node.ts';

const data = tableOf(
  { city: ['?', 'Oslo', '? ', null, ''], n: [-1, 2, null, -1, 0], rooms: [1, -1, 2, 3, 4], yes: [true, false, null, true, true] },
  { rooms: { type: 'integer' } },
);
const integer = { rooms: { type: 'integer' } } as const;

export const cases = defineCases(convertToDataset, [
  {
    name: 'a question mark stands for missing',
    params: { action: 'setMissing' },
    inputs: { data: tableOf({ city: ['?', 'Oslo', '? '], n: [1, 2, 3] }) },
    expect: { outputs: { data: tableOf({ city: [null, 'Oslo', '? '], n: [1, 2, 3] }) } },
  },
  {
    name: 'a number in all columns that can hold it',
    params: { action: 'setMissing', missingValue: '-1' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          { city: ['?', 'Oslo', '? ', null, ''], n: [null, 2, null, null, 0], rooms: [1, null, 2, 3, 4], yes: [true, false, null, true, true] },
          integer,
        ),
      },
    },
  },
  {
    name: 'missing values, also empty texts, get a new one',
    params: { action: 'replace', newValue: '0' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({ city: ['?', 'Oslo', '? ', '0', '0'], n: [-1, 2, 0, -1, 0], rooms: [1, -1, 2, 3, 4], yes: [true, false, false, true, true] }, integer),
      },
    },
  },
  {
    name: 'one value by another in a chosen column',
    params: { action: 'replace', replace: 'custom', customValue: 'Oslo', newValue: "it's Oslo", columns: columnsNamed('city') },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          { city: ['?', "it's Oslo", '? ', null, ''], n: [-1, 2, null, -1, 0], rooms: [1, -1, 2, 3, 4], yes: [true, false, null, true, true] },
          integer,
        ),
      },
    },
  },
  { name: 'as it came', inputs: { data }, expect: { outputs: { data } } },
  {
    name: 'a new value that no column can hold',
    params: { action: 'replace', replace: 'custom', customValue: '2', newValue: 'two', columns: columnsNamed('n') },
    inputs: { data },
    expect: { issue: 'column_wrong_type' },
  },
  { name: 'nothing to look for', params: { action: 'setMissing', missingValue: '' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  {
    name: 'a column that is not there',
    params: { action: 'setMissing', columns: columnsNamed('town') },
    inputs: { data },
    expect: { issue: 'column_missing' },
  },
]);
