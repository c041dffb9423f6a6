import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { smote } from './node.ts';

const types = { y: { role: 'label' }, id: { role: 'id' }, rooms: { type: 'integer' } } as const;
const data = tableOf({ id: [1, 2, 3, 4, 5], x: [0, 1, 2, 7, 7], city: ['a', 'b', 'b', 'c', 'c'], y: ['no', 'no', 'no', 'yes', 'yes'] }, types);

export const cases = defineCases(smote, [
  {
    name: 'between two equal rows lies the same row; it has no id',
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            id: [1, 2, 3, 4, 5, null, null],
            x: [0, 1, 2, 7, 7, 7, 7],
            city: ['a', 'b', 'b', 'c', 'c', 'c', 'c'],
            y: ['no', 'no', 'no', 'yes', 'yes', 'yes', 'yes'],
          },
          types,
        ),
      },
    },
  },
  { name: '0 percent: the same rows', params: { percentage: 0 }, inputs: { data }, expect: { outputs: { data } } },
  {
    name: 'whole numbers stay whole, and a category is that of the neighbours',
    params: { label: 'y', percentage: 50 },
    inputs: { data: tableOf({ rooms: [3, 3, 3, 3], city: ['a', 'b', 'a', 'a'], y: [0, 0, 1, 1] }, types) },
    expect: { outputs: { data: tableOf({ rooms: [3, 3, 3, 3, 3], city: ['a', 'b', 'a', 'a', 'a'], y: [0, 0, 1, 1, 1] }, types) } },
  },
  { name: 'no label', inputs: { data: tableOf({ x: [1, 2] }) }, expect: { issue: 'label_missing' } },
  { name: 'no feature', inputs: { data: tableOf({ y: [1, 2] }, types) }, expect: { issue: 'features_none' } },
  { name: 'one class', inputs: { data: tableOf({ x: [1, 2], y: ['a', 'a'] }, types) }, expect: { issue: 'label_one_class' } },
  { name: 'a single row of the class', inputs: { data: tableOf({ x: [1, 2, 3], y: ['a', 'a', 'b'] }, types) }, expect: { issue: 'rows_none' } },
]);
