import { defineCases } from '../../kit/define.ts';
import { dataset } from './node.ts';

export const cases = defineCases(dataset, [
  { name: 'without a dataset it says what to choose', expect: { issue: 'parameter_missing' } },
  { name: 'a dataset that the workspace does not have', params: { dataset: { name: 'penguins' } }, expect: { issue: 'data_missing' } },
]);
