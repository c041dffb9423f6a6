import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { selectColumnsInDataset } from './node.ts';

const data = tableOf({ id: [7, 8, 9], age: [20, null, 41], city: ['Oslo', 'Rome', null] });

export const cases = defineCases(selectColumnsInDataset, [
  {
    name: 'by name, in the order of the list',
    params: { columns: columnsNamed('city', 'age') },
    inputs: { data },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome', null], age: [20, null, 41] }) } },
  },
  {
    name: 'by rules: all but one',
    params: { columns: { mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['id'] }] } },
    inputs: { data },
    expect: { outputs: { data: tableOf({ age: [20, null, 41], city: ['Oslo', 'Rome', null] }) } },
  },
  {
    name: 'by rules: one type',
    params: { columns: { mode: 'rules', start: 'none', rules: [{ action: 'include', by: 'type', values: ['category'] }] } },
    inputs: { data },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome', null] }) } },
  },
  { name: 'a column that is not there', params: { columns: columnsNamed('town') }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'no column at all', params: { columns: columnsNamed() }, inputs: { data }, expect: { issue: 'columns_none' } },
]);
