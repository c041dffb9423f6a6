import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { isMissingCell, typeOfCell } from '#nodes/kit/cells.ts';
import { readDelimited } from '#nodes/kit/csv.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ColumnValues, Table } from '#nodes/kit/table.ts';
import { CELL } from './cell-automaton.ts';
import { readFileTable, type FileTable } from './read-file.ts';
import { scanCells } from './scan-delimited.ts';
import { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-read-'));
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

async function read(content: string | Uint8Array, name = 'data.csv', options: Partial<ReadOptions> = {}): Promise<FileTable> {
  const scratch = join(folder, `read-${++count}`);
  mkdirSync(scratch);
  const path = join(scratch, name);
  writeFileSync(path, content);
  const read = await readFileTable(workbench, path, { format: 'auto', ...options }, { scratch, signal });
  // What a file is said to be is what it is when it is read.
  const described = await readFileTable(workbench, path, { format: 'auto', ...options }, { scratch, signal, schemaOnly: true });
  expect([described.table.schema, described.table.rowCount, described.notes]).toEqual([read.table.schema, read.table.rowCount, read.notes]);
  return read;
}

async function failure(content: string | Uint8Array, name?: string, options?: Partial<ReadOptions>): Promise<NodeError> {
  try {
    await read(content, name, options);
  } catch (error) {
    if (error instanceof NodeError) return error;
    throw error;
  }
  throw new Error('It was read.');
}

const plain = (values: ColumnValues): unknown[] =>
  Array.from<number | string | null, unknown>(values, (value) => (typeof value === 'number' && Number.isNaN(value) ? null : value));
const cells = async (table: Table): Promise<Record<string, unknown[]>> =>
  Object.fromEntries([...(await table.read())].map(([name, values]) => [name, plain(values)]));
const types = ({ schema }: Table): string[] => schema.columns.map(({ name, type, nullable }) => `${name}: ${type}${nullable ? '?' : ''}`);

describe('delimited text', () => {
  it('finds the types of the columns', async () => {
    const { table, notes } = await read('i,n,b,d,z,big,t\n1,1.5,true,2024-01-02,007,12345678901234567,x\n0,.5e3,FALSE,2024/02/29,010,2,y\n');
    expect(types(table)).toEqual(['i: integer', 'n: number', 'b: boolean', 'd: datetime', 'z: text', 'big: number', 't: text']);
    expect(await cells(table)).toMatchObject({ n: [1.5, 500], b: [1, 0], d: [Date.UTC(2024, 0, 2), Date.UTC(2024, 1, 29)], z: ['007', '010'] });
    expect(notes).toEqual([]);
  });

  describe('large files of numbers', () => {
    const lines = Array.from({ length: 400_000 }, (_, row) => `${row},${(row % 1_000) / 8}`).join('\n');
    const text = `id,part\n${lines}\n`;
    it.each<[string, string | Uint8Array, Partial<ReadOptions>, string[], string[]]>([
      ['as they are', text, {}, ['id: integer', 'part: number'], []],
      ['with a byte order mark', `\uFEFF${text}`, {}, ['id: integer', 'part: number'], []],
      ['in UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le'), {}, ['id: integer', 'part: number'], []],
      ['with lines to leave out', `made today\n${text}`, { skipRows: 1 }, ['id: integer', 'part: number'], []],
      ['with names beyond ASCII', text.replace('part', 'Größe'), {}, ['id: integer', 'Größe: number'], []],
      [
        'with a word in Windows-1252 far below',
        Buffer.from(`${text}1,größer\n`, 'latin1'),
        {},
        ['id: integer', 'part: text'],
        ['The file is not UTF-8; it was read as Windows-1252 (Western European).'],
      ],
    ])('%s', async (_, content, options, expected, said) => {
      const { table, notes } = await read(content, 'data.csv', options);
      expect([types(table), notes]).toEqual([expected, said]);
      expect(table.rowCount).toBe(expected[1] === 'part: text' ? 400_001 : 400_000);
    });
  });

  it('keeps a column of 0 and 1 an integer', async () => expect(types((await read('a\n0\n1\n')).table)).toEqual(['a: integer']));

  it('counts empty cells, blanks and the missing words as missing', async () => {
    const { table } = await read('a,b\n1,x\n,NA\nNaN,n/a\n ?,null\n2,   \n3,None\n');
    expect(types(table)).toEqual(['a: integer?', 'b: category?']);
    expect(await cells(table)).toEqual({ a: [1, null, null, null, 2, 3], b: ['x', null, null, null, null, 'None'] });
  });

  it('makes text with few distinct values a category', async () => {
    expect(types((await read('a\nx\ny\nx\ny\nx\n')).table)).toEqual(['a: category']);
    expect(types((await read('a\nx\ny\nx\ny\n')).table)).toEqual(['a: text']);
    const many = (distinct: number): string => `a\n${Array.from({ length: 400 }, (_, row) => `v${row % distinct}`).join('\n')}\n`;
    expect(types((await read(many(100))).table)).toEqual(['a: category']);
    expect(types((await read(many(101))).table)).toEqual(['a: text']);
  });

  it('decides a type by all rows, not by the first ones', async () => {
    const rows = [...Array.from({ length: 3_000 }, (_, row) => String(row)), 'oops'].join('\n');
    expect(types((await read(`a\n${rows}\n`)).table)).toEqual(['a: text']);
    const numbers = [...Array.from({ length: 3_000 }, (_, row) => String(row)), '0.5'].join('\n');
    expect(types((await read(`a\n${numbers}\n`)).table)).toEqual(['a: number']);
    const late = [...Array.from({ length: 3_000 }, () => '1,'), '1,7'].join('\n');
    expect(types((await read(`a,b\n${late}\n`)).table)).toEqual(['a: integer', 'b: integer?']);
  });

  it.each([
    [';', 'a;b\n1;2\n3;4\n'],
    ['\t', 'a\tb\n1\t2\n3\t4\n'],
    ['|', 'a|b\n1|2\n3|4\n'],
  ])('finds the delimiter %j', async (_delimiter, text) => expect(types((await read(text)).table)).toEqual(['a: integer', 'b: integer']));

  it('takes the first line as a header when all its cells are text', async () => {
    expect(types((await read('a,b\n1,2\n')).table)).toEqual(['a: integer', 'b: integer']);
    expect(types((await read('5,6\n1,2\n')).table)).toEqual(['Col1: integer', 'Col2: integer']);
    expect(types((await read('5,6\n1,2\n', 'data.csv', { header: 'yes' })).table)).toEqual(['5: integer', '6: integer']);
    expect(types((await read('a,b\nc,d\n', 'data.csv', { header: 'no' })).table)).toEqual(['Col1: text', 'Col2: text']);
  });

  it('names empty and repeated headers', async () => {
    const { table } = await read('a,,a,A,a_2\n1,2,3,4,5\n');
    expect(types(table)).toEqual(['a: integer', 'Col2: integer', 'a_3: integer', 'A_4: integer', 'a_2: integer']);
  });

  it('keeps header names that objects and SQL find odd', async () => {
    const { table } = await read(`__proto__,"a ""b""",it's,a;b\n1,2,3,4\n`);
    expect(table.schema.columns.map(({ name }) => name)).toEqual(['__proto__', 'a "b"', "it's", 'a;b']);
    expect([...(await table.read(['__proto__'])).values()].map(plain)).toEqual([[1]]);
  });

  it('fills short lines with missing values and says so', async () => {
    const { table, notes } = await read('a,b,c\n1,2,3\n4\n5,6\n');
    expect(await cells(table)).toEqual({ a: [1, 4, 5], b: [2, null, 6], c: [3, null, null] });
    expect(notes).toEqual(['2 lines, the first of them line 3, have fewer than 3 cells; those that lack count as missing.']);
  });

  it('names the line that has too many cells', async () => {
    const error = await failure('a,b\n1,2\n"x\ny",2\n1,2,3\n');
    expect(error.code).toBe('data_unparsable');
    expect(error.message).toContain('Line 5 has 3 cells, but there are 2 columns');
  });

  it('names the line of a quote that is never closed', async () => {
    const error = await failure('a,b\n1,2\n"x,2\n3,4\n');
    expect([error.code, error.message]).toEqual(['data_unparsable', expect.stringContaining('line 3')]);
  });

  it.each(['\n', '\r\n', '\r'])('reads lines that end with %j', async (end) =>
    expect(await cells((await read(['a,b', '1,2', '3,4', ''].join(end))).table)).toEqual({ a: [1, 3], b: [2, 4] }),
  );

  it('reads mixed line ends, empty lines, and a last line without an end', async () => {
    expect(await cells((await read('a,b\r\n1,2\n\n\r\n3,4')).table)).toEqual({ a: [1, 3], b: [2, 4] });
  });

  it('reads quotes, line breaks and delimiters inside cells', async () => {
    const { table } = await read('a,b\n"x, ""y""\nz",1\nplain "quoted" text,2\n"after"wards,3\n');
    expect(await cells(table)).toEqual({ a: ['x, "y"\nz', 'plain "quoted" text', 'afterwards'], b: [1, 2, 3] });
  });

  it('leaves out zero bytes', async () => expect(await cells((await read('a,b\nx\0y,2\n')).table)).toEqual({ a: ['xy'], b: [2] }));

  it('reads a header without rows', async () => {
    const { table } = await read('a,b\n');
    expect([table.rowCount, types(table)]).toEqual([0, ['a: text', 'b: text']]);
  });

  it.each(['', '\n\n', '\uFEFF'])('has no data in %j', async (text) => expect((await failure(text)).code).toBe('data_empty'));

  it('reads a cell of 10 MB and 2,000 columns', async () => {
    const long = 'x'.repeat(10 * 2 ** 20);
    expect(await cells((await read(`a,b\n${long},1\n`)).table)).toEqual({ a: [long], b: [1] });
    const wide = Array.from({ length: 2_000 }, (_, index) => `c${index}`);
    expect((await read(`${wide.join(',')}\n${wide.map(() => '1').join(',')}\n`)).table.schema.columns.length).toBe(2_000);
  });

  it('refuses more than 10,000 columns', async () => {
    const error = await failure(`${Array.from({ length: 10_001 }, (_, index) => `c${index}`).join(',')}\n`);
    expect(error.message).toContain('10001 columns');
  });

  it('keeps the order of rows', async () => {
    const rows = Array.from({ length: 300_000 }, (_, row) => row);
    const { table } = await read(`a\n${rows.join('\n')}\n`);
    const values = (await table.read()).get('a')!;
    expect(rows.every((row) => values[row] === row)).toBe(true);
  });
});

