import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { importData } from './node.ts';

// The connection `examples` is a folder with the file cities/cities.csv.
export const cases = defineCases(importData, [
  { name: 'without a file it says what to choose', expect: { issue: 'parameter_missing' } },
  { name: 'without an address it says what to give', params: { source: 'url' }, expect: { issue: 'parameter_missing' } },
  { name: 'an address of another scheme', params: { source: 'url', url: 'file:///etc/passwd' }, expect: { issue: 'parameter_invalid' } },
  { name: 'an address with a password', params: { source: 'url', url: 'https://me:secret@example.org/data.csv' }, expect: { issue: 'parameter_invalid' } },
  { name: 'a file that the workspace does not have', params: { file: { id: 'gone', name: 'gone.csv' } }, expect: { issue: 'data_missing' } },
  { name: 'an address of this machine is refused', params: { source: 'url', url: 'http://127.0.0.1:9/data.csv' }, expect: { issue: 'source_refused' } },
  { name: 'without a connection it asks for one', params: { source: 'connection', path: 'a.csv' }, expect: { issue: 'parameter_missing' } },
  { name: 'without a path it asks for one', params: { source: 'connection', connection: 'examples' }, expect: { issue: 'parameter_missing' } },
  { name: 'without a query it asks for one', params: { source: 'query', connection: 'examples' }, expect: { issue: 'parameter_missing' } },
  { name: 'a connection that is not there', params: { source: 'table', connection: 'gone', table: 't' }, expect: { issue: 'connection_missing' } },
  {
    name: 'reads a file of a connection',
    params: { source: 'connection', connection: 'examples', path: 'cities/cities.csv' },
    expect: { outputs: { data: tableOf({ city: ['Oslo', 'Rome'], people: [717_000, 2_750_000] }, { city: { type: 'text' }, people: { type: 'integer' } }) } },
  },
  { name: 'a file that is not there', params: { source: 'connection', connection: 'examples', path: 'gone.csv' }, expect: { issue: 'connection_failed' } },
  { name: 'a path that leads out', params: { source: 'connection', connection: 'examples', path: '../secret.csv' }, expect: { issue: 'connection_refused' } },
  { name: 'a folder has no tables', params: { source: 'table', connection: 'examples', table: 't' }, expect: { issue: 'connection_missing' } },
]);
