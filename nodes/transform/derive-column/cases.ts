import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { deriveColumn } from './node.ts';

const data = tableOf({ price: [20, null, 41.5], rooms: [2, 3, 0], city: ['Oslo', 'Rome', null], 'is new': [true, false, null] }, { price: { role: 'label' } });

export const cases = defineCases(deriveColumn, [
  {
    name: 'a new column; what cannot be computed is missing',
    params: { name: 'per room', expression: 'price / rooms' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          { price: [20, null, 41.5], rooms: [2, 3, 0], city: ['Oslo', 'Rome', null], 'is new': [true, false, null], 'per room': [10, null, null] },
          { price: { role: 'label' } },
        ),
      },
    },
  },
  {
    name: 'in place of a column, which keeps its role',
    params: { name: 'price', expression: 'round(coalesce(price, 0) * 1.25, 1)' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({ price: [25, 0, 51.9], rooms: [2, 3, 0], city: ['Oslo', 'Rome', null], 'is new': [true, false, null] }, { price: { role: 'label' } }),
      },
    },
  },
  {
    name: 'conditions and texts',
    params: { name: 'kind', expression: "if([is new] and city in ('Oslo', 'Bergen'), 'new in Norway', coalesce(city, 'unknown'))" },
    inputs: { data: tableOf({ city: ['Oslo', 'Rome', null], 'is new': [true, false, null] }) },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome', null], 'is new': [true, false, null], kind: ['new in Norway', 'Rome', 'unknown'] }) } },
  },
  {
    name: 'true, false and missing',
    params: { name: 'large', expression: 'price > 30 or [is new]' },
    inputs: { data: tableOf({ price: [20, null, 41.5], 'is new': [false, false, null] }) },
    expect: { outputs: { data: tableOf({ price: [20, null, 41.5], 'is new': [false, false, null], large: [false, null, true] }) } },
  },
  { name: 'a column that is not there', params: { name: 'x', expression: 'prize * 2' }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'types that do not fit', params: { name: 'x', expression: 'price + city' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'no expression', params: { name: 'x' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'no name', params: { expression: 'price' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a name that differs only in capitals', params: { name: 'Price', expression: 'price' }, inputs: { data }, expect: { issue: 'column_duplicate' } },
]);
