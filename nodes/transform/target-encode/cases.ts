import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { targetEncode } from './node.ts';

const city = ['Oslo', 'Rome', 'Oslo', null, 'Rome', 'Oslo'];

export const cases = defineCases(targetEncode, [
  {
    name: 'where all labels are equal, so are all means; the transform gives them too',
    inputs: { data: tableOf({ city, price: [3, 3, 3, 3, 3, 3] }, { price: { role: 'label' } }) },
    expect: {
      outputs: {
        data: tableOf({ city: [3, 3, 3, 3, 3, 3], price: [3, 3, 3, 3, 3, 3] }, { price: { role: 'label' } }),
        transform: { signature: { outputs: [{ name: 'city', type: 'number', role: 'feature' }] } },
      },
    },
  },
  {
    name: 'in a new column',
    params: { overwrite: false, label: 'price', columns: columnsNamed('city') },
    inputs: { data: tableOf({ city, price: [2, 2, 2, 2, 2, 2] }) },
    expect: { outputs: { data: tableOf({ city, price: [2, 2, 2, 2, 2, 2], city_Target: [2, 2, 2, 2, 2, 2] }) } },
  },
  { name: 'no label', inputs: { data: tableOf({ city }) }, expect: { issue: 'label_missing' } },
  {
    name: 'three classes have no mean',
    inputs: { data: tableOf({ city: ['a', 'b', 'c'], kind: ['x', 'y', 'z'] }, { kind: { role: 'label' } }) },
    expect: { issue: 'label_not_two_classes' },
  },
  {
    name: 'the label by itself',
    params: { columns: columnsNamed('sold') },
    inputs: { data: tableOf({ sold: ['y', 'n'] }, { sold: { role: 'label' } }) },
    expect: { issue: 'parameter_invalid' },
  },
  {
    name: 'numbers have no levels',
    params: { columns: columnsNamed('n'), label: 'price' },
    inputs: { data: tableOf({ n: [1], price: [2] }) },
    expect: { issue: 'column_wrong_type' },
  },
]);
