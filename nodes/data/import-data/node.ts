import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, warning } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';

/** What the schema that was found at the upload holds for. */
const USUAL = {
  format: 'auto',
  header: 'auto',
  delimiter: 'auto',
  quote: 'double',
  encoding: 'auto',
  skipRows: 0,
  decimal: 'point',
  nullWords: '',
  datetimeFormat: '',
  sheet: '',
  member: '',
} as const;

export const importData = defineNode({
  type: 'import-data',
  version: 1,
  title: 'Import Data',
  category: 'Data input and output',
  family: 'data',
  icon: 'upload',
  summary: 'Reads a CSV, TSV, JSON, Parquet, Excel, Arrow, ARFF or SVMLight file, also packed, uploaded or from the web.',
  keywords: ['csv', 'tsv', 'json', 'parquet', 'excel', 'xlsx', 'arrow', 'feather', 'arff', 'svmlight', 'zip', 'gzip', 'file', 'upload', 'url', 'http', 'web', 'read', 'load'],
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Dataset' } },
  params: z.object({
    source: param.choice({ title: 'Source', options: { file: 'Uploaded file', url: 'URL via HTTP' }, default: 'file' }),
    file: param.file({ title: 'File', help: 'CSV, TSV, JSON, JSON Lines, Parquet, Excel, Arrow, ARFF or SVMLight, also as gzip or ZIP.', shownWhen: { param: 'source', is: ['file'] } }),
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
      options: {
        auto: 'Detect',
        csv: 'CSV',
        tsv: 'TSV',
        json: 'JSON',
        parquet: 'Parquet',
        excel: 'Excel',
        arrow: 'Arrow IPC',
        arff: 'ARFF',
        svmlight: 'SVMLight',
      },
      default: 'auto',
    }),
    header: param.choice({
      title: 'Header',
      help: 'Whether the first line names the columns. Without one they are named Col1, Col2 and so on.',
      options: { auto: 'Detect', yes: 'The first line', no: 'None' },
      default: 'auto',
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv', 'excel'] },
    }),
    delimiter: param.choice({
      title: 'Delimiter',
      options: { auto: 'Detect', comma: 'Comma', semicolon: 'Semicolon', tab: 'Tab', pipe: 'Vertical bar' },
      default: 'auto',
      shownWhen: { param: 'format', is: ['auto', 'csv'] },
    }),
    quote: param.choice({
      title: 'Quote',
      help: 'The character around cells that hold delimiters or line breaks.',
      options: { double: 'Double quote', single: 'Single quote', none: 'None' },
      default: 'double',
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv'] },
    }),
    encoding: param.choice({
      title: 'Encoding',
      options: { auto: 'Detect', 'utf-8': 'UTF-8', 'utf-16': 'UTF-16', 'windows-1252': 'Latin-1 (Windows-1252)' },
      default: 'auto',
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv', 'json', 'arff', 'svmlight'] },
    }),
    skipRows: param.integer({
      title: 'Lines to skip',
      help: 'Lines to leave out at the beginning of the file.',
      default: 0,
      minimum: 0,
      maximum: 1_000_000,
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv'] },
    }),
    decimal: param.choice({
      title: 'Decimal separator',
      help: 'With a comma, points between groups of three digits are thousands separators.',
      options: { point: 'Point', comma: 'Comma' },
      default: 'point',
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv'] },
    }),
    nullWords: param.text({
      title: 'Missing words',
      help: 'Cells that count as missing, separated by commas, in place of NA, N/A, #N/A, NaN, null and ?. Empty cells are missing in any case.',
      default: '',
      maximum: 2_000,
      placeholder: 'NA, -, 999',
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv'] },
    }),
    datetimeFormat: param.text({
      title: 'Datetime format',
      help: 'How dates are written besides 2024-01-31: %d.%m.%Y or %m/%d/%Y %H:%M.',
      default: '',
      maximum: 100,
      placeholder: '%d.%m.%Y',
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'csv', 'tsv'] },
    }),
    sheet: param.text({
      title: 'Sheet',
      help: 'The name of the sheet of a workbook. Empty: the first with data.',
      default: '',
      maximum: 100,
      advanced: true,
      shownWhen: { param: 'format', is: ['auto', 'excel'] },
    }),
    member: param.text({
      title: 'File in the archive',
      help: 'The path of a file within a ZIP archive that has several.',
      default: '',
      maximum: 1_000,
      placeholder: 'folder/data.csv',
      advanced: true,
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
  infer(_inputs, params, assets) {
    const { source, file, url } = params;
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
    const plain = Object.entries(USUAL).every(([name, value]) => params[name as keyof typeof USUAL] === value);
    const issues = schema.columns.length === 0 ? [warning('data_empty', `The file “${file.name}” has no columns.`, { param: 'file' })] : [];
    return { outputs: { data: plain ? schema : OPEN_TABLE }, issues };
  },
  assets: ({ source, file }) => (source === 'file' && file.id !== '' ? { files: [file.id] } : {}),
  atScoring: () => ({ as: 'source' }),
});
