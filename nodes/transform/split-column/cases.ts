import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { splitColumn } from './node.ts';

const data = tableOf({ name: ['Ada, Lovelace', 'Plato', 'a,b,c', null, ''], n: [1, 2, 3, 4, 5] });
const text = { type: 'text', nullable: true } as const;

export const cases = defineCases(splitColumn, [
  {
    name: 'two parts; further ones stay in the last',
    params: { column: 'name' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            name: ['Ada, Lovelace', 'Plato', 'a,b,c', null, ''],
            n: [1, 2, 3, 4, 5],
            'name-1': ['Ada', 'Plato', 'a', null, ''],
            'name-2': ['Lovelace', null, 'b,c', null, null],
          },
          { 'name-1': text, 'name-2': text },
        ),
      },
    },
  },
  {
    name: 'names, without the column itself and what is further',
    params: { column: 'name', names: 'first, name', rest: 'drop', trim: false, overwrite: true },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({ n: [1, 2, 3, 4, 5], first: ['Ada', 'Plato', 'a', null, ''], name: [' Lovelace', null, 'b', null, null] }, { first: text, name: text }),
      },
    },
  },
  { name: 'three names for two parts', params: { column: 'name', names: 'a, b, c' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'a number', params: { column: 'n' }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'no such column', params: { column: 'x' }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'no delimiter', params: { column: 'name', delimiter: '' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
