import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { columnChanges } from './node.ts';

export const cases = defineCases(columnChanges, [
  {
    name: 'deployed, not run',
    params: { node: 'select-columns', steps: '[{"do":"keep","columns":["age"]}]' },
    inputs: { data: tableOf({ id: [1, 2], age: [31, null] }) },
    expect: { issue: 'scoring_refused' },
  },
  {
    name: 'changes that cannot be read',
    params: { steps: '[{"do":"drop"}]' },
    inputs: { data: tableOf({ age: [31, null] }) },
    expect: { issue: 'parameter_invalid' },
  },
]);
