import { defineCases } from '../../kit/define.ts';
import { webServiceInput } from './node.ts';

export const cases = defineCases(webServiceInput, [
  {
    name: 'deployed, not run',
    params: { node: 'dataset', port: 'data', columns: '[{"name":"age","type":"number","role":"feature","nullable":false}]' },
    expect: { issue: 'scoring_refused' },
  },
  { name: 'columns that cannot be read', params: { columns: '{' }, expect: { issue: 'parameter_invalid' } },
]);
