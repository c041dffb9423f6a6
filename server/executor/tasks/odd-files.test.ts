import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importData } from '#nodes/data/import-data/node.ts';
import type { Table, TableSchema } from '#nodes/kit/table.ts';
import { plainValues } from '#test/support/odd-tables.ts';
import { runNode } from '#test/support/run-node.ts';
import { zipOf } from '#test/support/zip.ts';
import { failureOf } from '../runtime/failure.ts';
import { preview } from './ingest.ts';
import { taskLimits } from './limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-odd-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const limits = taskLimits(new AbortController().signal);

/** What a file gives: its columns with their types and its rows, or the code of what is wrong with it. */
type Answer = { readonly columns: string[]; readonly rows: unknown[][] } | string;

const columnsOf = ({ columns }: TableSchema): string[] => columns.map(({ name, type, nullable }) => `${name}: ${type}${nullable ? '?' : ''}`);

async function asPreview(path: string, name: string): Promise<Answer> {
  const { schema, rows } = await preview({ path, name, options: {}, columns: [], limit: 100 }, limits);
  return { columns: columnsOf(schema), rows };
}

async function asRun(path: string, name: string): Promise<Answer> {
  const run = await runNode(importData, {}, { file: { id: 'f', name } }, { files: { f: { path, name } } });
  const table = run.outputs.data as Table;
  const columns = [...(await table.read()).values()].map(plainValues);
  return { columns: columnsOf(table.schema), rows: Array.from({ length: table.rowCount }, (_, row) => columns.map((values) => values[row])) };
}

/** The same in a preview and in a run; what makes a dataset of a file is what makes the preview. */
async function read(content: string | Uint8Array, name = 'data.csv'): Promise<Answer> {
  const path = join(mkdtempSync(join(folder, 'file-')), 'content');
  writeFileSync(path, content);
  const codeOf = (error: unknown): string => failureOf(error).code;
  const run = await asRun(path, name).catch(codeOf);
  expect(await asPreview(path, name).catch(codeOf)).toEqual(run);
  return run;
}

