import { afterAll, describe, expect, it } from 'vitest';
import { StatisticsReader, type MeasuredColumn, type MeasuredPage, type StatisticsOptions } from './column-statistics.server.ts';
import { statisticsOf } from './column-statistics.twin.ts';
import { deviationOf, kurtosisOf, skewnessOf } from './moments.ts';
import { randomNumbers } from './random.ts';

const ROWS = 20_000;
const PAGE_ROWS = 701;
const EVERY = 10;
const random = randomNumbers(11);

const COLUMNS: Readonly<Record<string, (row: number) => number>> = {
  spread: () => (random() - 0.3) * 1e3,
  gaps: (row) => (row % 3 === 1 ? NaN : random() ** 4),
  few: (row) => (row * row) % 7,
  far: () => 1e9 + random(),
  infinite: (row) => (row % 50 === 7 ? (row % 100 === 7 ? Infinity : -Infinity) : (row % 11) - 5),
  none: () => NaN,
  same: () => -2.5,
  zeros: (row) => (row % 2 === 0 ? 0 : -0),
};
const values = Object.values(COLUMNS).map((valueAt) => Float64Array.from({ length: ROWS }, (_, row) => valueAt(row)));
const finiteOf = (column: Float64Array): number[] => [...column].filter(Number.isFinite);
const measured = values.map((column): MeasuredColumn => {
  const finite = finiteOf(column);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  return { measure: 'numbers', low, high, bins: high > low ? 20 : 1 };
});

const OPTIONS: StatisticsOptions = {
  threads: 1,
  rowCount: ROWS,
  every: EVERY,
  columns: values.length,
  blockBytes: 4 * PAGE_ROWS * values.length * 10,
  pages: 4 * values.length,
  pageRows: PAGE_ROWS,
  duplicates: true,
};
const open = new Set<StatisticsReader>();
afterAll(() => Promise.all([...open].map((each) => each.close())));

/** Puts rows of a column at a place of a block: as they are, or close together with Parquet's levels. */
type Write = (block: Uint8Array, at: number, cells: Float64Array) => { page: MeasuredPage; end: number };

const inPlace: Write = (block, at, cells) => {
  block.set(new Uint8Array(cells.slice().buffer), at);
  return { page: { rows: cells.length, levels: null, values: at, present: cells.length }, end: at + cells.length * 8 };
};

const withLevels: Write = (block, at, cells) => {
  const present = cells.filter((cell) => !Number.isNaN(cell));
  // A run of the first hundred rows that are alike, if they are, then bits.
  const first = cells.subarray(0, 100);
  const alike = first.every((cell) => Number.isNaN(cell) === Number.isNaN(first[0]!));
  const from = alike ? first.length : 0;
  const bits = new Array<number>(Math.ceil((cells.length - from) / 8)).fill(0);
  for (let row = from; row < cells.length; row++) if (!Number.isNaN(cells[row]!)) bits[(row - from) >> 3]! |= 1 << ((row - from) & 7);
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
  const levels = [...(alike ? [...varint(from * 2), Number.isNaN(first[0]!) ? 0 : 1] : []), ...varint(bits.length * 2 + 1), ...bits];
  new DataView(block.buffer, block.byteOffset + at, 4).setUint32(0, levels.length, true);
  block.set(levels, at + 4);
  const place = at + 4 + levels.length;
  block.set(new Uint8Array(present.buffer), place);
  return { page: { rows: cells.length, levels: at, values: place, present: present.length }, end: place + present.length * 8 };
};

async function read(write: Write, options: Partial<StatisticsOptions> = {}) {
  const reader = await StatisticsReader.open({ ...OPTIONS, ...options });
  open.add(reader);
  reader.begin(measured);
  const measuring: Promise<() => void>[] = [];
  let slot = 0;
  for (let from = 0; from < ROWS; from += 4 * PAGE_ROWS) {
    if (measuring.length === reader.slots) (await measuring.shift()!)();
    const block = reader.block(slot);
    let at = 0;
    const pages = values.map((column) => {
      const of: MeasuredPage[] = [];
      for (let row = from; row < Math.min(ROWS, from + 4 * PAGE_ROWS); row += PAGE_ROWS) {
        const { page, end } = write(block, at, column.subarray(row, Math.min(ROWS, row + PAGE_ROWS)));
        of.push(page);
        at = end;
      }
      return of;
    });
    measuring.push(reader.measure(slot, from, pages));
    slot = (slot + 1) % reader.slots;
  }
  for (const each of measuring) (await each)();
  return reader;
}

