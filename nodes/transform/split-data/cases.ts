import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { splitData } from './node.ts';

const data = tableOf({ year: [2009, 2010, 2011, 2012], city: ['Oslo', 'Rome', null, 'Oslo'] });

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
