import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { groupDataIntoBins } from './node.ts';

const x = [1, 2, 3, 4, 5, null, 6, 7, 8];

export const cases = defineCases(groupDataIntoBins, [
  {
    name: 'quantiles: equally many in each bin, appended as categories',
    params: { bins: 4 },
    inputs: { data: tableOf({ x }) },
    expect: { outputs: { data: tableOf({ x, x_quantized: ['1', '1', '2', '2', '3', null, '3', '4', '4'] }) } },
  },
  {
    name: 'quantiles as percentiles of 100',
    params: { bins: 4, normalization: 'percent', categorical: false },
    inputs: { data: tableOf({ x }) },
    expect: { outputs: { data: tableOf({ x, x_quantized: [25, 25, 50, 50, 75, null, 75, 100, 100] }, { x_quantized: { type: 'number' } }) } },
  },
  {
    name: 'quantiles as shares of 1, as categories; what has fewer values has fewer bins',
    params: { bins: 3, normalization: 'p-quantile', output: 'result' },
    inputs: { data: tableOf({ x: [1, 2, 3, null], two: [1, 1, 2, 2], one: [5, 5, 5, 5] }) },
    expect: {
      outputs: {
        data: tableOf({ x_quantized: ['0.333333', '0.666667', '1', null], two_quantized: ['0.5', '0.5', '1', '1'], one_quantized: ['1', '1', '1', '1'] }),
      },
    },
  },
  {
    name: 'equal width, in place, as whole numbers',
    params: { mode: 'equal-width', bins: 2, output: 'inplace', categorical: false },
    inputs: { data: tableOf({ a: [0, 50, 51, 100], city: ['a', 'b', 'c', 'd'] }) },
    expect: { outputs: { data: tableOf({ a: [1, 1, 2, 2], city: ['a', 'b', 'c', 'd'] }, { a: { type: 'integer' } }) } },
  },
  {
    name: 'custom edges: a value on an edge belongs below it; only the bins come out',
    params: { mode: 'custom', edges: [18, 65], output: 'result', columns: columnsNamed('age') },
    inputs: { data: tableOf({ age: [-5, 18, 19, 65, 99, null], n: [1, 2, 3, 4, 5, 6] }) },
    expect: { outputs: { data: tableOf({ age_quantized: ['1', '1', '2', '2', '3', null] }) } },
  },
  {
    name: 'a tree cuts where the label changes',
    params: { mode: 'tree', bins: 5, columns: columnsNamed('x') },
    inputs: {
      data: tableOf({ x: [1, 2, 3, 4, 5, 6, 7, 8], left: ['no', 'no', 'no', 'yes', 'yes', 'no', 'no', 'no'] }, { left: { role: 'label' } }),
    },
    expect: {
      outputs: {
        data: tableOf(
          { x: [1, 2, 3, 4, 5, 6, 7, 8], left: ['no', 'no', 'no', 'yes', 'yes', 'no', 'no', 'no'], x_quantized: ['1', '1', '1', '2', '2', '3', '3', '3'] },
          { left: { role: 'label' } },
        ),
      },
    },
  },
  {
    name: 'and of a numeric label where its mean changes most',
    params: { mode: 'tree', bins: 2, label: 'y', columns: columnsNamed('x') },
    inputs: { data: tableOf({ x: [4, 3, 2, 1], y: [100, 90, 2, 1] }) },
    expect: { outputs: { data: tableOf({ x: [4, 3, 2, 1], y: [100, 90, 2, 1], x_quantized: ['2', '2', '1', '1'] }) } },
  },
  { name: 'edges that do not rise', params: { mode: 'custom', edges: [2, 1] }, inputs: { data: tableOf({ x }) }, expect: { issue: 'parameter_invalid' } },
  { name: 'a tree without a label', params: { mode: 'tree' }, inputs: { data: tableOf({ x }) }, expect: { issue: 'label_missing' } },
  { name: 'text has no bins', params: { columns: columnsNamed('c') }, inputs: { data: tableOf({ c: ['a'] }) }, expect: { issue: 'column_wrong_type' } },
]);
