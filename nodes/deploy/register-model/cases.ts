import { defineCases } from '../../kit/define.ts';
import { registerModel } from './node.ts';

export const cases = defineCases(registerModel, [
  { name: 'without a name it asks for one', expect: { issue: 'parameter_missing' } },
  { name: 'a name with characters that an address would need to escape', params: { name: 'my model/1' }, expect: { issue: 'name_invalid' } },
]);