describe('text encodings', () => {
  const text = 'städte,preis\nKøln,1.5\nMünchen,2\n';
  const expected = { städte: ['Køln', 'München'], preis: [1.5, 2] };
  const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
  const little = Buffer.from(text, 'utf16le');
  it.each([
    ['UTF-8', Buffer.from(text), []],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), []],
    ['UTF-16 LE with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), []],
    ['UTF-16 BE with a mark', swapped(Buffer.from(`\uFEFF${text}`, 'utf16le')), []],
    ['UTF-16 LE', little, []],
    ['UTF-16 BE', swapped(little), []],
    ['Windows-1252', Buffer.from(text, 'latin1'), ['The file is not UTF-8; it was read as Windows-1252 (Western European).']],
  ])('reads %s', async (_name, bytes, expectedNotes) => {
    const { table, notes } = await read(bytes);
    expect(await cells(table)).toEqual(expected);
    expect(notes).toEqual(expectedNotes);
  });

  it('reads JSON in UTF-16', async () =>
    expect(await cells((await read(Buffer.from('\uFEFF[{"a":"ø"}]', 'utf16le'), 'data.json')).table)).toEqual({ a: ['ø'] }));
});

describe('other formats', () => {
  it('reads a JSON array and JSON Lines alike', async () => {
    const rows = [
      { a: 1, b: 'x', c: true, d: { e: [1] } },
      { a: 2.5, b: null, c: false, d: null },
    ];
    for (const [name, text] of [
      ['data.json', JSON.stringify(rows)],
      ['data.ndjson', rows.map((row) => JSON.stringify(row)).join('\n')],
      ['unnamed', JSON.stringify(rows)],
    ]) {
      const { table } = await read(text!, name);
      expect(types(table)).toEqual(['a: number', 'b: text?', 'c: boolean', 'd: text?']);
      expect(await cells(table)).toEqual({ a: [1, 2.5], b: ['x', null], c: [1, 0], d: ['{"e":[1]}', null] });
    }
  });

  it('refuses JSON that is none', async () => expect((await failure('[{"a":1},', 'data.json')).code).toBe('data_unparsable'));

  it('reads a Parquet file of its own with categories and roles', async () => {
    const table = await workbench.query(
      `SELECT 1 AS id, 'x' AS kind, TRUE AS flag, TIMESTAMP '2024-01-02 03:04:05' AS at`,
      {},
      {
        open: false,
        columns: [
          { name: 'id', type: 'integer', role: 'id', nullable: false },
          { name: 'kind', type: 'category', role: 'label', nullable: false },
        ],
      },
    );
    const again = await readFileTable(workbench, await table.file(), { format: 'auto' }, { scratch: folder, signal });
    expect(again.table.schema).toEqual(table.schema);
    expect(again.table.schema.columns.map(({ type, role }) => `${type}, ${role}`)).toEqual([
      'integer, id',
      'category, label',
      'boolean, feature',
      'datetime, feature',
    ]);
    expect(await cells(again.table)).toEqual({ id: [1], kind: ['x'], flag: [1], at: [Date.UTC(2024, 0, 2, 3, 4, 5)] });
  });

  it('refuses what is no Parquet and no ZIP archive', async () => {
    expect((await failure('PAR1 and then nothing of the kind', 'data.parquet')).code).toBe('data_unparsable');
    expect((await failure(Buffer.from('PK\x03\x04rest'), 'book.xlsx')).message).toContain('ZIP archive');
  });
});

