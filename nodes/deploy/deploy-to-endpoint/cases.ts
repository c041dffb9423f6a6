import { defineCases } from '../../kit/define.ts';
import { deployToEndpoint } from './node.ts';

export const cases = defineCases(deployToEndpoint, [
  { name: 'without a name it asks for one', expect: { issue: 'parameter_missing' } },
  { name: 'upper case is no endpoint name', params: { endpoint: 'Churn' }, expect: { issue: 'name_invalid' } },
]);
