import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { addRows } from './node.ts';

export const cases = defineCases(addRows, [
  {
    name: 'by name, whatever the order; columns that one table lacks are missing there',
    inputs: { first: tableOf({ a: [1, 2], b: ['x', 'y'] }), second: tableOf({ c: [true], b: ['z'], a: [3] }) },
    expect: { outputs: { data: tableOf({ a: [1, 2, 3], b: ['x', 'y', 'z'], c: [null, null, true] }, { c: { type: 'boolean' } }) } },
  },
  {
    name: 'whole numbers and numbers give numbers, categories and texts give texts',
    inputs: {
      first: tableOf({ a: [1], b: ['x'] }, { a: { type: 'integer' } }),
      second: tableOf({ a: [1.5], b: ['y'] }, { b: { type: 'text' } }),
    },
    expect: { outputs: { data: tableOf({ a: [1, 1.5], b: ['x', 'y'] }, { b: { type: 'text' } }) } },
  },
  { name: 'types that do not agree', inputs: { first: tableOf({ a: [1] }), second: tableOf({ a: ['x'] }) }, expect: { issue: 'column_wrong_type' } },
  { name: 'names that differ in case only', inputs: { first: tableOf({ a: [1] }), second: tableOf({ A: [1] }) }, expect: { issue: 'column_duplicate' } },
]);
