import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { column, memoryTable, tableSchema, type Table } from '../kit/table.ts';
import { computeLinearCorrelation } from './compute-linear-correlation/node.ts';
import { SUMMARY, summarizeData } from './summarize-data/node.ts';

const NAMES = ['__proto__', 'a "quoted" name', "it's 😀"] as const;
const value = fc.oneof(
  fc.constantFrom(NaN, 0, -0, 1, 1, 2, -1.5, 1e6),
  fc.integer({ min: -8_000, max: 8_000 }).map((eighths) => eighths / 8),
);
const tables = fc.array(fc.tuple(value, value, value), { maxLength: 14 });
const settings = { numRuns: 15 };

const tableOfRows = (rows: readonly (readonly number[])[]): Table =>
  memoryTable(
    tableSchema(NAMES.map((name) => column(name, 'number', { nullable: true }))),
    new Map(NAMES.map((name, at) => [name, Float64Array.from(rows, (row) => row[at]!)])),
  );
const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function expectNear(found: number, wanted: number, what: string): void {
  if (Number.isNaN(wanted)) expect(found, what).toBeNaN();
  else expect(Math.abs(found - wanted), `${what}: ${found}, not ${wanted}`).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(wanted)));
}

/** The figures of Summarize Data that numbers have. */
function figuresOf(values: readonly number[]): Record<string, number> {
  const count = values.length;
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (share: number): number => {
    const place = share * (count - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return low + (high - low) * (place - Math.floor(place));
  };
  const centre = mean(values);
  const moment = (power: number): number => mean(values.map((each) => (each - centre) ** power));
  const counts = new Map<number, number>();
  for (const each of values) counts.set(each + 0, (counts.get(each + 0) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const variance = count > 1 ? (moment(2) * count) / (count - 1) : NaN;
  const constant = sorted[0] === sorted.at(-1);
  const skewness = count > 2 && !constant ? ((moment(3) / moment(2) ** 1.5) * Math.sqrt(count * (count - 1))) / (count - 2) : NaN;
  const excess = moment(4) / moment(2) ** 2 - 3;
  return {
    Min: sorted[0]!,
    Max: sorted.at(-1)!,
    Mean: centre,
    'Mean Deviation': mean(values.map((each) => Math.abs(each - centre))),
    Q1: quantile(0.25),
    Median: quantile(0.5),
    Q3: quantile(0.75),
    Mode: Math.min(...[...counts].filter(([, rows]) => rows === most).map(([each]) => each)),
    Range: sorted.at(-1)! - sorted[0]!,
    'Sample Variance': variance,
    Skewness: skewness,
    Kurtosis: count > 3 && !constant ? ((count - 1) / ((count - 2) * (count - 3))) * ((count + 1) * excess + 6) : NaN,
    'P0.5': quantile(0.005),
    P1: quantile(0.01),
    P95: quantile(0.95),
  };
}

/** Mean ranks, as equal values have them. */
const ranks = (values: readonly number[]): number[] =>
  values.map((each) => values.filter((other) => other < each).length + (values.filter((other) => other === each).length + 1) / 2);
function pearson(a: readonly number[], b: readonly number[]): number {
  if (new Set(a.map((each) => each + 0)).size < 2 || new Set(b.map((each) => each + 0)).size < 2) return NaN;
  const [x, y] = [a.map((each) => each - mean(a)), b.map((each) => each - mean(b))];
  return sum(x.map((each, at) => each * y[at]!)) / Math.sqrt(sum(x.map((each) => each ** 2)) * sum(y.map((each) => each ** 2)));
}

describe('on small random tables', () => {
  it('Summarize Data equals its formulas', async () => {
    const property = fc.asyncProperty(tables, async (rows) => {
      const { outputs } = await runNode(summarizeData, { data: tableOfRows(rows) }, {});
      const found = await (outputs.results as Table).read();
      expect([...found.keys()]).toEqual(SUMMARY.columns.map(({ name }) => name));
      for (const [at, name] of NAMES.entries()) {
        const values = rows.map((row) => row[at]!).filter((each) => !Number.isNaN(each));
        const cell = (figure: string): number => Number((found.get(figure) as Float64Array)[at]);
        expect([cell('Count'), cell('Unique'), cell('Missing')]).toEqual([
          rows.length,
          new Set(values.map((each) => each + 0)).size,
          rows.length - values.length,
        ]);
        if (values.length === 0) expect(cell('Mean')).toBeNaN();
        else for (const [figure, wanted] of Object.entries(figuresOf(values))) expectNear(cell(figure), wanted, `${figure} of ${name}: ${values.join(' ')}`);
      }
    });
    await fc.assert(property, settings);
  });

  it.each(['pearson', 'spearman'] as const)('Compute Linear Correlation, %s, equals its formula', async (method) => {
    const property = fc.asyncProperty(tables, async (rows) => {
      const { outputs } = await runNode(computeLinearCorrelation, { data: tableOfRows(rows) }, { method });
      const found = await (outputs.results as Table).read();
      for (const [one, name] of NAMES.entries())
        for (const [other] of NAMES.entries()) {
          const both = rows.filter((row) => !Number.isNaN(row[one]!) && !Number.isNaN(row[other]!));
          const [a, b] = [both.map((row) => row[one]!), both.map((row) => row[other]!)];
          const wanted = method === 'pearson' ? pearson(a, b) : pearson(ranks(a), ranks(b));
          expectNear((found.get(name) as Float64Array)[other]!, wanted, `${name} and ${NAMES[other]}: ${JSON.stringify(both)}`);
        }
    });
    await fc.assert(property, settings);
  });
});
