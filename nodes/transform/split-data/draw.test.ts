import { expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { tableOf, type Table } from '../../kit/table.ts';
import { splitData } from './node.ts';

const ROWS = 20_000;
const data = tableOf({ n: Array.from({ length: ROWS }, (_, row) => row), kind: Array.from({ length: ROWS }, (_, row) => (row % 10 === 0 ? 'rare' : 'usual')) });

async function numbersOf(params: object, table: Table = data): Promise<number[][]> {
  const { outputs } = await runNode(splitData, { data: table }, { fraction: 0.3, ...params });
  const read = async (port: 'first' | 'second'): Promise<number[]> => [...((await (outputs[port] as Table).read(['n'])).get('n') as Float64Array)];
  return [await read('first'), await read('second')];
}

it.each([{}, { stratified: true, stratifyBy: 'kind' }])(
  'rows drawn by chance are spread evenly, keep their order, and are those of the seed: %o',
  async (more) => {
    const [first, second] = await numbersOf({ seed: 1, ...more });
    expect([first!.length, second!.length]).toEqual([6_000, 14_000]);
    for (const part of [first!, second!]) expect(part).toEqual(part.toSorted((a, b) => a - b));
    expect(new Set([...first!, ...second!]).size).toBe(ROWS);
    // 2,000 rows each: five deviations of the hypergeometric distribution are 94 rows.
    for (let from = 0; from < ROWS; from += 2_000) expect(Math.abs(first!.filter((n) => n >= from && n < from + 2_000).length - 600)).toBeLessThan(94);
    const [other] = await numbersOf({ seed: 2, ...more });
    const known = new Set(first);
    const both = other!.filter((n) => known.has(n)).length;
    expect(Math.abs(both - 1_800)).toBeLessThan(150);
  },
);

it('the rows of a seed are the same in every version', async () => {
  const [first] = await numbersOf({ seed: 1 });
  expect(first!.slice(0, 12)).toEqual([1, 2, 3, 14, 29, 30, 32, 34, 38, 41, 42, 54]);
});

it.each([{ seed: 1 }, { randomized: false }, { fraction: 0 }, { fraction: 1 }])('a table of many columns is divided as one of few: %o', async (params) => {
  const n = Array.from({ length: 200 }, (_, row) => row);
  const more = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`c${at}`, n.map((row) => row * at)]));
  expect(await numbersOf(params, tableOf({ n, ...more }))).toEqual(await numbersOf(params, tableOf({ n })));
});
