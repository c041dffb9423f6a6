import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { addColumns } from './node.ts';

export const cases = defineCases(addColumns, [
  {
    name: 'the shorter table is filled with missing values; clashing names get _1 and _2',
    inputs: { left: tableOf({ a: [1, 2, 3], b: ['x', 'y', 'z'] }), right: tableOf({ B: ['p', 'q'], c: [7, 8] }) },
    expect: { outputs: { data: tableOf({ a: [1, 2, 3], b_1: ['x', 'y', 'z'], B_2: ['p', 'q', null], c: [7, 8, null] }) } },
  },
  {
    name: 'a longer right table',
    inputs: { left: tableOf({ a: [1] }), right: tableOf({ c: [7, 8] }) },
    expect: { outputs: { data: tableOf({ a: [1, null], c: [7, 8] }) } },
  },
  {
    name: 'names that are taken get a number',
    inputs: { left: tableOf({ a: [1], a_1: [2] }), right: tableOf({ a: [3] }) },
    expect: { outputs: { data: tableOf({ a_1_1: [1], a_1: [2], a_2: [3] }) } },
  },
]);
