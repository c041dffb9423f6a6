import { expect, it } from 'vitest';
import { csvLine, readCsv, spreadsheetLine } from './csv-text.ts';

it('reads quotes, line ends of any kind and empty cells', () => {
  expect(readCsv('\ufeffa,b\r\n"x, ""y""","two\nlines"\n\n,\n1,2')).toEqual([
    ['a', 'b'],
    ['x, "y"', 'two\nlines'],
    ['', ''],
    ['1', '2'],
  ]);
  expect(readCsv('a,b,')).toEqual([['a', 'b', '']]);
});

it('names the line that is broken', () => {
  expect(() => readCsv('a\n"b')).toThrow('Line 2 has a quote that is never closed.');
  expect(() => readCsv('a\n"b\nc"d')).toThrow('Line 3 has text behind a closing quote.');
});

it('writes what it reads', () => {
  const cells = ['plain', 'a, "b"', '', 'two\nlines', '-1.5'];
  expect(readCsv(csvLine(cells))).toEqual([cells]);
  expect(csvLine([null, 3, undefined, false])).toBe(',3,,false');
});

it('writes no formula into a file for people', () => {
  expect(spreadsheetLine(['=1+1', '-1.5', '+1e3', '-5 and below', '@a', '\tb', "it's", -2, null])).toBe(`'=1+1,-1.5,+1e3,'-5 and below,'@a,'\tb,it's,-2,`);
});
