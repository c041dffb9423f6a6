import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { saveAsDataset } from './node.ts';

const data = tableOf({ a: [1, null], t: ['x', ''] });

export const cases = defineCases(saveAsDataset, [
  { name: 'passes the table on as it is', params: { name: 'copy' }, inputs: { data }, expect: { outputs: { data } } },
  { name: 'without a name it asks for one', inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a name that could be a path', params: { name: 'a/b' }, inputs: { data }, expect: { issue: 'name_invalid' } },
]);
