import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { exportData } from './node.ts';

const data = tableOf({ name: ['Ada', '=1+1', null], born: [1815, null, 1906] });

// The connection `examples` is an empty folder.
export const cases = defineCases(exportData, [
  { name: 'writes a CSV file and passes the table on', params: { connection: 'examples', path: 'people.csv' }, inputs: { data }, expect: { outputs: { data } } },
  { name: 'writes JSON Lines', params: { connection: 'examples', format: 'jsonl', path: 'new/people.jsonl' }, inputs: { data }, expect: { outputs: { data } } },
  { name: 'writes Parquet', params: { connection: 'examples', format: 'parquet', path: 'people.parquet' }, inputs: { data }, expect: { outputs: { data } } },
  { name: 'without a connection it asks for one', params: { path: 'a.csv' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'without a path it asks for one', params: { connection: 'examples' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a connection that is not there', params: { connection: 'gone', path: 'a.csv' }, inputs: { data }, expect: { issue: 'connection_missing' } },
  { name: 'a folder has no tables', params: { connection: 'examples', format: 'table', table: 't' }, inputs: { data }, expect: { issue: 'connection_missing' } },
  { name: 'a path that leads out', params: { connection: 'examples', path: '../people.csv' }, inputs: { data }, expect: { issue: 'connection_refused' } },
]);
