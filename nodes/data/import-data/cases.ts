import { defineCases } from '../../kit/define.ts';
import { importData } from './node.ts';

export const cases = defineCases(importData, [
  { name: 'without a file it says what to choose', expect: { issue: 'parameter_missing' } },
  { name: 'without an address it says what to give', params: { source: 'url' }, expect: { issue: 'parameter_missing' } },
  { name: 'an address of another scheme', params: { source: 'url', url: 'file:///etc/passwd' }, expect: { issue: 'parameter_invalid' } },
  { name: 'an address with a password', params: { source: 'url', url: 'https://me:secret@example.org/data.csv' }, expect: { issue: 'parameter_invalid' } },
  { name: 'a file that the workspace does not have', params: { file: { id: 'gone', name: 'gone.csv' } }, expect: { issue: 'data_missing' } },
  { name: 'an address of this machine is refused', params: { source: 'url', url: 'http://127.0.0.1:9/data.csv' }, expect: { issue: 'source_refused' } },
]);
