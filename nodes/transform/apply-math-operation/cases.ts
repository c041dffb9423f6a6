import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { applyMathOperation } from './node.ts';

const data = tableOf({ price: [20, null, -41.5], rooms: [2, 3, 0], city: ['Oslo', 'Rome', null] });

export const cases = defineCases(applyMathOperation, [
  {
    name: 'add a constant to a column',
    params: { columns: columnsNamed('price'), constant: 10 },
    inputs: { data },
    expect: {
      outputs: { data: tableOf({ price: [20, null, -41.5], rooms: [2, 3, 0], city: ['Oslo', 'Rome', null], 'Add(price_$10)': [30, null, -31.5] }) },
    },
  },
  {
    name: 'divide by another column, results alone',
    params: { operations: 'Divide', columns: columnsNamed('price'), secondType: 'columns', secondColumns: columnsNamed('rooms'), outputMode: 'resultOnly' },
    inputs: { data },
    expect: { outputs: { data: tableOf({ 'Divide(price_rooms)': [10, null, null] }, { 'Divide(price_rooms)': { nullable: true } }) } },
  },
  {
    name: 'in place; each column sees the others as they came',
    params: { operations: 'Subtract', columns: columnsNamed('a', 'b'), secondType: 'columns', secondColumns: columnsNamed('b', 'a'), outputMode: 'inplace' },
    inputs: { data: tableOf({ a: [5, 1], b: [3, 4] }) },
    expect: { outputs: { data: tableOf({ a: [2, -3], b: [-2, 3] }) } },
  },
  {
    name: 'compare',
    params: { category: 'compare', compare: 'GreaterThan', columns: columnsNamed('price'), constant: 0, outputMode: 'resultOnly' },
    inputs: { data },
    expect: { outputs: { data: tableOf({ 'GreaterThan(price_$0)': [true, null, false] }) } },
  },
  {
    name: 'round to digits',
    params: { category: 'rounding', rounding: 'RoundDigits', columns: columnsNamed('x'), constant: 1, outputMode: 'resultOnly' },
    inputs: { data: tableOf({ x: [1.25, -1.25, 3.14159] }) },
    expect: { outputs: { data: tableOf({ 'RoundDigits(x_$1)': [1.3, -1.3, 3.1] }) } },
  },
  {
    name: 'the error function',
    params: { category: 'special', special: 'Erf', columns: columnsNamed('x'), outputMode: 'resultOnly' },
    inputs: { data: tableOf({ x: [0, 1, -0.5] }) },
    expect: { outputs: { data: tableOf({ 'Erf(x)': [0, 0.8427007929, -0.5204998778] }) } },
  },
  { name: 'a text', params: { columns: columnsNamed('city') }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'a column that is not there', params: { columns: columnsNamed('prize') }, inputs: { data }, expect: { issue: 'column_missing' } },
]);
