import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { cleanMissingData } from './node.ts';

const data = tableOf({ age: [20, null, 40, 40], city: ['Oslo', null, 'Rome', ''], rooms: [1, null, 2, 2] }, { rooms: { type: 'integer' } });

export const cases = defineCases(cleanMissingData, [
  {
    name: 'by default all become 0',
    inputs: { data },
    expect: { outputs: { data: tableOf({ age: [20, 0, 40, 40], city: ['Oslo', '0', 'Rome', '0'], rooms: [1, 0, 2, 2] }, { rooms: { type: 'integer' } }) } },
  },
  {
    name: 'the mean, with an indicator; texts stay',
    params: { mode: 'mean', indicator: true },
    inputs: { data: tableOf({ age: [20, null, 40], city: ['Oslo', null, 'Rome'] }) },
    expect: { outputs: { data: tableOf({ age: [20, 30, 40], city: ['Oslo', null, 'Rome'], age_IsMissing: [false, true, false] }) } },
  },
  {
    name: 'the median of whole numbers is a number',
    params: { mode: 'median', columns: columnsNamed('rooms') },
    inputs: { data: tableOf({ rooms: [1, null, 2] }, { rooms: { type: 'integer' } }) },
    expect: { outputs: { data: tableOf({ rooms: [1, 1.5, 2] }) } },
  },
  {
    name: 'the mode, also of texts; the smallest of equally frequent ones',
    params: { mode: 'mode' },
    inputs: { data: tableOf({ city: ['Rome', 'Oslo', null], yes: [true, null, true], n: [5, null, 5] }) },
    expect: { outputs: { data: tableOf({ city: ['Rome', 'Oslo', 'Oslo'], yes: [true, true, true], n: [5, 5, 5] }) } },
  },
  {
    name: 'rows with a missing value go',
    params: { mode: 'remove-row', columns: columnsNamed('age') },
    inputs: { data },
    expect: { outputs: { data: tableOf({ age: [20, 40, 40], city: ['Oslo', 'Rome', ''], rooms: [1, 2, 2] }, { rooms: { type: 'integer' } }) } },
  },
  {
    name: 'columns with too many missing values go',
    params: { mode: 'remove-column', minimumRatio: 0.5 },
    inputs: { data: tableOf({ a: [1, null, 3, 4], b: [null, null, null, 4] }) },
    expect: { outputs: { data: tableOf({ a: [1, null, 3, 4] }) } },
  },
  {
    name: 'a column without values has no mean, and stays when asked to',
    params: { mode: 'mean', columns: columnsNamed('a', 'b'), allMissing: 'propagate' },
    inputs: { data: tableOf({ a: [1, null], b: [null, null] }, { b: { type: 'number' } }) },
    expect: { outputs: { data: tableOf({ a: [1, 1], b: [null, null] }, { b: { type: 'number' } }) } },
  },
  {
    name: 'each column by its rule; the first that is about a column counts',
    params: {
      mode: 'mean',
      rules: [
        { by: 'name', column: 'city', mode: 'custom', value: 'unknown' },
        { by: 'pattern', pattern: 'x?', mode: 'remove-column' },
        { by: 'type', type: 'category', mode: 'mode' },
        { by: 'name', column: 'rest', mode: 'leave' },
      ],
    },
    inputs: {
      data: tableOf({ n: [1, null, 3], city: ['Oslo', null, ''], x1: [null, 1, 2], kind: ['a', 'a', null], rest: [1, 2, null] }),
    },
    expect: {
      outputs: { data: tableOf({ n: [1, 2, 3], city: ['Oslo', 'unknown', 'unknown'], kind: ['a', 'a', 'a'], rest: [1, 2, null] }) },
    },
  },
  {
    name: 'regressions on the other columns, and rows that go by a rule',
    params: { mode: 'iterative', rules: [{ column: 'key', mode: 'remove-row' }] },
    inputs: { data: tableOf({ a: [1, 2, 3, 4, 5, 6, null], b: [3, 5, 7, 9, 11, 13, 9], key: [null, 'k', 'k', 'k', 'k', 'k', 'k'] }) },
    expect: { outputs: { data: tableOf({ a: [2, 3, 4, 5, 6, 3.999567], b: [5, 7, 9, 11, 13, 9], key: ['k', 'k', 'k', 'k', 'k', 'k'] }) } },
  },
  { name: 'a rule without a column', params: { rules: [{}] }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a rule about a column that is not there', params: { rules: [{ column: 'town' }] }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'a rule that does not suit', params: { rules: [{ column: 'city', mode: 'mean' }] }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'a word for a number', params: { value: 'unknown' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  {
    name: 'the mean of texts that were asked for',
    params: { mode: 'mean', columns: columnsNamed('age', 'city') },
    inputs: { data },
    expect: { issue: 'column_wrong_type' },
  },
  { name: 'ratios the wrong way round', params: { minimumRatio: 0.8, maximumRatio: 0.2 }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'a column that is not there', params: { columns: columnsNamed('ages') }, inputs: { data }, expect: { issue: 'column_missing' } },
]);
