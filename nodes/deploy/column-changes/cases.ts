import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { columnChanges } from './node.ts';

export const cases = defineCases(columnChanges, [
  {
    name: 'columns are kept, renamed, cast and derived in order',
    params: {
      node: 'select-columns',
      steps:
        '[{"do":"keep","columns":["age","city"]},{"do":"rename","from":"age","to":"years"},{"do":"cast","column":"years","to":"text"},{"do":"derive","name":"place","expression":"upper(city)"},{"do":"rename","from":"label","to":"y"}]',
    },
    inputs: { data: tableOf({ id: [1, 2], age: [31, null], city: ['Oslo', 'Rome'] }) },
    expect: {
      outputs: {
        data: tableOf({ years: ['31', null], city: ['Oslo', 'Rome'], place: ['OSLO', 'ROME'] }, { years: { type: 'text' }, place: { type: 'text' } }),
      },
    },
  },
  {
    name: 'changes that cannot be read',
    params: { steps: '[{"do":"drop"}]' },
    inputs: { data: tableOf({ age: [31, null] }) },
    expect: { issue: 'parameter_invalid' },
  },
]);
