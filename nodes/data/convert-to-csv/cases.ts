import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { convertToCsv } from './node.ts';

const data = tableOf({ name: ['Ada', null], n: [1.5, null] });

export const cases = defineCases(convertToCsv, [
  { name: 'a file of the name that was given', params: { name: 'people' }, inputs: { data }, expect: { outputs: { file: { name: 'people.csv' } } } },
  { name: 'without what file systems do not take', params: { name: '../etc/pass:wd.TSV' }, inputs: { data }, expect: { outputs: { file: { name: 'etcpasswd.tsv' } } } },
  { name: 'no name', params: { name: ' .csv' }, inputs: { data }, expect: { outputs: { file: { name: 'data.csv' } } } },
]);
