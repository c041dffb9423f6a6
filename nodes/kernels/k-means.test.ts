import { describe, expect, it } from 'vitest';
import { clusterRows, type KMeansOptions } from './k-means.server.ts';
import type { KMeansData } from './k-means-rows.server.ts';
import { randomNumbers } from './random.ts';
import { turns } from './turns.ts';

const context = { breathe: async () => {} };

/** Rows around `groups` corners, in float32. */
function makeRows(rowCount: number, width: number, groups: number, seed: number, weighted = false, spread = 4): KMeansData & { columns: Float32Array[] } {
  const random = randomNumbers(seed);
  const corners = Array.from({ length: groups }, () => Array.from({ length: width }, () => random() * 10 + 3));
  const columns = Array.from({ length: width }, () => new Float32Array(rowCount));
  for (let row = 0; row < rowCount; row += 1) columns.forEach((values, index) => (values[row] = corners[row % groups]![index]! + (random() - 0.5) * spread));
  const weights = weighted ? Float64Array.from({ length: rowCount }, () => 0.5 + random()) : undefined;
  return { rowCount, width, columns, weights, column: (index) => columns[index]! };
}

/** Lloyd's algorithm in plain arithmetic of doubles, from the first rows. */
function clusterPlainly({ rowCount, columns, weights }: ReturnType<typeof makeRows>, clusters: number, iterations: number) {
  const rowOf = (row: number) => columns.map((values) => values[row]!);
  let centres = Array.from({ length: clusters }, (_, row) => rowOf(row));
  const squared = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0);
  const nearest = (row: number) => {
    const distances = centres.map((centre) => squared(rowOf(row), centre));
    const least = Math.min(...distances);
    return { cluster: distances.indexOf(least), distance: least };
  };
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const labels = Array.from({ length: rowCount }, (_, row) => nearest(row).cluster);
    centres = centres.map((_, cluster) => {
      const members = labels.flatMap((label, row) => (label === cluster ? [row] : []));
      const total = members.reduce((sum, row) => sum + (weights?.[row] ?? 1), 0);
      return columns.map((values) => members.reduce((sum, row) => sum + (weights?.[row] ?? 1) * values[row]!, 0) / total);
    });
  }
  const found = Array.from({ length: rowCount }, (_, row) => nearest(row));
  return {
    centres: centres.flat(),
    labels: found.map((each) => each.cluster),
    inertia: found.reduce((sum, { distance }, row) => sum + distance * (weights?.[row] ?? 1), 0),
  };
}

const OPTIONS: KMeansOptions = { clusters: 3, seeding: 'k-means++', iterations: 100, seed: 1 };

