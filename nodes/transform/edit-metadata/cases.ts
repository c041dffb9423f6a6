import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { editMetadata } from './node.ts';

const data = tableOf(
  { code: [1, 2, 2], size: ['4', 'n/a', ' 5.5 '], when: ['2026-01-31', 'soon', null], price: [1.5, null, 2] },
  { code: { type: 'integer' }, size: { type: 'text' }, when: { type: 'text' } },
);

export const cases = defineCases(editMetadata, [
  {
    name: 'numbers that are codes become categories',
    params: { columns: columnsNamed('code'), categorical: 'categorical' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          { code: ['1', '2', '2'], size: ['4', 'n/a', ' 5.5 '], when: ['2026-01-31', 'soon', null], price: [1.5, null, 2] },
          { size: { type: 'text' }, when: { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'text becomes numbers; what is none becomes missing',
    params: { columns: columnsNamed('size'), dataType: 'double', newNames: 'inches' },
    inputs: { data: tableOf({ size: ['4', 'n/a', ' 5.5 ', '-1e3', ''] }, { size: { type: 'text' } }) },
    expect: { outputs: { data: tableOf({ inches: [4, null, 5.5, -1000, null] }) } },
  },
  {
    name: 'texts of another form become dates',
    params: { columns: columnsNamed('when'), dataType: 'datetime', datetimeFormat: '%d.%m.%Y %H:%M', newNames: 'at' },
    inputs: { data: tableOf({ when: ['31.01.2026 09:30', '1.2.2026 0:00', 'soon', null] }, { when: { type: 'text' } }) },
    expect: { outputs: { data: tableOf({ at: [Date.UTC(2026, 0, 31, 9, 30), Date.UTC(2026, 1, 1), null, null] }, { at: { type: 'datetime' } }) } },
  },
  {
    name: 'text becomes dates',
    params: { columns: columnsNamed('when'), dataType: 'datetime' },
    inputs: { data: tableOf({ when: ['2026-01-31', 'soon', null] }, { when: { type: 'text' } }) },
    expect: { outputs: { data: tableOf({ when: [Date.UTC(2026, 0, 31), null, null] }, { when: { type: 'datetime' } }) } },
  },
  {
    name: 'a new label takes the place of the old',
    params: { columns: columnsNamed('price'), fields: 'label' },
    inputs: { data: tableOf({ price: [1, 2], code: [3, 4] }, { code: { role: 'label' } }) },
    expect: { outputs: { data: tableOf({ price: [1, 2], code: [3, 4] }, { price: { role: 'label' } }) } },
  },
  {
    name: 'two columns change names',
    params: { columns: columnsNamed('a', 'b'), newNames: 'b, a' },
    inputs: { data: tableOf({ a: [1], b: ['x'] }) },
    expect: { outputs: { data: tableOf({ b: [1], a: ['x'] }) } },
  },
  {
    name: 'booleans become text and numbers become true or false',
    params: { columns: columnsNamed('n'), dataType: 'boolean' },
    inputs: { data: tableOf({ n: [0, 2, null] }) },
    expect: { outputs: { data: tableOf({ n: [0, 1, null] }, { n: { type: 'boolean' } }) } },
  },
  {
    name: 'one name for two columns',
    params: { columns: columnsNamed('code', 'size'), newNames: 'x' },
    inputs: { data },
    expect: { issue: 'parameter_invalid' },
  },
  {
    name: 'a name that another column has',
    params: { columns: columnsNamed('code'), newNames: 'Price' },
    inputs: { data },
    expect: { issue: 'column_duplicate' },
  },
  { name: 'two labels', params: { columns: columnsNamed('code', 'size'), fields: 'label' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'no column', inputs: { data }, expect: { issue: 'columns_none' } },
]);
