import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';

const NAME_LIMIT = 200;

/** The file's name, without what a file system or a header of HTTP would not take. */
export function fileNameOf(wanted: string): string {
  const clean = wanted.replaceAll(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, '').trim();
  const stem = clean.replace(/\.(?:csv|tsv|txt)$/i, '').replace(/^\.+/, '').slice(0, NAME_LIMIT);
  return `${stem === '' ? 'data' : stem}.${/\.(tsv|txt)$/i.exec(clean)?.[1]?.toLowerCase() ?? 'csv'}`;
}

export const convertToCsv = defineNode({
  type: 'convert-to-csv',
  version: 1,
  title: 'Convert to CSV',
  category: 'Data input and output',
  family: 'data',
  icon: 'file',
  summary: 'Makes a CSV file of a table, to download.',
  keywords: ['csv', 'export', 'download', 'file', 'excel', 'spreadsheet', 'tsv', 'save', 'csv writer', 'to csv', 'write csv'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { file: { kind: 'file', title: 'CSV file' } },
  params: z.object({
    name: param.text({ title: 'File name', default: 'data.csv', maximum: NAME_LIMIT, placeholder: 'data.csv' }),
    delimiter: param.choice({ title: 'Delimiter', options: { comma: 'Comma', semicolon: 'Semicolon', tab: 'Tab', pipe: 'Pipe' }, default: 'comma' }),
    header: param.flag({ title: 'Names of columns in the first line', default: true }),
    neutralise: param.flag({
      title: 'Neutralise formulas',
      help: 'Texts that a spreadsheet would carry out as a formula get an apostrophe before them. Switch it off only for programs that are no spreadsheets.',
      default: true,
    }),
    mark: param.flag({ title: 'Byte order mark', help: 'Old versions of Excel need it to read letters such as é.', default: false, advanced: true }),
  }),
  deterministic: true,
  describe: ({ name }) => fileNameOf(name),
  infer({ data }) {
    const issues = data && !data.open && data.columns.length === 0 ? [problem('columns_none', 'The table has no column to write.', { port: 'data' })] : [];
    return { outputs: { file: { mediaType: 'text/csv' } }, issues };
  },
  atScoring: () => ({ as: 'vanish' }),
});