describe.each([
  ['values in their places', inPlace],
  ['values beside levels', withLevels],
])('%s', (_, write) => {
  it('are measured as plain loops do', async () => {
    const reader = await read(write);
    const found = await reader.finish();
    for (const [index, name] of Object.keys(COLUMNS).entries()) {
      const expected = statisticsOf(values[index]!, measured[index]!, EVERY);
      const { missing, infinite, zeros, negatives, counts, count, distinct, sample } = found[index]!;
      expect({ missing, infinite, zeros, negatives, counts, count }, name).toEqual({
        missing: expected.missing,
        infinite: expected.infinite,
        zeros: expected.zeros,
        negatives: expected.negatives,
        counts: expected.counts,
        count: expected.count,
      });
      expect([...sample], name).toHaveLength(expected.sampled);
      expect(
        [...sample].every((each, at) => at === 0 || each >= sample[at - 1]!),
        name,
      ).toBe(true);
      expect(Math.abs(distinct - expected.distinct), name).toBeLessThanOrEqual(Math.ceil(expected.distinct * 0.05));
      for (const [own, other] of [
        [found[index]!.mean, expected.mean],
        [deviationOf(found[index]!), expected.deviation],
        [skewnessOf(found[index]!), expected.skewness],
        [kurtosisOf(found[index]!), expected.kurtosis],
      ] as const) {
        if (own === null || other === null) expect(own, name).toBe(other);
        else expect(Math.abs(own - other), name).toBeLessThanOrEqual((name === 'far' ? 1e-6 : 1e-9) * Math.max(1, Math.abs(other)));
      }
    }
  });
});

it('the number of threads changes nothing', async () => {
  const [one, three] = await Promise.all([read(inPlace), read(withLevels, { threads: 3 })].map(async (each) => (await each).finish()));
  expect(three).toEqual(one);
});

it('a sample has a row of each stretch, at no fixed distance', async () => {
  const reader = await StatisticsReader.open({ ...OPTIONS, columns: 1 });
  open.add(reader);
  reader.begin([{ measure: 'whole', low: 0, high: ROWS - 1, bins: 20 }]);
  for (let from = 0; from < ROWS; from += PAGE_ROWS) {
    const rows = Math.min(PAGE_ROWS, ROWS - from);
    const numbers = BigInt64Array.from({ length: rows }, (_, row) => BigInt(from + row));
    reader.block(0).set(new Uint8Array(numbers.buffer));
    (await reader.measure(0, from, [[{ rows, levels: null, values: 0, present: rows }]]))();
  }
  const { sample, counts, mean } = (await reader.finish())[0]!;
  expect([...sample].map((row) => Math.floor(row / EVERY))).toEqual(Array.from({ length: ROWS / EVERY }, (_, stretch) => stretch));
  expect(new Set([...sample].map((row) => row % EVERY)).size).toBe(EVERY);
  expect([mean, counts.reduce((total, count) => total + count, 0)]).toEqual([(ROWS - 1) / 2, ROWS]);
});

it.each([1, 2])('rows that equal another are told on %d threads, with hashes of what else they have', async (threads) => {
  const reader = await StatisticsReader.open({ ...OPTIONS, columns: 3, threads });
  open.add(reader);
  reader.begin([
    { measure: 'numbers', low: 0, high: 99, bins: 20 },
    { measure: 'numbers', low: 0, high: 0, bins: 1 },
    { measure: 'hashes', low: 0, high: 0, bins: 1 },
  ]);
  const rows = new Set<string>();
  for (let from = 0, slot = 0; from < ROWS; from += PAGE_ROWS, slot = (slot + 1) % reader.slots) {
    const length = Math.min(PAGE_ROWS, ROWS - from);
    const cells = [
      Float64Array.from({ length }, (_, row) => (from + row) % 100),
      Float64Array.from({ length }, (_, row) => [NaN, 0, -0][(from + row) % 3]!),
      BigUint64Array.from({ length }, (_, row) => BigInt.asUintN(64, BigInt((from + row) % 7) * 0x123456789abcdefn)),
    ];
    for (let row = from; row < from + length; row++) rows.add(`${row % 100} ${row % 3 === 0} ${row % 7}`);
    cells.forEach((each, index) => reader.block(slot).set(new Uint8Array(each.buffer), index * length * 8));
    (
      await reader.measure(
        slot,
        from,
        cells.map((_, index) => [{ rows: length, levels: null, values: index * length * 8, present: length }]),
      )
    )();
  }
  await reader.finish();
  expect(await reader.distinctRows()).toBe(rows.size);
});
