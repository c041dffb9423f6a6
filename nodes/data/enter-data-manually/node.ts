import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, warning } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { readEntered } from './read-entered.ts';

export const enterDataManually = defineNode({
  type: 'enter-data-manually',
  version: 1,
  title: 'Enter Data Manually',
  category: 'Data input and output',
  family: 'data',
  icon: 'list',
  summary: 'A small table, typed or pasted in.',
  keywords: ['type', 'paste', 'csv', 'tsv', 'arff', 'svmlight', 'inline', 'small', 'table', 'table creator', 'create table', 'paste data'],
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Dataset' } },
  params: z.object({
    format: param.choice({ title: 'Data format', options: { csv: 'CSV', tsv: 'TSV', arff: 'ARFF', svmlight: 'SVMLight' }, default: 'csv' }),
    hasHeader: param.flag({
      title: 'Has header',
      help: 'The first line names the columns. Off: Col1, Col2 and so on.',
      default: true,
      shownWhen: { param: 'format', is: ['csv', 'tsv'] },
    }),
    data: param.code({ title: 'Data', help: 'One row per line. Empty cells are missing values; empty lines are skipped.', language: 'csv', default: '' }),
  }),
  deterministic: true,
  infer(_inputs, params) {
    if (params.data.trim() === '') return { outputs: {}, issues: [problem('parameter_missing', 'Type or paste rows.', { param: 'data' })] };
    const read = readEntered(params);
    if (!read.ok) return { outputs: {}, issues: [problem('data_unparsable', read.message, { param: 'data' })] };
    const issues = [];
    if (read.shortLines > 0) {
      issues.push(warning('data_unparsable', `${read.shortLines} ${read.shortLines === 1 ? 'line has' : 'lines have'} too few cells; the cells that lack count as missing.`, { param: 'data' }));
    }
    if (read.rowCount === 0) issues.push(warning('rows_none', 'There is a header, but no row.', { param: 'data' }));
    return { outputs: { data: read.schema }, issues };
  },
  atScoring: () => ({ as: 'source' }),
});
