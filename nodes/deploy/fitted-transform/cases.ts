import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { fittedTransform } from './node.ts';

export const cases = defineCases(fittedTransform, [
  {
    name: 'deployed, not run',
    params: { node: 'clean-missing-data', port: 'transform' },
    inputs: { data: tableOf({ age: [31, null] }) },
    expect: { issue: 'scoring_refused' },
  },
  { name: 'nothing fitted named', inputs: { data: tableOf({ age: [31, null] }) }, expect: { issue: 'parameter_missing' } },
]);