describe('the reader of files and the reader of texts in memory', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'NA',
      '?',
      '0',
      '1',
      '-1.5',
      '007',
      '1e3',
      '.5',
      '5.',
      '+3',
      'true',
      'False',
      ' 12 ',
      '\t7',
      '2024-01-02',
      '2024-02-30',
      '2024-01-02T03:04:05.678Z',
      '2024-01-02 23:04:05+02:00',
      '2024-01-02 24:00',
      'x',
      'x"y',
      'a,b',
      'ø\nz',
    ),
    fc.string({ maxLength: 6 }),
  );
  const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  it('agree on schema and values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 6 })
          .chain((width) => fc.array(fc.array(cell, { minLength: 1, maxLength: width }), { minLength: 1, maxLength: 8 }).map((rows) => ({ width, rows }))),
        async ({ width, rows }) => {
          const header = Array.from({ length: width }, (_, index) => `h${index}`);
          const text = [header, ...rows].map((row) => row.map(quoted).join(',')).join('\n');
          const inMemory = readDelimited(text, { delimiter: ',', header: 'yes' });
          const { table } = await read(text, 'data.csv', { delimiter: ',', header: 'yes' });
          expect(table.schema).toEqual(inMemory.schema);
          expect(await cells(table)).toEqual(Object.fromEntries([...inMemory.columns].map(([name, values]) => [name, plain(values)])));
        },
      ),
      { numRuns: 70, seed: 20_261_121 },
    );
  });

  const plainNumber = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }).map(String),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
    fc.constantFrom('0', '-0', '-0.0', '123456789012345', '1234567890123456', '9007199254740993', '0.1', '1e5', '-2.5E-7', '1e+22', '1e-99', '1E010'),
  );
  const oddNumber = fc.oneof(
    fc.constantFrom(
      '+3',
      '.5',
      '-.5',
      '5.',
      '5.e3',
      '1e100',
      '1e-300',
      '+0.25',
      '00',
      '007',
      '-01',
      '1_000',
      '0x1F',
      '1e',
      '1e+',
      '-',
      '.',
      '1.2.3',
      '1,5',
      '1d',
    ),
    fc.constantFrom('inf', '-inf', 'Infinity', 'infinity', '-nan', '1e1000', '1f', 'true', 'f', '१२', '1\u00a0'),
  );
  const missing = fc.constantFrom('', ' ', '\t', 'NA', 'na', 'n/a', '#N/A', 'NaN', 'nan', 'NULL', ' null ', '?', 'nul', 'n', '#n', 'none');
  const spaced = fc.tuple(fc.constantFrom('', ' ', '\t', '  '), plainNumber, fc.constantFrom('', ' ', ' \t')).map((parts) => parts.join(''));
  const numbersOf = fc.oneof(
    { weight: 3, arbitrary: fc.constant(plainNumber) },
    { weight: 2, arbitrary: fc.constant(fc.oneof({ weight: 8, arbitrary: plainNumber }, { weight: 1, arbitrary: fc.constant('') })) },
    { weight: 2, arbitrary: fc.constant(fc.oneof({ weight: 8, arbitrary: spaced }, { weight: 1, arbitrary: missing })) },
    { weight: 2, arbitrary: fc.constant(fc.oneof({ weight: 8, arbitrary: fc.integer().map(String) }, { weight: 1, arbitrary: oddNumber })) },
  );
  const column = fc.tuple(numbersOf, fc.boolean()).chain(([each, always]) => fc.tuple(fc.array(each, { minLength: 12, maxLength: 12 }), fc.constant(always)));

  it('agree on columns of numbers in all their spellings, whether they are read straight or cast', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 4, maxLength: 16 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), async (columns, end, last) => {
        const spelled = columns.map(([values, always]) => values.map((value) => (always ? `"${value}"` : quoted(value))));
        const rows = Array.from({ length: 12 }, (_, row) => spelled.map((values) => values[row]!).join(','));
        const text = `${[columns.map((_, index) => `h${index}`).join(','), ...rows].join(end)}${last ? end : ''}`;
        const inMemory = readDelimited(text, { delimiter: ',', header: 'yes' });
        const { table } = await read(text, 'data.csv', { delimiter: ',', header: 'yes' });
        expect(table.schema).toEqual(inMemory.schema);
        expect(await cells(table)).toEqual(Object.fromEntries([...inMemory.columns].map(([name, values]) => [name, plain(values)])));
      }),
      { numRuns: 80, seed: 20_261_122 },
    );
  });
});

