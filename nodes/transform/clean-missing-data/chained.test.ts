import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../kernels/random.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import type { Transform } from '../../kit/kinds.ts';
import { column, memoryTable, tableSchema, type Table } from '../../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { cleanMissingData } from './node.ts';

const LEVELS = ['a', 'b', 'c'];
const COUNT = 400;
const schema = tableSchema([
  column('x', 'number', { nullable: true }),
  column('__proto__', 'number', { nullable: true }),
  column('sum', 'number', { nullable: true }),
  column('kind', 'category', { nullable: true }),
  column('price', 'number', { role: 'label' }),
]);

/** Two normal columns, a third that follows from them and a category, with a fifth of the numbers missing; and the same without gaps. */
function example(): { truth: Float64Array[]; kinds: (string | null)[]; data: Table; gaps: boolean[][] } {
  const next = randomNumbers(7);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const [x, y, sum] = [0, 1, 2].map(() => new Float64Array(COUNT)) as [Float64Array, Float64Array, Float64Array];
  const kinds: (string | null)[] = [];
  for (let row = 0; row < COUNT; row += 1) {
    const level = Math.floor(next() * 3);
    kinds.push(next() < 0.1 ? null : LEVELS[level]!);
    x[row] = 1_000 + 50 * normal();
    y[row] = 3 * normal() + 5 * level;
    sum[row] = 0.2 * x[row]! + 2 * y[row]! + 0.5 * normal();
  }
  const truth = [x, y, sum];
  const gaps = truth.map(() => Array.from({ length: COUNT }, () => next() < 0.2));
  const values = truth.map((each, at) => each.map((value, row) => (gaps[at]![row] ? NaN : value)));
  const names = ['x', '__proto__', 'sum'];
  const columns = new Map<string, Float64Array | (string | null)[]>([
    ...names.map((name, at) => [name, values[at]!] as const),
    ['kind', kinds],
    ['price', x.map((value) => -value)],
  ]);
  return { truth, kinds, data: memoryTable(schema, columns), gaps };
}

/** Solves by Gauss elimination with pivoting. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at]!]);
  for (let at = 0; at < rows.length; at += 1) {
    const best = rows.slice(at).reduce((found, row, offset) => (Math.abs(row[at]!) > Math.abs(rows[found]![at]!) ? at + offset : found), at);
    [rows[at], rows[best]] = [rows[best]!, rows[at]!];
    for (let other = 0; other < rows.length; other += 1) {
      if (other === at) continue;
      const times = rows[other]![at]! / rows[at]![at]!;
      rows[other] = rows[other]!.map((value, column) => value - times * rows[at]![column]!);
    }
  }
  return rows.map((row, at) => row.at(-1)! / row[at]!);
}

/** The README's three steps, word by word. */
function plainly(values: readonly Float64Array[], kinds: readonly (string | null)[], rounds: number): Float64Array[] {
  const scales = values.map((each) => {
    const known = Array.from(each)
      .filter((value) => !Number.isNaN(value))
      .map(Math.fround);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
    return { mean, deviation, low: (Math.min(...known) - mean) / deviation, high: (Math.max(...known) - mean) / deviation };
  });
  const begin = (): number[][] =>
    Array.from(kinds, (kind, row) => [
      ...values.map((each, at) => (Number.isNaN(each[row]!) ? 0 : (Math.fround(each[row]!) - scales[at]!.mean) / scales[at]!.deviation)),
      ...LEVELS.map((level) => Number(level === kind)),
      1,
    ]);
  const missing = (at: number, row: number): boolean => Number.isNaN(values[at]![row]!);
  const order = values.map((_, at) => at).sort((a, b) => values[a]!.filter(Number.isNaN).length - values[b]!.filter(Number.isNaN).length || a - b);
  const clip = (at: number, value: number): number => Math.min(scales[at]!.high, Math.max(scales[at]!.low, value));
  const weights = new Map<number, number[]>();
  const estimate = (at: number, row: readonly number[]): number =>
    clip(
      at,
      weights.get(at)!.reduce((sum, weight, index) => sum + weight * row.filter((_, k) => k !== at)[index]!, 0),
    );
  const fitted = begin();
  for (let round = 0; round < rounds; round += 1) {
    let change = 0;
    for (const at of order) {
      const known = fitted.filter((_, row) => !missing(at, row));
      const others = known.map((row) => row.filter((_, k) => k !== at));
      const width = others[0]!.length;
      const gram = Array.from({ length: width }, (_, i) =>
        Array.from(
          { length: width },
          (_each, j) => others.reduce((sum, row) => sum + row[i]! * row[j]!, 0) + (i === j && i < width - 1 ? 0.001 * known.length : 0),
        ),
      );
      const right = Array.from({ length: width }, (_, i) => others.reduce((sum, row, index) => sum + row[i]! * known[index]![at]!, 0));
      weights.set(at, solve(gram, right));
      for (const [row, values_] of fitted.entries()) {
        if (!missing(at, row)) continue;
        const next = estimate(at, values_);
        change = Math.max(change, Math.abs(next - values_[at]!));
        values_[at] = next;
      }
    }
    if (change < 1e-4) break;
  }
  const applied = begin();
  for (let round = 0; round < rounds; round += 1)
    for (const at of order) for (const [row, each] of applied.entries()) if (missing(at, row)) each[at] = estimate(at, each);
  return values.map((each, at) => each.map((value, row) => (missing(at, row) ? scales[at]!.mean + scales[at]!.deviation * applied[row]![at]! : value)));
}

describe('chained regressions', () => {
  it('equal a plain loop over rows, equal the fitted graph, and are far nearer to the truth than means', async () => {
    const { truth, kinds, data, gaps } = example();
    const run = await runNode(cleanMissingData, { data }, { mode: 'iterative', rounds: 6, rules: [{ column: 'kind', mode: 'leave' }] });
    const found = [...(await (run.outputs.data as Table).read()).values()].slice(0, 3) as Float64Array[];
    const given = [...(await data.read()).values()].slice(0, 3) as Float64Array[];
    const expected = plainly(given, kinds, 6);
    const { onnx, signature } = run.outputs.transform as Transform;
    expect(signature.inputs.map(({ name }) => name)).toEqual(['x', '__proto__', 'sum', 'kind']);
    const graph = await createOnnxRunner({ threads: 1 }).apply(onnx, signature, await data.read(), COUNT);
    for (const [at, name] of ['x', '__proto__', 'sum'].entries()) {
      let [errors, ofMeans] = [0, 0];
      const mean = given[at]!.filter((value) => !Number.isNaN(value)).reduce((sum, value, _, all) => sum + value / all.length, 0);
      for (let row = 0; row < COUNT; row += 1) {
        expect(found[at]![row]).toBeCloseTo(expected[at]![row]!, 6);
        expect((graph.get(name) as Float64Array)[row]! / Math.fround(found[at]![row]!)).toBeCloseTo(1, 5);
        if (!gaps[at]![row]) continue;
        errors += (found[at]![row]! - truth[at]![row]!) ** 2;
        ofMeans += (mean - truth[at]![row]!) ** 2;
      }
      expect(errors, name).toBeLessThan(0.7 * ofMeans);
    }
  });
});
