import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { normalizeData } from './node.ts';

const data = tableOf({ age: [20, 40, null, 60], rooms: [1, 2, 3, 6], city: ['Oslo', 'Rome', null, 'Oslo'] }, { rooms: { type: 'integer' } });
const root = Math.sqrt(1.5);

export const cases = defineCases(normalizeData, [
  {
    name: 'by default all numbers get mean 0 and deviation 1',
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({
          age: [-root, 0, null, root],
          rooms: [-2 / Math.sqrt(3.5), -1 / Math.sqrt(3.5), 0, 3 / Math.sqrt(3.5)],
          city: ['Oslo', 'Rome', null, 'Oslo'],
        }),
      },
    },
  },
  {
    name: 'MinMax maps the range to 0 and 1',
    params: { method: 'minmax', columns: columnsNamed('age') },
    inputs: { data: tableOf({ age: [20, 40, 60], n: [1, 2, 3] }) },
    expect: { outputs: { data: tableOf({ age: [0, 0.5, 1], n: [1, 2, 3] }) } },
  },
  {
    name: 'Logistic',
    params: { method: 'logistic' },
    inputs: { data: tableOf({ x: [0, 2, -1000, null] }) },
    expect: { outputs: { data: tableOf({ x: [0.5, 1 / (1 + Math.exp(-2)), 0, null] }) } },
  },
  {
    name: 'TanH',
    params: { method: 'tanh' },
    inputs: { data: tableOf({ x: [0, 0.5, -3] }) },
    expect: { outputs: { data: tableOf({ x: [0, Math.tanh(0.5), Math.tanh(-3)] }) } },
  },
  {
    name: 'LogNormal; only positive numbers have a logarithm',
    params: { method: 'lognormal' },
    inputs: { data: tableOf({ x: [Math.fround(Math.exp(1)), Math.fround(Math.exp(3)), 0, -1] }) },
    expect: { outputs: { data: tableOf({ x: [0.15865525, 0.84134475, null, null] }) } },
  },
  {
    name: 'Robust: an outlier does not move the others; equal quartiles are only shifted',
    params: { method: 'robust' },
    inputs: { data: tableOf({ x: [1, 2, 3, 4, 1000, null], y: [5, 5, 5, 5, 9, 5] }) },
    expect: { outputs: { data: tableOf({ x: [-1, -0.5, 0, 0.5, 498.5, null], y: [0, 0, 0, 0, 4, 0] }) } },
  },
  {
    name: 'MaxAbs keeps 0 and signs',
    params: { method: 'maxabs' },
    inputs: { data: tableOf({ x: [-4, 0, 2, null] }) },
    expect: { outputs: { data: tableOf({ x: [-1, 0, 0.5, null] }) } },
  },
  {
    name: 'a constant column becomes 0',
    inputs: { data: tableOf({ x: [7, 7, null] }) },
    expect: { outputs: { data: tableOf({ x: [0, 0, null] }) } },
  },
  {
    name: 'or missing, when that is wanted',
    params: { zeroForConstant: false, method: 'minmax' },
    inputs: { data: tableOf({ x: [7, 7] }) },
    expect: { outputs: { data: tableOf({ x: [null, null] }, { x: { type: 'number' } }) } },
  },
  {
    name: 'a numeric label is left alone',
    inputs: { data: tableOf({ x: [1, 3], price: [10, 30] }, { price: { role: 'label' } }) },
    expect: { outputs: { data: tableOf({ x: [-1, 1], price: [10, 30] }, { price: { role: 'label' } }) } },
  },
  { name: 'text has no scale', params: { columns: columnsNamed('age', 'city') }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'a table without numbers', inputs: { data: tableOf({ city: ['Oslo'] }) }, expect: { issue: 'columns_none' } },
]);
