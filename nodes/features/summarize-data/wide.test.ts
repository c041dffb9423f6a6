import { expect, it } from 'vitest';
import { tableOf, type Columns, type Table } from '../../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { summarizeData } from './node.ts';

const ROWS = 40;
const cells = <T>(make: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => make(row));
const some = {
  tied: cells((row) => (row % 5 === 0 ? null : (row % 4) - 1.5)),
  'a "quoted" name': cells((row) => (row % 2 === 0 ? -0 : 0)),
  large: cells((row) => 9_007_199_254_740_991 - (row % 3)),
  none: cells(() => null),
  true: cells((row) => (row % 7 === 0 ? null : row % 3 === 0 ? 1 : 0)),
  when: cells((row) => Date.UTC(2026, 0, 1 + (row % 6))),
  city: cells((row) => ['Oslo', '', null, 'Rome'][row % 4]!),
  place: cells((row) => `L’Aquila ${row}`),
};
const types = { large: { type: 'integer' }, true: { type: 'boolean' }, when: { type: 'datetime' }, place: { type: 'text' } } as const;

/** Which of 0 and −0 stands for both is left open. */
const withoutSign = (value: number | string | null) => (value === 0 ? 0 : value);

async function described(table: Table): Promise<Map<string, (number | string | null)[]>> {
  const columns: Columns = await ((await runNode(summarizeData, { data: table })).outputs.results as Table).read();
  const [names, ...figures] = [...columns.values()];
  return new Map([...names!].map((name, row) => [String(name), figures.map((values) => withoutSign(values[row]!))]));
}

it('columns among 520 others have the figures that they have alone', async () => {
  const others = Object.fromEntries(Array.from({ length: 520 }, (_, at) => [`c${at}`, cells((row) => ((row + 1) * (at + 3)) % 11)]));
  const [alone, among] = [await described(tableOf(some, types)), await described(tableOf({ ...others, ...some }, types))];
  expect(among.size).toBe(528);
  for (const [name, figures] of alone) expect([name, among.get(name)]).toEqual([name, figures]);
});
