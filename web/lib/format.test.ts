import { describe, expect, it } from 'vitest';
import {
  bytes,
  count,
  duration,
  figure,
  figures,
  fixed,
  learnerName,
  metricName,
  percent,
  plural,
  roughly,
  shape,
  shortCount,
  signed,
  when,
} from './format.ts';

describe('numbers', () => {
  it('puts commas between thousands and shows what is missing as a dash', () => {
    expect(count(7043)).toBe('7,043');
    expect(count(null)).toBe('–');
    expect(fixed(1397.475)).toBe('1,397.475');
    expect(fixed(Number.NaN)).toBe('–');
    expect(fixed(Number.POSITIVE_INFINITY)).toBe('∞');
  });

  it('shortens large counts where there is little room', () =>
    expect([9_999, 53_940, 999_600, 2_999_999, null].map(shortCount)).toEqual(['9,999', '54 k', '1.0 M', '3.0 M', '–']));

  it('writes a true minus sign, and none before zero', () => {
    expect(signed(-0.2134, 2)).toBe('−0.21');
    expect(signed(-0.004, 2)).toBe('0.00');
    expect(signed(0.5, 2)).toBe('0.50');
    expect(signed(null)).toBe('–');
  });

  it('keeps four significant digits of values of any size', () => {
    expect(figure(64.7617)).toBe('64.76');
    expect(figure(2283.3)).toBe('2,283');
    expect(figure(0.000012)).toBe('1.20e−5');
    expect(figure(0)).toBe('0');
  });

  it('writes a true minus sign in figures of any kind', () => {
    expect([figure(-0.5), figure(-2283.3), figure(-0.000012), fixed(-1.5, 2), fixed(Number.NEGATIVE_INFINITY)]).toEqual([
      ...['−0.5', '−2,283', '−1.20e−5', '−1.50', '−∞'],
    ]);
  });

  it.each<[readonly (number | null)[], readonly string[]]>([
    [
      [5.46, 5.323],
      ['5.460', '5.323'],
    ],
    [
      [14.06, 14.8, null],
      ['14.06', '14.80', '–'],
    ],
    [
      [2283.3, 64.76],
      ['2,283', '65'],
    ],
    [
      [12.34, -0.0123],
      ['12.340', '−0.012'],
    ],
    [
      [12.34, 0],
      ['12.34', '0.00'],
    ],
    [
      [3, 20, 1000],
      ['3', '20', '1,000'],
    ],
    [
      [0.5, 1e-7],
      ['0.5', '1.00e−7'],
    ],
    [
      [null, Number.NaN],
      ['–', '–'],
    ],
    [
      [0, Number.POSITIVE_INFINITY],
      ['0', '∞'],
    ],
  ])('gives %j one number of decimals', (values, texts) => expect(figures(values)).toEqual(texts));

  it('writes shares with a space before the sign', () => {
    expect(percent(0.2652)).toBe('26.5 %');
    expect(percent(0 / 0)).toBe('–');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [4.1, '4.1 ms'],
    [312, '0.31 s'],
    [48_240, '48.2 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [null, '–'],
  ])('%s ms reads %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

  it('are no more exact than to the second where they are guessed', () =>
    expect([200, 6_800, 48_240, 200_000].map(roughly)).toEqual(['1 s', '7 s', '48 s', '3 min 20 s']));
});

describe('sizes', () => {
  it.each([
    [214, '214 B'],
    [214_000, '214 kB'],
    [1_240_000_000, '1.24 GB'],
    [999_900, '1.00 MB'],
  ])('%s bytes read %s', (size, text) => expect(bytes(size)).toBe(text));
});

describe('dates', () => {
  const now = new Date(2026, 10, 21, 12, 0, 0);
  const at = (...parts: [number, number, number, number?, number?]): string => new Date(...parts).toISOString();

  it('tells the past from now on', () => {
    expect(when(at(2026, 10, 21, 12, 0), now)).toBe('now');
    expect(when(at(2026, 10, 21, 11, 55), now)).toBe('5 min ago');
    expect(when(at(2026, 10, 21, 6, 0), now)).toBe('6 h ago');
    expect(when(at(2026, 10, 20, 6, 20), now)).toBe('yesterday 06:20');
    expect(when(at(2026, 10, 18, 16, 20), now)).toBe('Wed 16:20');
    expect(when(at(2026, 10, 12), now)).toBe('12 Nov');
    expect(when(at(2024, 10, 12), now)).toBe('12 Nov 2024');
  });

  it('tells the future too', () => {
    expect(when(at(2026, 10, 21, 12, 30), now)).toBe('in 30 min');
    expect(when(at(2026, 10, 22, 12, 0), now)).toBe('tomorrow 12:00');
  });
});

describe('names', () => {
  it('turns keys into words', () => {
    expect(metricName('averagePrecision')).toBe('Average precision');
    expect(metricName('auc')).toBe('AUC');
    expect(learnerName('two-class-logistic-regression')).toBe('Two-class logistic regression');
    expect(plural(1, 'row')).toBe('1 row');
    expect(plural(7043, 'row')).toBe('7,043 rows');
    expect(shape(7043, 20)).toBe('7,043 × 20');
  });
});