describe('the scan of a delimited file', () => {
  it('tells each cell as the rules do', async () => {
    const letters = fc.string({ unit: fc.constantFrom(...'0123456789+-.eE \tnNaAuUlL/#?tTrRfFsSx'), maxLength: 7 });
    const numeric = fc.string({ unit: fc.constantFrom(...'0159+-.e '), maxLength: 20 });
    const path = join(folder, 'cell.csv');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.oneof(letters, numeric), fc.boolean()), { minLength: 100, maxLength: 100 }), async (drawn) => {
        writeFileSync(path, `${drawn.map(([text, inQuotes]) => (inQuotes ? `"${text}"` : text)).join(',')}\n`);
        const { columns } = (await scanCells(path, ',', drawn.length, { header: false, signal }))!;
        for (const [index, [text, inQuotes]] of drawn.entries()) {
          const found = columns[index]!.flags & ~CELL.careful;
          const type = typeOfCell(text);
          if (isMissingCell(text)) expect(found, text).toBe(text === '' && !inQuotes ? CELL.empty : CELL.word);
          else expect(found, text).toBe(type === 'integer' || type === 'number' || type === 'boolean' ? CELL[type] : CELL.other);
        }
      }),
      { numRuns: 100, seed: 20_261_123 },
    );
  });

  it('keeps its facts over pieces of the file, cells that lie on their border among them', async () => {
    const path = join(folder, 'pieces.csv');
    const level = (row: number): string => (row % 7 === 0 ? `"le""vel, ${row % 100}"` : `plain ${row % 100}`);
    const line = (row: number): string =>
      [
        row,
        level(row),
        row % 3 ? `level ${row % 101}` : '',
        row % 5 ? '2024-02-29 10:00Z' : ' 2024/01/31\t',
        row === 60_000 ? '2023-02-29' : '2024-02-29',
      ].join();
    writeFileSync(path, `a,b,c,d,e\n${Array.from({ length: 70_000 }, (_, row) => line(row)).join('\n')}`);
    const scanned = (await scanCells(path, ',', 5, { header: true, signal }))!;
    const rows = Array.from({ length: 70_000 }, (_, row) => row);
    expect(scanned.rowCount).toBe(70_000);
    expect(scanned.longestLine).toBe(Math.max(...rows.map((row) => line(row).length + 1)));
    expect(scanned.columns.map(({ distinct }) => distinct)).toEqual([101, new Set(rows.map(level)).size > 100 ? 101 : 100, 101, 2, 2]);
    expect(scanned.columns.map(({ missing }) => missing)).toEqual([0, 0, Math.ceil(70_000 / 3), 0, 0]);
    expect(scanned.columns.map(({ datetimes }) => datetimes)).toEqual([false, false, false, true, false]);
  });

  it('counts a text in quotes as the same without them', async () => {
    const path = join(folder, 'quoted.csv');
    writeFileSync(path, 'x,"x","a ""b""","a ""c"""\n"x",x,"a ""b""","a ""c"""\n');
    const scanned = (await scanCells(path, ',', 4, { header: false, signal }))!;
    expect(scanned.columns.map(({ distinct }) => distinct)).toEqual([1, 1, 1, 1]);
  });
});

