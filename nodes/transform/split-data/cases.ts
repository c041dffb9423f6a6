import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { column, memoryTable, tableOf, tableSchema, type Table } from '../../kit/table.ts';
import { splitData } from './node.ts';

const data = tableOf({ year: [2009, 2010, 2011, 2012], city: ['Oslo', 'Rome', null, 'Oslo'] });

const day = (...days: (number | null)[]): Table =>
  memoryTable(
    tableSchema([column('day', 'datetime', { nullable: true })]),
    new Map([['day', Float64Array.from(days, (each) => (each === null ? NaN : Date.UTC(2024, 0, each)))]]),
  );

export const cases = defineCases(splitData, [
  {
    name: 'the first rows, in order',
    params: { fraction: 0.7, randomized: false },
    inputs: { data },
    expect: { outputs: { first: tableOf({ year: [2009, 2010, 2011], city: ['Oslo', 'Rome', null] }), second: tableOf({ year: [2012], city: ['Oslo'] }) } },
  },
  {
    name: 'in order within each stratum',
    params: { randomized: false, stratified: true, stratifyBy: 'city' },
    inputs: { data: tableOf({ n: [1, 2, 3, 4, 5, 6], city: ['a', 'a', 'a', 'a', 'b', 'b'] }) },
    expect: { outputs: { first: tableOf({ n: [1, 2, 5], city: ['a', 'a', 'b'] }), second: tableOf({ n: [3, 4, 6], city: ['a', 'a', 'b'] }) } },
  },
  {
    name: 'by a comparison; rows without a value go to the second',
    params: { mode: 'relative', relativeExpression: '\\"year" > 2009 & != 2011 | == 2009' },
    inputs: { data: tableOf({ year: [2009, 2010, 2011, null] }) },
    expect: { outputs: { first: tableOf({ year: [2009, 2010] }), second: tableOf({ year: [2011, null] }) } },
  },
  {
    name: 'by a pattern',
    params: { mode: 'regular', regularExpression: '(\\1) ^O' },
    inputs: { data },
    expect: { outputs: { first: tableOf({ year: [2009, 2012], city: ['Oslo', 'Oslo'] }), second: tableOf({ year: [2010, 2011], city: ['Rome', null] }) } },
  },
  {
    name: 'the earlier rows, those of one time together; rows without a time go to the second',
    params: { mode: 'time', timeColumn: 'n', fraction: 0.6 },
    inputs: { data: tableOf({ n: [3, 1, null, 2, 2, 1], at: ['a', 'b', 'c', 'd', 'e', 'f'] }) },
    expect: { outputs: { first: tableOf({ n: [1, 1], at: ['b', 'f'] }), second: tableOf({ n: [3, null, 2, 2], at: ['a', 'c', 'd', 'e'] }) } },
  },
  {
    name: 'a gap of two and a half days after the cut',
    params: { mode: 'time', timeColumn: 'day', fraction: 0.5, gap: 2.5 },
    inputs: { data: day(8, 1, 2, 3, 6, 5, 7, 4) },
    expect: { outputs: { first: day(1, 2, 3, 4), second: day(8) } },
  },
  {
    name: 'whole groups, in the order in which they first appear',
    params: { mode: 'group', groupColumns: columnsNamed('who', 'part'), randomized: false, fraction: 0.6 },
    inputs: { data: tableOf({ who: ['b', 'a', 'b', null, null, 'a'], part: [1, 2, 1, 0, -0, 3] }) },
    expect: {
      outputs: {
        first: tableOf({ who: ['b', 'a', 'b'], part: [1, 2, 1] }),
        second: tableOf({ who: [null, null, 'a'], part: [0, 0, 3] }),
      },
    },
  },
  { name: 'time without a column', params: { mode: 'time' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a gap in a text', params: { mode: 'time', timeColumn: 'city', gap: 1 }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'groups without a column', params: { mode: 'group' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  {
    name: 'text is not ordered',
    params: { mode: 'relative', relativeExpression: '\\"city" > Oslo' },
    inputs: { data },
    expect: { issue: 'column_wrong_type' },
  },
  {
    name: 'an expression without a column',
    params: { mode: 'relative', relativeExpression: 'year > 2009' },
    inputs: { data },
    expect: { issue: 'parameter_invalid' },
  },
  {
    name: 'a pattern that cannot be read',
    params: { mode: 'regular', regularExpression: '\\"city" (' },
    inputs: { data },
    expect: { issue: 'parameter_invalid' },
  },
  { name: 'strata without a column', params: { stratified: true }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'strata of a column that is not there', params: { stratified: true, stratifyBy: 'cities' }, inputs: { data }, expect: { issue: 'column_missing' } },
]);
