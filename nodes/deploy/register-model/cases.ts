import { defineCases } from '../../kit/define.ts';
import { registerModel } from './node.ts';

export const cases = defineCases(registerModel, [
  { name: 'without a name it asks for one', expect: { issue: 'parameter_missing' } },
  { name: 'a name with characters that an address would need to escape', params: { name: 'my model/1' }, expect: { issue: 'name_invalid' } },
  { name: 'an alias that would be taken for something else', params: { name: 'churn', aliases: 'champion, latest' }, expect: { issue: 'name_invalid' } },
  { name: 'a tag without a value', params: { name: 'churn', tags: 'team' }, expect: { issue: 'parameter_invalid' } },
]);
