import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, warning, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { OPEN_TABLE } from '../../kit/table.ts';
import { connectionIssues } from '../connection-issues.ts';

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

const ROWS = ['table', 'query'];

/** What is read of a connection is named by one of these parameters. */
const PLACES = { connection: ['path', 'Give the path of a file.'], table: ['table', 'Give the name of a table.'], query: ['query', 'Write a query.'] } as const;

function placeIssues(source: keyof typeof PLACES, params: Readonly<Record<'path' | 'table' | 'query', string>>): Issue[] {
  const [name, message] = PLACES[source];
  return params[name].trim() === '' ? [problem('parameter_missing', message, { param: name })] : [];
}

export const importData = defineNode({
  type: 'import-data',
  version: 1,
  title: 'Import Data',
  category: 'Data input and output',
  family: 'data',
  icon: 'upload',
  summary: 'Reads a CSV, TSV, JSON, Parquet, Excel, Arrow, ARFF or SVMLight file, uploaded, from the web or from a connection, or a table of a database.',
  keywords: ['csv', 'tsv', 'json', 'parquet', 'excel', 'xlsx', 'arrow', 'feather', 'arff', 'svmlight', 'zip', 'gzip', 'file', 'upload', 'url', 'http', 'web', 'connection', 'database', 'sql', 'table', 'query', 'postgresql', 'mysql', 'sqlite', 's3', 'bucket', 'folder', 'incremental', 'read', 'load', 'read csv', 'csv reader', 'csv file import', 'excel reader', 'file reader', 'read excel', 'read parquet', 'data reader', 'db reader', 'upload file'],
  inputs: {},
  outputs: { data: { kind: 'table', title: 'Dataset' } },
  params: z.object({
    source: param.choice({ title: 'Source', options: { file: 'Uploaded file', url: 'URL via HTTP', connection: 'File of a connection', table: 'Table of a database', query: 'Query of a database' }, default: 'file' }),
    file: param.file({ title: 'File', help: 'CSV, TSV, JSON, JSON Lines, Parquet, Excel, Arrow, ARFF or SVMLight, also as gzip or ZIP.', shownWhen: { param: 'source', is: ['file'] } }),
    url: param.text({
      title: 'URL',
      help: 'A public http or https address. Private addresses are refused unless the owner of this installation allows their host.',
      default: '',
      maximum: 2_000,
      placeholder: 'https://example.org/data.csv',
      shownWhen: { param: 'source', is: ['url'] },
    }),
    connection: param.connection({ title: 'Connection', help: 'Where it is read from.', shownWhen: { param: 'source', is: ['connection', ...ROWS] } }),
    path: param.text({
      title: 'Path',
      help: 'Where in the connection the file is.',
      default: '',
      maximum: 4_000,
      placeholder: 'sales/2026.csv',
      browse: 'connection',
      shownWhen: { param: 'source', is: ['connection'] },
    }),
    table: param.text({ title: 'Table', help: 'A table or view, such as sales or public.sales.', default: '', maximum: 500, placeholder: 'sales', browse: 'connection', shownWhen: { param: 'source', is: ['table'] } }),
    query: param.code({ title: 'Query', help: 'One SELECT in the language of the database. It is carried out in a transaction that can only read.', default: '', language: 'sql', maximum: 100_000, shownWhen: { param: 'source', is: ['query'] } }),
    incrementalColumn: param.text({
      title: 'Watermark column',
      help: 'A number or a datetime that only rises. Each run then reads only rows with a higher value than the last run had, and adds them. Empty: all rows.',
      default: '',
      maximum: 500,
      placeholder: 'updated_at',
      shownWhen: { param: 'source', is: ROWS },
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
      shownWhen: { param: 'source', is: ['file', 'url', 'connection'] },
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
      shownWhen: { param: 'source', is: ['file', 'url', 'connection'] },
    }),
    regenerate: param.flag({
      title: 'Regenerate output',
      help: 'Read again on every run, even when nothing here has changed. For what changes at its source.',
      default: false,
    }),
  }),
  deterministic: true,
  alwaysRuns: ({ regenerate }) => regenerate,
  describe: ({ source, file, url, connection, path, table }) =>
    source === 'file' ? file.name : source === 'url' ? url : [connection, source === 'connection' ? path : source === 'table' ? table : 'query'].filter(Boolean).join(': '),
  infer(_inputs, params, assets) {
    const { source, file, url } = params;
    if (source !== 'file' && source !== 'url') {
      const wanted = { gives: source === 'connection' ? 'files' : 'rows', writes: false } as const;
      return { outputs: { data: OPEN_TABLE }, issues: [...connectionIssues(params.connection, wanted, assets), ...placeIssues(source, params)] };
    }
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
  assets: ({ source, file, connection, incrementalColumn }) => {
    if (source === 'file') return file.id === '' ? {} : { files: [file.id] };
    if (source === 'url' || connection === '') return {};
    const keeps = source !== 'connection' && incrementalColumn.trim() !== '';
    return { connections: [connection], ...(keeps ? { keeps: { port: 'data', regardlessOf: ['regenerate'] } } : {}) };
  },
  atScoring: () => ({ as: 'source' }),
});
