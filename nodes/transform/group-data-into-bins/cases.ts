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
