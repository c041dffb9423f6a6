import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ColumnProfile, TableProfile } from '../messages.ts';
import { ingest } from './ingest.ts';
import { taskLimits } from './limits.ts';
import { profile } from './profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-profile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const limits = taskLimits(new AbortController().signal);

async function tableOf(text: string, label?: string): Promise<TableProfile> {
  const outputFolder = mkdtempSync(join(folder, 'output-'));
  const path = join(outputFolder, 'data.csv');
  writeFileSync(path, text);
  const { artifact } = await ingest({ path, name: 'data.csv', outputFolder }, limits);
  if (artifact.meta.kind !== 'table') throw new Error('No table.');
  const columns = artifact.meta.schema.columns.map((each) => (each.name === label ? { ...each, role: 'label' as const } : each));
  return profile({ artifact: { ...artifact, meta: { ...artifact.meta, schema: { ...artifact.meta.schema, columns } } } }, limits);
}

const byName = ({ columns }: TableProfile): Record<string, ColumnProfile> => Object.fromEntries(columns.map((each) => [each.name, each]));
const profileOf = async (text: string): Promise<Record<string, ColumnProfile>> => byName(await tableOf(text));

describe('the profile of a table', () => {
  it('gives statistics of numbers, dates and texts', async () => {
    const { n, d, t, e } = await profileOf('n,d,t,e\n1,2024-01-01,x,\n2,2024-01-03,y,\n,,x,\n4,2024-01-02,,\n10,2024-01-03,x,\n');
    expect(n).toMatchObject({ missing: 1, distinct: 4, minimum: 1, maximum: 10, mean: 4.25, median: 3 });
    expect(n!.deviation).toBeCloseTo(Math.sqrt((3.25 ** 2 + 2.25 ** 2 + 0.25 ** 2 + 5.75 ** 2) / 3), 12);
    expect(d).toMatchObject({ missing: 1, distinct: 3, minimum: '2024-01-01T00:00:00.000Z', maximum: '2024-01-03T00:00:00.000Z', mean: null });
    expect(t).toMatchObject({ missing: 1, distinct: 2, minimum: 'x', maximum: 'y', histogram: null });
    expect(t!.top).toEqual([
      { value: 'x', count: 3 },
      { value: 'y', count: 1 },
    ]);
    expect(e).toMatchObject({ missing: 5, distinct: 0, minimum: null, top: [] });
  });

  it('counts values in the bin that holds their lower edge, and the highest in the last', async () => {
    const { n, same } = await profileOf(`n,same\n${Array.from({ length: 101 }, (_, row) => `${row / 10 - 4},7`).join('\n')}\n`);
    const [low, width] = [-4, 0.5];
    const expected = new Array<number>(20).fill(0);
    for (let row = 0; row <= 100; row++) {
      const bin = Math.min(19, Math.floor((row / 10 - 4 - low) / width));
      expected[bin] = expected[bin]! + 1;
    }
    expect(n!.histogram!.counts).toEqual(expected);
    expect(n!.histogram!.edges.at(-1)).toBe(6);
    expect(same!.histogram).toEqual({ edges: [7, 7], counts: [101] });
  });

  it('tells distinct values and the median of many rows nearly, and all else exactly', async () => {
    const rows = 1_000_000;
    const { n } = await profileOf(`n\n${Array.from({ length: rows }, (_, row) => (row * 7_919) % rows).join('\n')}\n`);
    expect(n).toMatchObject({ missing: 0, minimum: 0, maximum: rows - 1, mean: (rows - 1) / 2 });
    expect(Math.abs(n!.median! - rows / 2)).toBeLessThan(rows / 100);
    expect(Math.abs(n!.distinct - rows)).toBeLessThan(rows / 10);
    expect(n!.histogram!.counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
  });

  it('tells the shape of numbers, lengths of texts and the longest gap of dates', async () => {
    const { n, d, t } = await profileOf('n,d,t\n-1,2024-01-01,x\n0,2024-01-02,yyy\n0,2024-03-01,\n5,2024-03-02,zz\n,2024-03-02,zz\n');
    expect(n).toMatchObject({ zeros: 2, negatives: 1, distinctExact: true, lengths: null });
    expect(n!.quantiles!.map(({ level, value }) => [level, Math.round(value * 1e6) / 1e6])).toEqual([
      [0.01, -0.97],
      [0.05, -0.85],
      [0.25, -0.25],
      [0.5, 0],
      [0.75, 1.25],
      [0.95, 4.25],
      [0.99, 4.85],
    ]);
    // pandas: Series([-1, 0, 0, 5]).skew() and .kurt()
    expect(n!.skewness).toBeCloseTo(1.812802, 5);
    expect(n!.kurtosis).toBeCloseTo(3.483471, 5);
    expect(d!.largestGap).toEqual({ from: '2024-01-02T00:00:00.000Z', to: '2024-03-01T00:00:00.000Z', milliseconds: 59 * 86_400_000 });
    expect(t!.lengths).toEqual({ minimum: 1, mean: 2, maximum: 3 });
  });

  it('warns of what spoils a training, and not of what does not', async () => {
    const rows = 400;
    const lines = Array.from({ length: rows }, (_, row) => {
      const label = row % 20 === 0 ? 'yes' : 'no';
      const skewed = row === 7 ? 1e6 : row % 9;
      const boundless = ['1e999', '-1e999'][row] ?? row % 6;
      return [
        `id${row}`,
        'same',
        row % 3 === 0 ? 1 : '',
        label === 'yes' ? 90 + (row % 7) : row % 60,
        skewed,
        `level ${row % 150}`,
        boundless,
        row % 5,
        label,
      ].join(',');
    });
    const table = await tableOf(`id,same,gaps,leak,skewed,levels,boundless,fine,label\n${lines.join('\n')}\n`, 'label');
    const found = Object.fromEntries(table.columns.map(({ name, warnings }) => [name, warnings.map(({ code }) => code)]));
    expect(found).toEqual({
      id: ['id_like'],
      same: ['constant'],
      gaps: ['mostly_missing', 'constant'],
      leak: ['leaking'],
      skewed: ['skewed'],
      levels: ['high_cardinality'],
      boundless: ['infinite_values'],
      fine: [],
      label: ['imbalanced_label'],
    });
    expect(table.columns.find(({ name }) => name === 'boundless')).toMatchObject({
      infinite: 2,
      warnings: [{ message: '2 values are infinite, which trainings refuse. Bound them by Clip Values, or leave their rows out by Filter Rows.' }],
    });
    expect(table).toMatchObject({ duplicateRows: 0, warnings: [] });
  });

  it('counts rows that equal an earlier one', async () => {
    const table = await tableOf('a,b\n1,x\n1,x\n1,\n1,\n2,x\n1,x\n');
    expect(table.duplicateRows).toBe(3);
    expect(table.warnings).toEqual([{ code: 'duplicate_rows', message: '3 of 6 rows (50 %) equal an earlier row.' }]);
  });

  it('tells that a number follows the label', async () => {
    const lines = Array.from({ length: 100 }, (_, row) => `${row * 1.5},${row * 3 + 1},${(row * 37) % 11}`);
    const table = await tableOf(`price,twice,other\n${lines.join('\n')}\n`, 'price');
    expect(table.columns.map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([[], ['id_like', 'leaking'], []]);
  });

  it('stands a table without rows, and numbers whose powers overflow', async () => {
    const { big } = await profileOf('big\n1e200\n-1e200\n3\n');
    expect(big).toMatchObject({ skewness: null, kurtosis: null, minimum: -1e200 });
    const empty = await tableOf('a,b\n', 'b');
    expect(empty.warnings.map(({ code }) => code)).toEqual(['no_rows']);
  });
});