describe('moments in delimited text', () => {
  it.each([
    ['2024-01-01 00:00:00+05:30', 'datetime'],
    ['2024-01-01 00:00-05:00', 'datetime'],
    ['2024-01-01T00:00Z', 'datetime'],
    ['2024-02-30', 'text'],
  ])('%s is %s, whether it is read or only described', async (moment, type) => {
    const found = await read(`a,b\n${moment},1\n2024-01-01,2\n`);
    expect(types(found.table)).toEqual([`a: ${type}`, 'b: integer']);
    if (type === 'text') expect((await cells(found.table)).a).toEqual([moment, '2024-01-01']);
    else expect((await cells(found.table)).a).toEqual([Date.parse(moment.replace(' ', 'T')), Date.UTC(2024, 0, 1)]);
  });

  it('are those of UTC without an offset, however they are written', async () => {
    const moments = [
      '2024-02-29 12:34:56',
      '2024/02/29T12:34:56',
      ' 2024-02-29 12:34:56',
      '2024-02-29 12:34:56Z',
      '2024-02-29 12:34:56.000',
      '2024-02-29T13:34:56+01:00',
    ];
    const { table } = await read(`a,b\n${moments.map((moment) => `${moment},1\n`).join('')}2024-02-29T12:34+01:00,1\n`);
    const moment = Date.UTC(2024, 1, 29, 12, 34, 56);
    expect((await cells(table)).a).toEqual([...moments.map(() => moment), Date.UTC(2024, 1, 29, 11, 34)]);
  });
});
