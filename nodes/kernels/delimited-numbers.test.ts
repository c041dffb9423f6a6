import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NumberReader, type NumberText } from './delimited-numbers.server.ts';

let reader: NumberReader;
beforeAll(async () => {
  reader = await NumberReader.open({ threads: 1, slots: 1, width: 2, delimiter: ',', returns: false, textBytes: 65_536 });
});
afterAll(() => reader.close());

const read = (text: string, whole: readonly boolean[] = [false, false]) => {
  const bytes = new TextEncoder().encode(text);
  reader.text(0).set(bytes);
  return reader.read(0, { from: 0, to: bytes.length }, whole);
};
const numbers = async (texts: readonly string[]): Promise<number[]> => {
  const found = (await read(texts.map((text) => `${text},0\n`).join(''))) as NumberText;
  expect(found).not.toHaveProperty('refused');
  return [...(found.column(0).values as Float64Array)];
};

describe('plain numbers', () => {
  test('are rounded as the language rounds them', async () => {
    const shortest = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e60, max: 1e60 }).map((value) => {
      const [mantissa, exponent = ''] = String(value).split('e');
      return exponent === '' || Math.abs(Number(exponent)) > 99
        ? Math.abs(value) < 1e-6
          ? '0.5'
          : String(value).replace('e+', 'e')
        : `${mantissa}e${exponent}`;
    });
    const digits = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 19n - 1n }), fc.integer({ min: -99, max: 99 })).map(([whole, power]) => `0.${whole}e${power}`);
    const property = fc.asyncProperty(fc.array(fc.oneof(shortest, digits), { minLength: 1, maxLength: 200 }), async (texts) => {
      const plain = texts.filter((text) => /^-?(0|[1-9]\d{0,14})(\.\d+)?(e[+-]?\d{1,2})?$/.test(text));
      if (plain.length > 0) expect(await numbers(plain)).toEqual(plain.map(Number));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('on the border between two are rounded to the even one', async () => {
    const texts = [
      '0.9007199254740993e16',
      '0.9007199254740995e16',
      '0.5000000000000001e0',
      '0.1e-99',
      '9.999999999999999e22',
      '0.0',
      '-0',
      '-0.0e5',
      '0.30000000000000004',
    ];
    expect(await numbers(texts)).toEqual(texts.map(Number));
  });

  test('come with their bounds and the number of empty cells', async () => {
    const found = (await read('1,-2.5\n,7\n30,\n', [true, false])) as NumberText;
    expect(found.rowCount).toBe(3);
    expect(found.column(0)).toEqual({ whole: true, values: BigInt64Array.of(1n, 30n), present: Uint8Array.of(0b101), least: 1n, greatest: 30n, empty: 1 });
    expect(found.column(1)).toEqual({ whole: false, values: Float64Array.of(-2.5, 7), present: Uint8Array.of(0b011), least: -2.5, greatest: 7, empty: 1 });
  });

  test('a fraction in a column of whole numbers is told', async () => {
    expect(await read('1,1\n2,1e0\n', [false, true])).toEqual({ refused: 'fraction', column: 1 });
  });

  test.each(['007', '+1', '1.', '.5', '-', '1e', '1e+', '1e100', '1234567890123456', '0.12345678901234567890', ' 1', '1 ', 'x', '"1"', '1\r', 'NaN', 'é'])(
    '%j is none',
    async (cell) => {
      expect(await read(`1,2\n${cell},3\n`)).toEqual({ refused: 'irregular' });
    },
  );

  test('more lines than there is room for are none', async () => {
    const small = await NumberReader.open({ threads: 1, slots: 1, width: 2, delimiter: ',', returns: false, textBytes: 64, lines: 3 });
    const answer = (text: string) => {
      small.text(0).set(new TextEncoder().encode(text));
      return small.read(0, { from: 0, to: text.length }, [false, false]);
    };
    expect([await answer('1,2\n'.repeat(3)), await answer('1,2\n'.repeat(4))]).toMatchObject([{ rowCount: 3 }, { refused: 'irregular' }]);
    await small.close();
  });

  test.each(['1\n', '1,2,3\n', '\n', '1,2\n\n'])('lines of another width, %j, are none', async (text) => {
    expect(await read(text)).toEqual({ refused: 'irregular' });
  });
});
