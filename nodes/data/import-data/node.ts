import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, warning } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';

export const importData = defineNode({
  type: 'import-data',
  version: 1,
  title: 'Import Data',
  category: 'Data input and output',
  family: 'data',
  icon: 'upload',
  summary: 'Reads a CSV, TSV, JSON or Parquet file, uploaded or from the web.',
  keywords: ['csv', 'tsv', 'json', 'parquet', 'file', 'upload', 'url', 'http', 'web', 'read', 'load'],
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Dataset' } },
  params: z.object({
    source: param.choice({ title: 'Source', options: { file: 'Uploaded file', url: 'URL via HTTP' }, default: 'file' }),
    file: param.file({ title: 'File', help: 'CSV, TSV, JSON, JSON Lines or Parquet.', shownWhen: { param: 'source', is: ['file'] } }),
    url: param.text({
      title: 'URL',
      help: 'A public http or https address. Private addresses are refused unless the owner of this installation allows their host.',
      default: '',
      maximum: 2_000,
      placeholder: 'https://example.org/data.csv',
      shownWhen: { param: 'source', is: ['url'] },
    }),
    format: param.choice({
      title: 'File format',
      help: 'By the name and the content of the file, unless said otherwise.',
      options: { auto: 'Detect', csv: 'CSV', tsv: 'TSV', json: 'JSON', parquet: 'Parquet' },
      default: 'auto',
    }),
    header: param.choice({
      title: 'Header',
      help: 'Whether the first line names the columns. Without one they are named Col1, Col2 and so on.',
      options: { auto: 'Detect', yes: 'The first line', no: 'None' },
      default: 'auto',
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv'] },
    }),
    delimiter: param.choice({
      title: 'Delimiter',
      options: { auto: 'Detect', comma: 'Comma', semicolon: 'Semicolon', tab: 'Tab', pipe: 'Vertical bar' },
      default: 'auto',
      shownWhen: { param: 'format', is: ['auto', 'csv'] },
    }),
    regenerate: param.flag({
      title: 'Regenerate output',
      help: 'Read again on every run, even when nothing here has changed. For addresses whose content changes.',
      default: false,
    }),
  }),
  deterministic: true,
  alwaysRuns: ({ regenerate }) => regenerate,
  describe: ({ source, file, url }) => (source === 'file' ? file.name : url),
  infer(_inputs, { source, file, url, format, header, delimiter }, assets) {
    if (source === 'url') {
      if (url.trim() === '') return { outputs: {}, issues: [problem('parameter_missing', 'Give the address of a file.', { param: 'url' })] };
      const address = URL.parse(url.trim());
      if (!address || !['http:', 'https:'].includes(address.protocol)) {
        return { outputs: { data: OPEN_TABLE }, issues: [problem('parameter_invalid', 'The address must begin with http:// or https://.', { param: 'url' })] };
      }
      if (address.username !== '' || address.password !== '') {
        return { outputs: { data: OPEN_TABLE }, issues: [problem('parameter_invalid', 'Leave user name and password out of the address: it is kept in the pipeline.', { param: 'url' })] };
      }
      return { outputs: { data: OPEN_TABLE }, issues: [] };
    }
    if (file.id === '') return { outputs: {}, issues: [problem('parameter_missing', 'Choose a file, or drop one here.', { param: 'file' })] };
    const schema = assets.file(file.id);
    if (!schema) return { outputs: { data: OPEN_TABLE }, issues: [problem('data_missing', `The file “${file.name}” is not in this workspace. Upload it again.`, { param: 'file' })] };
    const plain = format === 'auto' && header === 'auto' && delimiter === 'auto';
    const issues = schema.columns.length === 0 ? [warning('data_empty', `The file “${file.name}” has no columns.`, { param: 'file' })] : [];
    return { outputs: { data: plain ? schema : OPEN_TABLE }, issues };
  },
  assets: ({ source, file }) => (source === 'file' && file.id !== '' ? { files: [file.id] } : {}),
  atScoring: () => ({ as: 'source' }),
});
