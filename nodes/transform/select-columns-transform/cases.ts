import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { selectColumnsTransform } from './node.ts';

export const cases = defineCases(selectColumnsTransform, [
  {
    name: 'keeps the columns in their order; the label may be absent',
    inputs: { data: tableOf({ b: [1], a: ['x'], left: ['yes'] }, { left: { role: 'label' } }) },
    expect: {
      outputs: {
        transform: {
          signature: {
            keeps: ['b', 'a', 'left'],
            inputs: [
              { name: 'b', type: 'number', required: true },
              { name: 'a', type: 'category', required: true },
              { name: 'left', type: 'category', required: false },
            ],
          },
        },
      },
    },
  },
]);
