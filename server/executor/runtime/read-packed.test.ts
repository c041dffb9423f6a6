import { gzipSync, zstdCompressSync } from 'node:zlib';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { utils, write, type WorkBook } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Table } from '#nodes/kit/table.ts';
import { zipOf } from '#test/support/zip.ts';
import { decompressLz4Frame } from './lz4.ts';
import { readFileTable, type FileTable, type ReadPlace } from './read-file.ts';
import { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-packed-'));
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

async function read(content: string | Uint8Array, name: string, options: Partial<ReadOptions> = {}, place: Partial<ReadPlace> = {}): Promise<FileTable> {
  const scratch = join(folder, `read-${++count}`);
  mkdirSync(scratch);
  const path = join(scratch, name);
  writeFileSync(path, content);
  return readFileTable(workbench, path, { format: 'auto', ...options }, { scratch, signal, ...place });
}
async function failure(...args: Parameters<typeof read>): Promise<NodeError> {
  const error: unknown = await read(...args).then(
    () => new Error('It was read.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof NodeError) return error;
  throw error;
}
const cells = async (table: Table): Promise<Record<string, unknown[]>> =>
  Object.fromEntries([...(await table.read())].map(([name, values]) => [name, Array.from<unknown>(values)]));
const types = ({ schema }: Table): string[] => schema.columns.map(({ name, type }) => `${name}: ${type}`);
const strict = { totalBytes: 2 ** 20, ratio: 20, ratioFromBytes: 2 ** 16, reserveBytes: 0 };

describe('packed files', () => {
  const csv = 'a,b\n1,x\n2,y\n';
  const same = { a: [1, 2], b: ['x', 'y'] };

  it('unpacks gzip, also of JSON, and a gzip file in a ZIP archive', async () => {
    expect(await cells((await read(gzipSync(csv), 'data.csv.gz')).table)).toEqual(same);
    expect(await cells((await read(gzipSync('[{"a":1,"b":"x"},{"a":2,"b":"y"}]'), 'data.json.gz')).table)).toEqual(same);
    expect(await cells((await read(zipOf([{ name: 'data.csv.gz', content: gzipSync(csv) }]), 'data.zip')).table)).toEqual(same);
  });

  it('unpacks no more than a beginning that is asked for', async () => {
    const lines = `a,b\n${Array.from({ length: 200_000 }, (_, row) => `${row},${(row * 7_919) % 104_729}`).join('\n')}`;
    const packed = gzipSync(lines);
    // What lies behind the beginning is damaged, which only unpacking it would show.
    const torn = Buffer.concat([packed.subarray(0, packed.length / 2), Buffer.alloc(packed.length / 2)]);
    expect((await failure(torn, 'data.csv.gz')).message).toContain('cannot be unpacked');
    const inZip = zipOf([{ name: 'data.csv', content: lines }]);
    for (const [content, name] of [
      [torn, 'data.csv.gz'],
      [inZip, 'data.zip'],
    ] as const) {
      // prettier-ignore
      const { table, partial } = await read(content, name, {}, { headBytes: 1_000 });
      expect([partial, types(table)]).toEqual([true, ['a: integer', 'b: integer']]);
      expect(table.rowCount).toBe(lines.slice(0, 1_000).split('\n').length - 2);
    }
    expect((await read(gzipSync(csv), 'data.csv.gz', {}, { headBytes: 1_000 })).partial).toBe(false);
    expect((await read(gzipSync('[{"a":1,"b":"x"},{"a":2,"b":"y"}]'), 'data.json.gz', {}, { headBytes: 10 })).table.rowCount).toBe(2);
    expect(await cells((await read(zipOf([{ name: 'data.csv.gz', content: gzipSync(csv) }]), 'data.zip', {}, { headBytes: 10 })).table)).toEqual({
      a: [1],
      b: ['x'],
    });
  });

  it('takes the only file of a ZIP archive, whatever macOS adds', async () => {
    const archive = zipOf([
      { name: 'folder/', content: '' },
      { name: 'folder/data.csv', content: csv },
      { name: '__MACOSX/folder/._data.csv', content: 'x' },
    ]);
    expect(await cells((await read(archive, 'data.zip')).table)).toEqual(same);
  });

  it('asks which of several files is meant', async () => {
    const archive = zipOf([
      { name: 'one.csv', content: csv },
      { name: 'two.tsv', content: 'c\td\n3\t4\n' },
    ]);
    const error = await failure(archive, 'data.zip');
    expect([error.code, error.message]).toEqual(['data_unparsable', 'The ZIP archive has several files: “one.csv”, “two.tsv”. Choose one.']);
    expect(await cells((await read(archive, 'data.zip', { member: 'two.tsv' })).table)).toEqual({ c: [3], d: [4] });
    expect((await failure(archive, 'data.zip', { member: 'three.csv' })).message).toContain('no file “three.csv”');
  });

  it.each(['../data.csv', '/etc/data.csv', 'a/../../data.csv', 'C:/data.csv'])('refuses the path %s', async (name) => {
    expect((await failure(zipOf([{ name, content: csv }]), 'data.zip')).code).toBe('data_unparsable');
  });

  it('refuses links, encrypted files, and archives of nothing', async () => {
    expect((await failure(zipOf([{ name: 'data.csv', content: '/etc/passwd', mode: 0o120777 }]), 'data.zip')).message).toContain('link');
    expect((await failure(zipOf([{ name: 'data.csv', content: csv, encrypted: true }]), 'data.zip')).message).toContain('encrypted');
    expect((await failure(zipOf([{ name: 'empty/', content: '' }]), 'data.zip')).code).toBe('data_empty');
  });

  it('refuses bombs by what comes out, not by what they say', async () => {
    const zeros = Buffer.alloc(8 * 2 ** 20, 0x30);
    for (const [bomb, name] of [
      [gzipSync(zeros), 'bomb.csv.gz'],
      [zipOf([{ name: 'bomb.csv', content: zeros }]), 'bomb.zip'],
      [zipOf([{ name: 'bomb.csv', content: zeros, claimedBytes: 10 }]), 'bomb.zip'],
    ] as const)
      expect((await failure(bomb, name, {}, { limits: strict })).code).toBe('data_unparsable');
    expect((await failure(gzipSync(zeros), 'bomb.csv.gz', {}, { limits: strict })).message).toContain('20 times');
    expect((await failure(gzipSync(zeros), 'bomb.csv.gz', {}, { limits: { ...strict, ratio: 1e9 } })).message).toContain('more than 1 MB');
    expect((await failure(gzipSync(csv), 'data.csv.gz', {}, { limits: { ...strict, reserveBytes: Number.MAX_SAFE_INTEGER } })).message).toContain('no room');
  });

  it('says that an archive is cut off', async () => {
    expect((await failure(gzipSync(csv.repeat(100)).subarray(0, 30), 'data.csv.gz')).message).toContain('cannot be unpacked');
    const zip = (await failure(zipOf([{ name: 'data.csv', content: csv }]).subarray(0, 40), 'data.zip')).message;
    expect(zip).toMatch(/cannot be unpacked: .*[^.]\. Is it complete\?$/);
  });
});

describe('workbooks', () => {
  const bookOf = (sheets: Record<string, unknown[][]>): WorkBook => {
    const book = utils.book_new();
    for (const [name, rows] of Object.entries(sheets)) utils.book_append_sheet(book, utils.aoa_to_sheet(rows), name);
    return book;
  };
  const day = { t: 'n', v: 45_292.5, z: 'yyyy-mm-dd hh:mm' };
  const sheets = {
    Cover: [],
    People: [
      ['name', 'age', 'joined', 'member', 'code'],
      ['Ann', 30, day, true, '007'],
      ['Bob', null, day, false, '010'],
      ['Cid', 1.5, null, true, 'N/A'],
    ],
    Größe: [['x'], [1]],
  };

  it.each(['xlsx', 'xls', 'xlsb'] as const)('reads the first sheet with data of .%s', async (bookType) => {
    const bytes = write(bookOf(sheets), { type: 'buffer', bookType }) as Buffer;
    const { table, notes } = await read(bytes, `book.${bookType}`);
    expect(types(table)).toEqual(['name: text', 'age: number', 'joined: datetime', 'member: boolean', 'code: text']);
    const joined = Date.UTC(2024, 0, 1, 12);
    expect(await cells(table)).toEqual({
      name: ['Ann', 'Bob', 'Cid'],
      age: [30, NaN, 1.5],
      joined: [joined, joined, NaN],
      member: [1, 0, 1],
      code: ['007', '010', null],
    });
    expect(notes).toEqual(['The workbook has 3 sheets; “People” was read.']);
    expect(types((await read(bytes, 'lying.csv', { sheet: 'Größe' })).table)).toEqual(['x: integer']);
    const error = await failure(bytes, `book.${bookType}`, { sheet: 'Other' });
    expect([error.param, error.message]).toEqual(['sheet', 'The workbook has no sheet “Other”. It has “Cover”, “People”, “Größe”.']);
    expect((await failure(bytes, `book.${bookType}`, { sheet: 'Cover' })).code).toBe('data_empty');
  });

  it('counts days from 1904 where the workbook does', async () => {
    const book = bookOf({ S: [['d'], [{ t: 'n', v: 1, z: 'yyyy-mm-dd' }]] });
    book.Workbook = { WBProps: { date1904: true } };
    expect(await cells((await read(write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer, 'old.xlsx')).table)).toEqual({ d: [Date.UTC(1904, 0, 2)] });
  });

  it('says what is wrong with a workbook that is none', async () => {
    expect((await failure('a,b\n1,2\n', 'book.xlsx')).message).toContain('.xlsx');
    expect(
      (
        await failure(
          zipOf([
            { name: 'xl/workbook.xml', content: '<broken' },
            { name: '[Content_Types].xml', content: '<a' },
          ]),
          'book.xlsx',
        )
      ).code,
    ).toBe('data_unparsable');
    const bytes = write(bookOf({ S: [['a'], [1]] }), { type: 'buffer', bookType: 'xlsx' }) as Buffer;
    expect((await failure(bytes.subarray(0, 2_000), 'book.xlsx')).code).toBe('data_unparsable');
  });
});

describe('Arrow IPC', () => {
  const table = arrow.tableFromArrays({
    i: Int32Array.from([1, 2, 3]),
    big: BigInt64Array.from([2n ** 53n + 1n, 0n, -1n]),
    n: Float64Array.from([0.5, NaN, -0]),
    t: ['a', null, '😀'],
  });

  it.each(['file', 'stream'] as const)('reads a %s', async (kind) => {
    const { table: found } = await read(arrow.tableToIPC(table, kind), 'data.arrow');
    expect(types(found)).toEqual(['i: integer', 'big: integer', 'n: number', 't: text']);
    expect(await cells(found)).toMatchObject({ i: [1, 2, 3], n: [0.5, NaN, -0], t: ['a', null, '😀'] });
    const [row] = await workbench.rows('SELECT CAST(big AS VARCHAR) AS big FROM data LIMIT 1', { data: found });
    expect(row).toEqual({ big: '9007199254740993' });
  });

  it('reads booleans, dates, decimals, and lists as JSON', async () => {
    const typed = new arrow.Table({
      b: arrow.vectorFromArray([true, null, false], new arrow.Bool()),
      d: arrow.vectorFromArray([new Date(0), new Date(86_400_000), null], new arrow.DateDay()),
      s: arrow.vectorFromArray(
        [1_000, 2_000, 3_000].map((time) => time),
        new arrow.TimestampMillisecond(),
      ),
      l: arrow.vectorFromArray([[1, 2], [3], null], new arrow.List(new arrow.Field('item', new arrow.Int32()))),
    });
    const { table: found } = await read(arrow.tableToIPC(typed, 'file'), 'data.feather');
    expect(types(found)).toEqual(['b: boolean', 'd: datetime', 's: datetime', 'l: text']);
    expect(await cells(found)).toEqual({ b: [1, NaN, 0], d: [0, 86_400_000, NaN], s: [1_000, 2_000, 3_000], l: ['[1,2]', '[3]', null] });
  });

  it('reads several batches in order, and compressed ones', async () => {
    const long = arrow.tableFromArrays({ a: Int32Array.from({ length: 5_000 }, (_, row) => row) });
    const writer = new arrow.RecordBatchStreamWriter({ compressionType: arrow.CompressionType.ZSTD });
    arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, { encode: (bytes) => zstdCompressSync(bytes), decode: (bytes) => bytes });
    for (const batch of [...long.batches, ...long.batches]) writer.write(batch);
    writer.finish();
    const { table: found } = await read(await writer.toUint8Array(), 'data.arrows');
    const values = (await found.read()).get('a')!;
    expect([found.rowCount, values[4_999], values[5_000], values[9_999]]).toEqual([10_000, 4_999, 0, 4_999]);
  });

  it('unpacks LZ4 frames', () => {
    // “abcd”, then 12 bytes from 4 before, then “xyzzy” as literals.
    const block = [0x48, ...Buffer.from('abcd'), 4, 0, 0x50, ...Buffer.from('xyzzy')];
    const frame = Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
    expect(Buffer.from(decompressLz4Frame(frame)).toString()).toBe('abcdabcdabcdabcdxyzzy');
    expect(() => decompressLz4Frame(frame.subarray(0, 14))).toThrow('cut off');
    expect(() => decompressLz4Frame(Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 3, 0, 0, 0, 0x00, 9, 0, 0, 0, 0, 0]))).toThrow(
      'before its beginning',
    );
  });

  it('says that a file is cut off', async () => {
    const bytes = arrow.tableToIPC(table, 'file');
    expect((await failure(bytes.subarray(0, bytes.length / 2), 'data.arrow')).code).toBe('data_unparsable');
    expect((await failure('a,b\n1,2\n', 'data.arrow')).code).toBe('data_unparsable');
  });
});

describe('ARFF and SVMLight', () => {
  it('are read as files', async () => {
    const arff = await read('% Iris\n@relation iris\n@attribute width numeric\n@attribute class {a, b}\n@data\n1.5,a\n?,b\n', 'iris.txt');
    expect(types(arff.table)).toEqual(['width: number', 'class: category']);
    expect(await cells(arff.table)).toEqual({ width: [1.5, NaN], class: ['a', 'b'] });
    const svm = await read('1 1:0.5 3:2 # one\n-1 2:1\n', 'data.svm');
    expect(await cells(svm.table)).toEqual({ Col1: [0.5, 0], Col2: [0, 1], Col3: [2, 0], Labels: [1, -1] });
    expect((await failure('1 0:1\n', 'data.svmlight')).message).toContain('Line 1');
  });
});
