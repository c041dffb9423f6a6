import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnNames, isCategory, isMissingCell, joinTypes, numberOfCell, parseDatetime, typeOfCell, typeOfCells } from './cells.ts';

describe('cells', () => {
  it.each([
    ['0', 'integer'],
    ['-12', 'integer'],
    [' 7 ', 'integer'],
    ['999999999999999', 'integer'],
    ['1000000000000000', 'number'],
    ['1.50', 'number'],
    ['1e-3', 'number'],
    ['007', 'text'],
    ['1,5', 'text'],
    ['0x1F', 'text'],
    ['1_000', 'text'],
    ['TRUE', 'boolean'],
    ['yes', 'text'],
    ['2024-02-29', 'datetime'],
    ['2023-02-29', 'text'],
    ['2024-01/02', 'text'],
    ['2024-01-02 24:00', 'text'],
    ['.', 'text'],
    ['5.', 'number'],
  ])('%j reads as %s', (cell, type) => expect(typeOfCell(cell)).toBe(type));

  it.each(['', '  ', '\t', 'NA', 'n/a', '#N/A', 'NaN', 'NULL', ' ? '])('%j is missing', (cell) => expect(isMissingCell(cell)).toBe(true));
  it.each(['None', '-', '0', 'NAN A', 'nil'])('%j is not missing', (cell) => expect(isMissingCell(cell)).toBe(false));

  it('read back the numbers and moments that JavaScript writes', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => Object.is(numberOfCell(String(value), 'number') + 0, value + 0)));
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => parseDatetime(date.toISOString()) === date.getTime(),
      ),
    );
  });

  it('takes offsets into account', () => expect(parseDatetime('2024-01-01T00:30+02:00')).toBe(Date.UTC(2023, 11, 31, 22, 30)));

  it('joins types', () => {
    expect(joinTypes(null, 'boolean')).toBe('boolean');
    expect(joinTypes('integer', 'number')).toBe('number');
    expect(joinTypes('integer', 'boolean')).toBe('text');
    expect(typeOfCells(['', 'NA'])).toBe('text');
    expect(typeOfCells(['1', '', '2.5'])).toBe('number');
  });

  it('tells categories from text', () => {
    expect([isCategory(2, 5), isCategory(2, 4), isCategory(100, 300), isCategory(101, 300), isCategory(0, 9)]).toEqual([true, false, true, false, false]);
  });

  it('gives every column a name of its own, whatever the header', () => {
    const header = fc.array(fc.oneof(fc.constantFrom('', 'a', 'A', 'a_2', 'a_3', ' a ', 'Col2'), fc.string({ maxLength: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(header, (cells) => {
        const names = columnNames(cells);
        expect(names).toHaveLength(cells.length);
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
        expect(names.every((name) => name.trim() !== '')).toBe(true);
      }),
    );
  });
});
