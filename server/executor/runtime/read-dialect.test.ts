import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { datetimeReader } from '#nodes/kit/datetime-format.ts';
import type { Table } from '#nodes/kit/table.ts';
import { readFileTable, type FileTable } from './read-file.ts';
import { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-dialect-'));
const signal = new AbortController().signal;
let workbench: Workbench;
let count = 0;

beforeAll(() => {
  workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes: 1 << 30, files: [], threads: 2, signal });
});
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

async function read(content: string | Uint8Array, options: Partial<ReadOptions> = {}): Promise<FileTable> {
  const scratch = join(folder, `read-${++count}`);
  mkdirSync(scratch);
  const path = join(scratch, 'data.csv');
  writeFileSync(path, content);
  return readFileTable(workbench, path, { format: 'auto', ...options }, { scratch, signal });
}
const cells = async ({ table }: FileTable): Promise<Record<string, unknown[]>> =>
  Object.fromEntries([...(await table.read())].map(([name, values]) => [name, Array.from<unknown>(values)]));
const types = ({ schema }: Table): string[] => schema.columns.map(({ name, type }) => `${name}: ${type}`);

describe('dialects of text files', () => {
  it('reads decimal commas and thousands points, in columns of numbers alone', async () => {
    const found = await read('a;b;c\n1,5;1.234,5;1,2\n-,5;1.234;x\n;7;3,4\n', { decimal: ',' });
    expect(types(found.table)).toEqual(['a: number', 'b: number', 'c: text']);
    expect(await cells(found)).toEqual({ a: [1.5, -0.5, NaN], b: [1234.5, 1234, 7], c: ['1,2', 'x', '3,4'] });
    expect(types((await read('1,5;2\n2,5;3\n', { decimal: ',' })).table)).toEqual(['Col1: number', 'Col2: integer']);
    expect(types((await read('a;b\n1,5;2\n2,5;3\n')).table)).toEqual(['a: text', 'b: integer']);
  });

  it('reads other quotes, or none', async () => {
    expect(await cells(await read(`a,b\n'x, ''y''',"1\n`, { quote: "'" }))).toEqual({ a: ["x, 'y'"], b: ['"1'] });
    expect(await cells(await read('a,b\n"x,y"\n', { quote: '' }))).toEqual({ a: ['"x'], b: ['y"'] });
  });

  it.each(['\n', '\r\n', '\r'])('leaves out first lines that end with %j, and still names the right line', async (end) => {
    const text = ['Report', '"of, 2024', 'a,b', '1,2'].join(end);
    expect(await cells(await read(text, { skipRows: 2 }))).toEqual({ a: [1], b: [2] });
    await expect(read(`${text}${end}1,2,3`, { skipRows: 2 })).rejects.toThrow('Line 5 has 3 cells');
    await expect(read(text, { skipRows: 9 })).rejects.toThrow('only empty lines');
  });

  it('takes the words that are missing in place of the usual ones', async () => {
    const text = 'a,b,c\n1,NA,2024-01-02\n-,-,NA\n3,DE,2024-01-03\n';
    const found = await read(text, { nullWords: ['-'] });
    expect(types(found.table)).toEqual(['a: integer', 'b: text', 'c: text']);
    expect(await cells(found)).toEqual({ a: [1, NaN, 3], b: ['NA', null, 'DE'], c: ['2024-01-02', 'NA', '2024-01-03'] });
    expect(await cells(await read('a\nnull\n2\n', { header: 'yes', nullWords: [] }))).toEqual({ a: ['null', '2'] });
    expect(types((await read('a\ntrue\nNA\n', { header: 'yes', nullWords: [] })).table)).toEqual(['a: text']);
  });

  it('reads datetimes by a format', async () => {
    const found = await read('d,e\n31.01.2024 18:05,31.01.2024 18:05\nNA,x\n', { datetimeFormat: '%d.%m.%Y %H:%M' });
    expect(types(found.table)).toEqual(['d: datetime', 'e: text']);
    expect((await cells(found)).d).toEqual([Date.UTC(2024, 0, 31, 18, 5), NaN]);
    await expect(read('a\n1\n', { datetimeFormat: '%Q' })).rejects.toMatchObject({ code: 'parameter_invalid', param: 'datetimeFormat' });
  });

  it('knows months by name, halves of the day and short years', () => {
    expect(datetimeReader('%b %d, %y %I:%M %p')('Mar 5, 98 12:30 am')).toBe('1998-03-05T00:30:00');
    expect(datetimeReader('%d/%m/%Y')('30/02/2024')).toBeNull();
    expect(() => datetimeReader('%d.%m.')).toThrow('year');
  });

  it('tells what it found', async () => {
    expect((await read('a;b\n1;x\n')).found).toEqual({ format: 'csv', encoding: 'utf-8', delimiter: ';', header: true });
    expect((await read(Buffer.from('José;1\nZoë;2\n', 'latin1'))).found).toEqual({ format: 'csv', encoding: 'windows-1252', delimiter: ';', header: false });
    expect((await read(Buffer.from('\ufeffa,x\n1,2\n', 'utf16le'))).found).toMatchObject({ encoding: 'utf-16le', delimiter: ',' });
    expect((await read('a,b\n1,2\n', { header: 'no' })).found).toMatchObject({ header: false });
    expect((await read('{"a":1}\n', { format: 'json' })).found).toEqual({ format: 'json', encoding: 'utf-8' });
  });

  it('reads a text in the encoding that is chosen', async () => {
    const latin = Buffer.from('name;x\nJosé;1\n', 'latin1');
    expect(await cells(await read(latin, { encoding: 'windows-1252' }))).toEqual({ name: ['José'], x: [1] });
    expect((await read(latin, { encoding: 'windows-1252' })).notes).toEqual([]);
    expect(await cells(await read(Buffer.from('ā,x\né,1\n', 'utf16le'), { encoding: 'utf-16' }))).toEqual({ ā: ['é'], x: [1] });
    expect(await cells(await read('é,x\na,1\n', { encoding: 'windows-1252' }))).toEqual({ 'Ã©': ['a'], x: [1] });
  });
});
