import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { groupCategoricalValues } from './node.ts';

const city = ['Oslo', 'Rome', 'Oslo', null, 'Bergen', 'Rome', 'Ålesund'];
const data = tableOf({ city });

export const cases = defineCases(groupCategoricalValues, [
  {
    name: 'levels with a small share become other; missing values stay missing',
    params: { share: 0.2 },
    inputs: { data },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome', 'Oslo', null, 'other', 'Rome', 'other'] }) } },
  },
  {
    name: 'or levels with few rows, in a new column; the label stays',
    params: { by: 'count', count: 2, other: 'rest', overwrite: false },
    inputs: { data: tableOf({ city: ['a', 'a', 'b'], left: ['x', 'y', 'y'] }, { left: { role: 'label' } }) },
    expect: {
      outputs: { data: tableOf({ city: ['a', 'a', 'b'], left: ['x', 'y', 'y'], city_Grouped: ['a', 'a', 'rest'] }, { left: { role: 'label' } }) },
    },
  },
  {
    name: 'by a mapping; what it does not name stays',
    params: { by: 'mapping', mapping: 'Oslo = Norway\n"Bergen" = Norway\n\nRome = "the = south"' },
    inputs: { data },
    expect: { outputs: { data: tableOf({ city: ['Norway', 'the = south', 'Norway', null, 'Norway', 'the = south', 'Ålesund'] }) } },
  },
  {
    name: 'or becomes other',
    params: { by: 'mapping', mapping: 'Oslo = Norway', unmapped: 'other' },
    inputs: { data },
    expect: { outputs: { data: tableOf({ city: ['Norway', 'other', 'Norway', null, 'other', 'other', 'other'] }) } },
  },
  { name: 'a mapping that cannot be read', params: { by: 'mapping', mapping: 'Oslo Norway' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  {
    name: 'a level that is mapped twice',
    params: { by: 'mapping', mapping: 'Oslo = a\nOslo = b' },
    inputs: { data },
    expect: { issue: 'parameter_invalid' },
  },
  { name: 'no mapping', params: { by: 'mapping' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'numbers have no levels', params: { columns: columnsNamed('n') }, inputs: { data: tableOf({ n: [1] }) }, expect: { issue: 'column_wrong_type' } },
]);
