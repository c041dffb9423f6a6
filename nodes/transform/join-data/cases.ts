import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { joinData } from './node.ts';

const left = tableOf({ id: [3, 1, null, 2], city: ['Oslo', 'Rome', 'Bonn', 'Oslo'] });
const right = tableOf({ key: [1, 3, 3, 9, null], city: ['a', 'b', 'c', 'd', 'e'] });
const keys = { leftKeys: columnsNamed('id'), rightKeys: columnsNamed('key') };
const nullable = { nullable: true };

export const cases = defineCases(joinData, [
  {
    name: 'left semi: rows with a partner, once each',
    params: { ...keys, joinType: 'semi' },
    inputs: { left, right },
    expect: { outputs: { data: tableOf({ id: [3, 1], city: ['Oslo', 'Rome'] }) } },
  },
  {
    name: 'inner: the order of the left table, then of the right; clashing names get _1 and _2; missing keys match nothing',
    params: keys,
    inputs: { left, right },
    expect: { outputs: { data: tableOf({ id: [3, 3, 1], city_1: ['Oslo', 'Oslo', 'Rome'], key: [3, 3, 1], city_2: ['b', 'c', 'a'] }) } },
  },
  {
    name: 'left outer with one key column',
    params: { ...keys, joinType: 'left', keepRightKeys: false },
    inputs: { left, right },
    expect: {
      outputs: { data: tableOf({ id: [3, 3, 1, null, 2], city_1: ['Oslo', 'Oslo', 'Rome', 'Bonn', 'Oslo'], city_2: ['b', 'c', 'a', null, null] }) },
    },
  },
  {
    name: 'right outer: rows of the right table alone come last',
    params: { ...keys, joinType: 'right' },
    inputs: { left, right },
    expect: {
      outputs: {
        data: tableOf({
          id: [3, 3, 1, null, null],
          city_1: ['Oslo', 'Oslo', 'Rome', null, null],
          key: [3, 3, 1, 9, null],
          city_2: ['b', 'c', 'a', 'd', 'e'],
        }),
      },
    },
  },
  {
    name: 'full outer with one key column for both',
    params: { ...keys, joinType: 'full', keepRightKeys: false },
    inputs: { left, right },
    expect: {
      outputs: {
        data: tableOf({
          id: [3, 3, 1, null, 2, 9, null],
          city_1: ['Oslo', 'Oslo', 'Rome', 'Bonn', 'Oslo', null, null],
          city_2: ['b', 'c', 'a', null, null, 'd', 'e'],
        }),
      },
    },
  },
  {
    name: 'left anti: rows without a partner, also those whose key is missing',
    params: { ...keys, joinType: 'anti' },
    inputs: { left, right },
    expect: { outputs: { data: tableOf({ id: [null, 2], city: ['Bonn', 'Oslo'] }) } },
  },
  {
    name: 'cross: each row with each',
    params: { joinType: 'cross' },
    inputs: { left: tableOf({ a: [1, 2] }), right: tableOf({ b: ['x', 'y'] }) },
    expect: { outputs: { data: tableOf({ a: [1, 1, 2, 2], b: ['x', 'y', 'x', 'y'] }) } },
  },
  {
    name: 'two keys, whatever their case',
    params: { leftKeys: columnsNamed('a', 'b'), rightKeys: columnsNamed('a', 'b'), matchCase: false, keepRightKeys: false },
    inputs: {
      left: tableOf({ a: ['x', 'X', 'y'], b: [1, 2, 1] }),
      right: tableOf({ a: ['X', 'Y'], b: [1, 1], n: [10, 20] }),
    },
    expect: { outputs: { data: tableOf({ a: ['x', 'y'], b: [1, 1], n: [10, 20] }) } },
  },
  {
    name: 'a second label becomes a feature',
    params: { leftKeys: columnsNamed('a'), rightKeys: columnsNamed('b') },
    inputs: { left: tableOf({ a: [1], y: [0] }, { y: { role: 'label' } }), right: tableOf({ b: [1], z: [1] }, { b: nullable, z: { role: 'label' } }) },
    expect: { outputs: { data: tableOf({ a: [1], y: [0], b: [1], z: [1] }, { y: { role: 'label' } }) } },
  },
  {
    name: 'keys of different types',
    params: { leftKeys: columnsNamed('id'), rightKeys: columnsNamed('city') },
    inputs: { left, right },
    expect: { issue: 'column_wrong_type' },
  },
  { name: 'no keys', params: {}, inputs: { left, right }, expect: { issue: 'columns_none' } },
  {
    name: 'more keys on one side',
    params: { leftKeys: columnsNamed('id', 'city'), rightKeys: columnsNamed('key') },
    inputs: { left, right },
    expect: { issue: 'parameter_invalid' },
  },
  {
    name: 'a key that is not there',
    params: { leftKeys: columnsNamed('id'), rightKeys: columnsNamed('keys') },
    inputs: { left, right },
    expect: { issue: 'column_missing' },
  },
]);