describe('k-means', () => {
  it.each([
    [501, 5, 3, false],
    [400, 1, 2, false],
    [1_030, 13, 9, true],
    [260, 4, 17, true],
    [3_000, 6, 20, false],
  ] as const)('gives what the plain twin gives: %i × %i, %i clusters, weights %s', async (rowCount, width, clusters, weighted) => {
    const data = makeRows(rowCount, width, clusters, rowCount, weighted);
    const ours = await clusterRows(data, { ...OPTIONS, clusters, seeding: 'first', iterations: 40, tolerance: 0 }, context);
    const plain = clusterPlainly(data, clusters, ours.history.length);
    expect([...ours.labels]).toEqual(plain.labels);
    ours.centres.forEach((value, index) => expect(value).toBeCloseTo(plain.centres[index]!, 4));
    expect(Math.abs(ours.inertia / plain.inertia - 1)).toBeLessThan(1e-5);
    expect(ours.sizes.reduce((sum, each) => sum + each, 0)).toBeCloseTo(data.weights?.reduce((sum, each) => sum + each, 0) ?? rowCount, 3);
  });

  it('finds well parted groups from k-means++ and never makes the inertia worse', async () => {
    const data = makeRows(3_000, 6, 8, 5, false, 0.5);
    const { labels, history, converged } = await clusterRows(data, { ...OPTIONS, clusters: 8 }, context);
    expect(converged).toBe(true);
    history.slice(1).forEach((inertia, index) => expect(inertia).toBeLessThanOrEqual(history[index]! * (1 + 1e-6)));
    for (let row = 8; row < 3_000; row += 1) expect(labels[row]).toBe(labels[row % 8]);
    expect(new Set(labels).size).toBe(8);
  });

  it('comes by mini-batches to nearly the inertia of all rows, and to well parted groups', async () => {
    const parted = await clusterRows(makeRows(3_000, 6, 8, 5, false, 0.5), { ...OPTIONS, clusters: 8, batchRows: 256 }, context);
    for (let row = 8; row < 3_000; row += 1) expect(parted.labels[row]).toBe(parted.labels[row % 8]);
    const data = makeRows(20_000, 9, 5, 3, false, 30);
    const all = await clusterRows(data, { ...OPTIONS, clusters: 5 }, context);
    const batches = await clusterRows(data, { ...OPTIONS, clusters: 5, batchRows: 1_000 }, context);
    expect(batches.inertia).toBeLessThan(all.inertia * 1.02);
    expect(batches.inertia).toBeGreaterThan(all.inertia * 0.98);
    const again = await clusterRows(data, { ...OPTIONS, clusters: 5, batchRows: 1_000 }, context);
    expect(again.labels).toEqual(batches.labels);
  });

  it('does not depend on the number of threads', async () => {
    const data = makeRows(120_000, 24, 6, 9);
    const breathe = turns(new AbortController().signal);
    const one = await clusterRows(data, { ...OPTIONS, clusters: 6 }, { breathe, threads: 1 });
    const three = await clusterRows(data, { ...OPTIONS, clusters: 6 }, { breathe, threads: 3 });
    expect(three.centres).toEqual(one.centres);
    expect(three.history).toEqual(one.history);
    expect(three.labels).toEqual(one.labels);
  });

  it('begins an empty cluster anew, and refuses more clusters than different rows', async () => {
    const values = Float32Array.from({ length: 60 }, (_, row) => [0, 0, 5, 100][row % 4]! + (row % 3) * 0.1);
    // The first three rows are equal or almost so; one of them runs empty.
    const rows = { rowCount: 60, width: 1, column: () => values };
    const { sizes } = await clusterRows(rows, { ...OPTIONS, seeding: 'first', clusters: 3 }, context);
    expect([...sizes].every((each) => each > 0)).toBe(true);
    const same = { rowCount: 20, width: 1, column: () => Float32Array.from({ length: 20 }, (_, row) => row % 2) };
    for (const seeding of ['first', 'random', 'k-means++'] as const)
      await expect(clusterRows(same, { ...OPTIONS, seeding, clusters: 3 }, context)).rejects.toMatchObject({ code: 'rows_none' });
  });

  it('stops at once after an abort', async () => {
    const controller = new AbortController();
    let turns = 0;
    const breathe = async () => {
      if ((turns += 1) > 10) controller.abort(new Error('enough'));
      controller.signal.throwIfAborted();
    };
    await expect(clusterRows(makeRows(50_000, 8, 4, 2), { ...OPTIONS, tolerance: 0 }, { breathe })).rejects.toThrow('enough');
  });

  it('refuses rows that would not fit by an estimate, before it asks for a column', async () => {
    const column = (): Float32Array => {
      throw new Error('A column was asked for.');
    };
    const trained = clusterRows({ rowCount: 10_000_000, width: 1_000, column }, OPTIONS, context);
    const message = expect.stringMatching(/K-means of 10,000,000 rows × 1,000 columns needs \d+\.\d GB.*Use fewer rows/) as string;
    await expect(trained).rejects.toMatchObject({ code: 'memory_exhausted', message });
  });
});