describe('a file of comma-separated values', () => {
  it.each<[string, string, string[], unknown[][]]>([
    [
      'with a comma in quotes',
      'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123\n',
      ['first: text', 'last: text', 'address: text', 'city: text', 'zip: text'],
      [['John', 'Doe', '120 any st.', 'Anytown, WW', '08123']],
    ],
    ['with empty cells', 'a,b,c\n1,"",""\n2,3,4\n', ['a: integer', 'b: integer?', 'c: integer?'], [[1, null, null], [2, 3, 4]]], // prettier-ignore
    ['with empty cells and CR LF', 'a,b,c\r\n1,"",""\r\n2,3,4\r\n', ['a: integer', 'b: integer?', 'c: integer?'], [[1, null, null], [2, 3, 4]]], // prettier-ignore
    ['with escaped quotes', 'a,b\n1,"ha ""ha"" ha"\n3,4\n', ['a: integer', 'b: text'], [[1, 'ha "ha" ha'], [3, '4']]], // prettier-ignore
    [
      'with JSON in its cells',
      'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
      ['key: integer', 'val: text'],
      [[1, '{"type": "Point", "coordinates": [102.0, 0.5]}']],
    ],
    [
      'with line breaks in its cells',
      'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
      ['a: text', 'b: integer', 'c: integer'],
      [
        ['1', 2, 3],
        ['Once upon \na time', 5, 6],
        ['7', 8, 9],
      ],
    ],
    [
      'with line breaks in its cells and CR LF',
      'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n',
      ['a: text', 'b: integer', 'c: integer'],
      [
        ['1', 2, 3],
        ['Once upon \r\na time', 5, 6],
        ['7', 8, 9],
      ],
    ],
    ['with quotes and line breaks', 'a,b\n1,"ha \n""ha"" \nha"\n3,4\n', ['a: integer', 'b: text'], [[1, 'ha \n"ha" \nha'], [3, '4']]], // prettier-ignore
    ['that is simple', 'a,b,c\n1,2,3\n', ['a: integer', 'b: integer', 'c: integer'], [[1, 2, 3]]],
    ['that is simple, with CR LF', 'a,b,c\r\n1,2,3\r\n', ['a: integer', 'b: integer', 'c: integer'], [[1, 2, 3]]],
    ['in UTF-8', 'a,b,c\n1,2,3\n4,5,ʤ\n', ['a: integer', 'b: integer', 'c: text'], [[1, 2, '3'], [4, 5, 'ʤ']]], // prettier-ignore
    [
      'with degrees, minutes and seconds, and no end of its last line',
      'Contact Phone Number,Location Coordinates,Cities\n02095257564,37°36\'37.8"N 121°2\'17.9"W,Modesto',
      ['Contact Phone Number: text', 'Location Coordinates: text', 'Cities: text'],
      [['02095257564', '37°36\'37.8"N 121°2\'17.9"W', 'Modesto']],
    ],
    ['with CR alone', 'a,b\r1,2\r"x\ry",5\r', ['a: text', 'b: integer'], [['1', 2], ['x\ry', 5]]], // prettier-ignore
    ['with the word NULL', 'a,b\n1,\n3,"NULL"\n5,NULL\n', ['a: integer', 'b: text?'], [[1, null], [3, null], [5, null]]], // prettier-ignore
    ['with names that repeat or are empty', 'a,A,,a_2,a\n1,2,3,4,5\n', ['a: integer', 'A_3: integer', 'Col3: integer', 'a_2: integer', 'a_4: integer'], [[1, 2, 3, 4, 5]]], // prettier-ignore
    ['with quotes where none may be', 'a,b\n1,ha "ha" ha\n2,"ha"ha\n', ['a: integer', 'b: text'], [[1, 'ha "ha" ha'], [2, 'haha']]], // prettier-ignore
    ['with too few cells in a line', 'a,b,c\n1,2,3\n4\n', ['a: integer', 'b: integer?', 'c: integer?'], [[1, 2, 3], [4, null, null]]], // prettier-ignore
    ['with empty cells alone', ',,\n,,\n', ['Col1: text?', 'Col2: text?', 'Col3: text?'], [[null, null, null], [null, null, null]]], // prettier-ignore
    ['with a line break in a name', 'a,"b\nc"\n1,2\n', ['a: integer', 'b\nc: integer'], [[1, 2]]],
    ['with a line break in a name and CR LF', 'a,"b\nc"\r\n1,2\r\n', ['a: integer', 'b\nc: integer'], [[1, 2]]],
    ['with CR LF in a name alone', 'a,"b\r\nc"\n1,2\n3,4', ['a: integer', 'b\r\nc: integer'], [[1, 2], [3, 4]]], // prettier-ignore
    ['with CR in a name alone', 'a,"b\rc"\r\n1,2\r\n', ['a: integer', 'b\rc: integer'], [[1, 2]]],
    ['with mixed line ends', 'a,b\r\n1,2\n3,4\r5,6', ['a: integer', 'b: integer'], [[1, 2], [3, 4], [5, 6]]], // prettier-ignore
    ['with zero bytes', 'a,b\n1\0,x\0y\n\0,z\n', ['a: integer?', 'b: text'], [[1, 'xy'], [null, 'z']]], // prettier-ignore
    [
      'with names that objects, SQL and people find odd',
      '__proto__,"a ""b""",😀,constructor, select \n1,2,3,4,5\n',
      ['__proto__: integer', 'a "b": integer', '😀: integer', 'constructor: integer', 'select: integer'],
      [[1, 2, 3, 4, 5]],
    ],
  ])('%s', async (_what, text, columns, rows) => expect(await read(text)).toEqual({ columns, rows }));

  it.each([
    ['with a quote that is never closed', 'a,b\n1,"x\n2,3\n', 'data_unparsable'],
    ['with too many cells in a line', 'a,b\n1,2\n1,2,3\n', 'data_unparsable'],
    ['with nothing in it', '', 'data_empty'],
    ['with line ends alone', '\r\n\r\n', 'data_empty'],
    ['with zero bytes alone', '\0\0\0\0', 'data_empty'],
  ])('%s is refused', async (_what, text, code) => expect(await read(text)).toBe(code));
});

