import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelimitedTextError, looksLikeHeader, parseRecords, readDelimited, RecordParser, sniffDelimiter, type TextRecord } from './csv.ts';

const cells = (text: string, delimiter = ','): (readonly string[])[] => parseRecords(text, delimiter).map((record) => record.cells);
const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('records', () => {
  it('cut at delimiters and line ends', () => expect(cells('a,b\r\nc,\rd\n\n,e')).toEqual([['a', 'b'], ['c', ''], ['d'], ['', 'e']]));
  it('keep what stands in quotes', () => expect(cells('"a,""b""\r\nc",d')).toEqual([['a,"b"\r\nc', 'd']]));
  it('forgive stray quotes', () => expect(cells('5" disk,"x"y\n')).toEqual([['5" disk', 'xy']]));
  it('know the line where each begins', () => expect(parseRecords('a\n"b\nc"\n\nd', ',').map(({ line }) => line)).toEqual([1, 2, 5]));
  it('keep a quoted empty cell as a record', () => expect(cells('a\n""\n')).toEqual([['a'], ['']]));
  it('drop a byte order mark', () => expect(cells('\uFEFFa')).toEqual([['a']]));
  it('name the line of an open quote', () => {
    expect(() => cells('a\nb,"c\nd')).toThrow(DelimitedTextError);
    expect(() => cells('a\nb,"c\nd')).toThrow('line 2');
  });

  it('are those that were written, with any delimiter and line end, in pieces of any size', () => {
    const table = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'ø', ',', ';', '"', '\n', '\r', '\t', ' ', '☃') }), { minLength: 1, maxLength: 4 }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 7 }),
        (rows, delimiter, end, size) => {
          const text = rows.map((row) => row.map(quote).join(delimiter)).join(end);
          const found: TextRecord[] = [];
          const parser = new RecordParser(delimiter, (record) => found.push(record));
          for (let from = 0; from < text.length; from += size) parser.push(text.slice(from, from + size));
          parser.finish();
          expect(found.map((record) => record.cells)).toEqual(rows);
        },
      ),
    );
  });
});

describe('finding out', () => {
  it.each([
    ['a,b\n1,2', ','],
    ['a;b\n1,5;2,5', ';'],
    ['a\tb c\n1\t2', '\t'],
    ['a|b\n1|2', '|'],
    ['one column\nof, text', ','],
    ['', ','],
  ])('the delimiter of %j', (text, delimiter) => expect(sniffDelimiter(text)).toBe(delimiter));

  it('whether there is a header', () => {
    expect([looksLikeHeader(['a', '']), looksLikeHeader(['a', '1']), looksLikeHeader(['', 'NA']), looksLikeHeader(['2024-01-01'])]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a table', () => {
  it('has typed columns', () => {
    const { schema, columns, rowCount, shortLines } = readDelimited('a,b,c\n1,x,2024-01-01\n2\n');
    expect(schema.columns.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
      ['a', 'integer', false],
      ['b', 'text', true],
      ['c', 'datetime', true],
    ]);
    expect([...columns.get('c')!]).toEqual([Date.UTC(2024, 0, 1), NaN]);
    expect([rowCount, shortLines]).toEqual([2, 1]);
  });
  it('names the line with too many cells', () =>
    expect(() => readDelimited('a\n1\n2,3', { delimiter: ',' })).toThrow('Line 3 has 2 cells, but there is 1 column. Skip the lines'));
  it('needs a record', () => expect(() => readDelimited('\n\n')).toThrow('no data'));
});
