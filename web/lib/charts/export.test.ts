import { describe, expect, it } from 'vitest';
import { fileName, tableAsCsv } from './export.ts';

describe('tableAsCsv', () => {
  it('quotes what must be quoted, writes numbers plainly and starts no formula', async () => {
    const table = {
      head: ['Class', 'Rows, all'],
      rows: [
        ['a "b"', '1,234.5'],
        ['=SUM(A1)', '-0.5'],
        ['−1,234.5', '1.20e−5'],
        ['-x', '–'],
      ],
    };
    expect(await tableAsCsv(table).text()).toBe('Class,"Rows, all"\r\n"a ""b""",1234.5\r\n\'=SUM(A1),-0.5\r\n-1234.5,1.20e-5\r\n\'-x,–\r\n');
  });
});

describe('fileName', () => {
  it('keeps letters and digits of any script', () => {
    expect(fileName('Predicted against true: Größe')).toBe('predicted-against-true-größe');
    expect(fileName('…')).toBe('chart');
  });
});