describe('a text', () => {
  const text = 'a,b\nMünchen,1\n';
  const answer = { columns: ['a: text', 'b: integer'], rows: [['München', 1]] };
  const utf16 = Buffer.from(text, 'utf16le');

  it.each<[string, Buffer]>([
    ['in UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['in UTF-16 LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['in UTF-16 BE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['in UTF-16 LE', utf16],
    ['in UTF-16 BE', Buffer.from(utf16).swap16()],
    ['in Latin-1', Buffer.from(text, 'latin1')],
  ])('%s is read', async (_what, content) => expect(await read(content)).toEqual(answer));

  it('keeps a cell of 10 MB, which a preview shows cut', async () => {
    const long = 'x'.repeat(10 * 2 ** 20);
    const path = join(mkdtempSync(join(folder, 'file-')), 'content');
    writeFileSync(path, `a,b\n${long},1\n`);
    const [run, shown] = [await asRun(path, 'long.csv'), await asPreview(path, 'long.csv')];
    const cell = (answer: Answer): unknown => (answer as Exclude<Answer, string>).rows[0]![0];
    expect(cell(run) === long).toBe(true);
    expect(cell(shown)).toBe(`${'x'.repeat(2_000)}…`);
  });
});

describe('an archive', () => {
  const text = 'a\n1\n';
  const answer = { columns: ['a: integer'], rows: [[1]] };

  it.each<[string, Uint8Array, string]>([
    ['of gzip', gzipSync(text), 'data.csv.gz'],
    ['of gzip without its ending', gzipSync(text), 'data.csv'],
    ['of ZIP', zipOf([{ name: 'data.csv', content: text }]), 'data.zip'],
    ['of ZIP within gzip', gzipSync(zipOf([{ name: 'data.csv', content: text }])), 'data.zip.gz'],
  ])('%s is read', async (_what, content, name) => expect(await read(content, name)).toEqual(answer));

  it.each<[string, Uint8Array, string]>([
    ['with ../ in a name', zipOf([{ name: '../data.csv', content: text }]), 'data_unparsable'],
    ['with an absolute path', zipOf([{ name: '/etc/data.csv', content: text }]), 'data_unparsable'],
    ['with a link', zipOf([{ name: 'data.csv', content: '/etc/passwd', mode: 0o120777 }]), 'data_unparsable'],
    ['that is encrypted', zipOf([{ name: 'data.csv', content: text, encrypted: true }]), 'data_unparsable'],
    ['that is cut off', zipOf([{ name: 'data.csv', content: text }]).subarray(0, 40), 'data_unparsable'],
    ['that is packed three times', gzipSync(gzipSync(gzipSync(text))), 'data_unparsable'],
    ['of nothing', zipOf([{ name: 'folder/', content: '' }]), 'data_empty'],
  ])('%s is refused', async (_what, content, code) => expect(await read(content, 'data.json.zip')).toBe(code));

  // A run stops at the same limits (read-packed.test.ts); JSON of one array is read whole, so that a preview meets the bomb too.
  it('that is a bomb is refused', async () => {
    const path = join(mkdtempSync(join(folder, 'file-')), 'content');
    writeFileSync(path, gzipSync(`[{"a":1}${' '.repeat(300 * 2 ** 20)}]`, { level: 1 }));
    await expect(preview({ path, name: 'a.json.gz', options: {}, columns: [], limit: 9 }, limits)).rejects.toThrow('200 times');
  });
});

describe('a Parquet file', () => {
  let whole: Uint8Array;
  const write = async (sql: string, more = ''): Promise<Uint8Array> => {
    const path = join(mkdtempSync(join(folder, 'parquet-')), 'a.parquet');
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet ${more})`);
    connection.closeSync();
    database.closeSync();
    const { readFile } = await import('node:fs/promises');
    return readFile(path);
  };
  beforeAll(async () => {
    whole = await write(`SELECT range::INTEGER AS a, 'x' || range AS b FROM range(20000)`);
  });

  it.each(['data.parquet', 'data.csv', 'data.json', 'data.xlsx', 'data'])('is one also when it is called %s', async (name) =>
    expect(await read(await write('SELECT 1 AS a'), name)).toEqual({ columns: ['a: integer'], rows: [[1]] }),
  );

  it.each([4, 11, 12, 1_000, 0.5, 0.999])('that is cut off after %s (bytes, or a share) is refused', async (share) =>
    expect(await read(whole.subarray(0, share < 1 ? Math.floor(whole.length * share) : share), 'data.parquet')).toBe('data_unparsable'),
  );

  it('whose end tells a wrong length is refused', async () => {
    for (const length of [0, 1, whole.length, 0x7fff_ffff, 0xffff_ffff]) {
      const lying = Buffer.from(whole);
      lying.writeUInt32LE(length, lying.length - 8);
      expect(await read(lying, 'data.parquet')).toBe('data_unparsable');
    }
  });

  it('that lies about how it was made is read by what it holds', async () => {
    const lies = [
      '[{"name":"a","type":"category","role":"label"},{"name":"b","type":"number","role":"id"},{"name":"__proto__","type":"text","role":"id"}]',
      '[{"name":"a","type":"datetime","role":"feature"},null,7,{"name":{}}]',
      '{"a":"number"}',
      '[[[',
    ];
    for (const lie of lies)
      expect(await read(await write(`SELECT 1 AS a, 'x' AS b`, `, KV_METADATA {modelwright: '${lie}'}`), 'data.parquet')).toEqual({
        columns: ['a: integer', 'b: text'],
        rows: [[1, 'x']],
      });
  });
});

describe('an ending that lies', () => {
  it.each([
    ['a text that is called a workbook', 'a,b\n1,2\n', 'data.xlsx'],
    ['a text that is called Arrow', 'a,b\n1,2\n', 'data.arrow'],
    ['a text that is called Parquet', 'a,b\n1,2\n', 'data.parquet'],
    ['a text that is called JSON', 'a,b\n1,2\n', 'data.json'],
    ['a page that is called a workbook', '<!DOCTYPE html><p>Not found</p>', 'data.xlsx'],
    ['a page that is called CSV', '<!DOCTYPE html>\n<html>\n<body class="a">\n<p>Please sign in, to go on</p>\n</body>\n</html>\n', 'data.csv'],
    ['a workbook’s archive that is none', zipOf([{ name: 'xl/workbook.xml', content: '<x/>' }]), 'data.csv'],
    ['a picture that is called CSV', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'data.csv'],
    ['a picture that is called Parquet', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'data.parquet'],
    ['a page that is called TSV', '<!-- of a proxy --><HTML>\n<p>Please wait</p>', 'data.tsv'],
    ['a database that is called CSV', 'SQLite format 3\0', 'data.csv'],
    ['an archive that is called CSV', 'BZh91AY&SY', 'data.csv'],
  ])('%s is refused', async (_what, content, name) => expect(await read(content, name)).toBe('data_unparsable'));

  it('of a page is no matter when its format is chosen', async () => {
    const path = join(mkdtempSync(join(folder, 'file-')), 'content');
    writeFileSync(path, '<html>\n<p>1</p>\n');
    expect((await preview({ path, name: 'a.csv', options: { format: 'csv' }, columns: [], limit: 9 }, limits)).rows).toEqual([['<p>1</p>']]);
    await expect(preview({ path, name: 'a.csv', options: {}, columns: [], limit: 9 }, limits)).rejects.toThrow('an HTML page');
  });

  it('of a text without one is no matter', async () => expect(await read('[{"a":1}]', 'data')).toEqual({ columns: ['a: integer'], rows: [[1]] }));
});
