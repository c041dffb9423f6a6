import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { connectionIssues } from '../connection-issues.ts';

const FILES = ['csv', 'tsv', 'parquet', 'jsonl'];

export const exportData = defineNode({
  type: 'export-data',
  version: 1,
  title: 'Export Data',
  category: 'Data input and output',
  family: 'data',
  icon: 'download',
  summary: 'Writes a table to a connection: as a file, or into a table of a database.',
  keywords: ['export', 'write', 'save', 'connection', 'database', 'postgresql', 'mysql', 's3', 'bucket', 'folder', 'csv', 'tsv', 'parquet', 'json', 'lines', 'output', 'to sql', 'to parquet', 'db writer', 'data writer'],
  inputs: { data: { kind: 'table', title: 'Data' } },
  outputs: { data: { kind: 'table', title: 'Data' } },
  params: z.object({
    connection: param.connection({ title: 'Connection', help: 'Where it is written to.' }),
    format: param.choice({
      title: 'Format',
      options: { csv: 'CSV file', tsv: 'TSV file', parquet: 'Parquet file', jsonl: 'JSON Lines file', table: 'Table of a database' },
      default: 'csv',
    }),
    path: param.text({
      title: 'Path',
      help: 'Where in the connection the file is written. A file that is there is replaced.',
      default: '',
      maximum: 4_000,
      placeholder: 'results/customers.csv',
      browse: 'connection',
      shownWhen: { param: 'format', is: FILES },
    }),
    neutralise: param.flag({
      title: 'Neutralise formulas',
      help: 'Texts that a spreadsheet would carry out as a formula get an apostrophe before them. Switch it off only for programs that are no spreadsheets.',
      default: true,
      shownWhen: { param: 'format', is: ['csv', 'tsv'] },
    }),
    table: param.text({
      title: 'Table',
      help: 'The name of the table, such as sales or public.sales.',
      default: '',
      maximum: 500,
      placeholder: 'sales',
      browse: 'connection',
      shownWhen: { param: 'format', is: ['table'] },
    }),
    mode: param.choice({
      title: 'If the table exists',
      options: { create: 'Fail', append: 'Add the rows', replace: 'Replace the table' },
      default: 'create',
      shownWhen: { param: 'format', is: ['table'] },
    }),
  }),
  deterministic: false,
  describe: ({ connection, format, path, table }) => (connection === '' ? '' : `${connection}: ${format === 'table' ? table : path}`),
  infer({ data }, { connection, format, path, table }, assets) {
    const wanted = format === 'table' ? 'rows' : 'files';
    const issues = [...connectionIssues(connection, { gives: wanted, writes: true }, assets)];
    if (wanted === 'files' && path.trim() === '') issues.push(problem('parameter_missing', 'Give the file a path.', { param: 'path' }));
    if (wanted === 'rows' && table.trim() === '') issues.push(problem('parameter_missing', 'Give the table a name.', { param: 'table' }));
    if (data && !data.open && data.columns.length === 0) issues.push(problem('columns_none', 'The table has no column to write.', { port: 'data' }));
    return { outputs: { data }, issues };
  },
  assets: ({ connection }) => (connection === '' ? {} : { connections: [connection] }),
  atScoring: () => ({ as: 'vanish' }),
});
