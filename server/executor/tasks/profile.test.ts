import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../messages.ts';
import { ingest } from './ingest.ts';
import { taskLimits } from './limits.ts';
import { profile } from './profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-profile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const limits = taskLimits(new AbortController().signal);

async function profileOf(text: string): Promise<Record<string, ColumnProfile>> {
  const outputFolder = mkdtempSync(join(folder, 'output-'));
  const path = join(outputFolder, 'data.csv');
  writeFileSync(path, text);
  const { artifact } = await ingest({ path, name: 'data.csv', outputFolder }, limits);
  const { columns } = await profile({ artifact }, limits);
  return Object.fromEntries(columns.map((each) => [each.name, each]));
}

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
});
