import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { filterRows } from './node.ts';

const data = tableOf({ price: [20, null, 41.5, 7], city: ['Oslo', 'Rome', null, 'Bergen'] });

export const cases = defineCases(filterRows, [
  {
    name: 'all conditions; a missing value meets none',
    params: {
      conditions: [
        { column: 'price', operator: 'greater', value: '10' },
        { column: 'city', operator: 'notEqual', value: 'Rome' },
      ],
    },
    inputs: { data },
    expect: { outputs: { data: tableOf({ price: [20], city: ['Oslo'] }) } },
  },
  {
    name: 'any condition',
    params: {
      join: 'any',
      conditions: [
        { column: 'price', operator: 'missing' },
        { column: 'city', operator: 'oneOf', value: 'Bergen, Paris' },
      ],
    },
    inputs: { data },
    expect: { outputs: { data: tableOf({ price: [null, 7], city: ['Rome', 'Bergen'] }) } },
  },
  {
    name: 'an expression',
    params: { mode: 'expression', expression: "price * 2 > 30 or startsWith(city, 'Ber')" },
    inputs: { data },
    expect: { outputs: { data: tableOf({ price: [20, 41.5, 7], city: ['Oslo', null, 'Bergen'] }) } },
  },
  { name: 'no condition', inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a column that is not there', params: { conditions: [{ column: 'town', value: 'x' }] }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'a value of another type', params: { conditions: [{ column: 'price', value: 'dear' }] }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'an expression that is no condition', params: { mode: 'expression', expression: 'price' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
]);
