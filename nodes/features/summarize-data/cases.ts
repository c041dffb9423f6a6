import { defineCases } from '../../kit/define.ts';
import { memoryTable, tableOf } from '../../kit/table.ts';
import { SUMMARY, summarizeData } from './node.ts';

/** A summary by its cells, row by row in the order of the columns. */
function summary(...rows: readonly (readonly (number | string | null)[])[]) {
  const columns = SUMMARY.columns.map(({ name }, at) => {
    const cells = rows.map((row) => row[at] ?? null);
    return [name, at === 0 ? cells.map(String) : Float64Array.from(cells, (each) => (each === null ? NaN : Number(each)))] as const;
  });
  return memoryTable(SUMMARY, new Map(columns));
}

export const cases = defineCases(summarizeData, [
  {
    // Figures by NumPy and SciPy 1.17 (quantile; skew and kurtosis with bias=False).
    name: 'numbers have all figures, texts the first three',
    inputs: { data: tableOf({ x: [1, 2, 2, 3, 10, null], city: ['Oslo', 'Rome', 'Oslo', null, null, ''] }) },
    expect: {
      outputs: {
        results: summary(
          ['x', 6, 4, 1, 1, 10, 3.6, 2.56, 2, 2, 3, 2, 9, 13.3, 3.646916505762094, 2.028699102080332, 4.272146531742893, 1.02, 1.04, 1.2, 8.6, 9.86],
          ['city', 6, 3, 2],
        ),
      },
    },
  },
  {
    name: 'a constant column has no shape, and true counts as 1',
    inputs: { data: tableOf({ seven: [7, 7, 7, 7], yes: [true, false, true, true] }) },
    expect: {
      outputs: {
        results: summary(
          ['seven', 4, 1, 0, 7, 7, 7, 0, 7, 7, 7, 7, 0, 0, 0, null, null, 7, 7, 7, 7, 7],
          ['yes', 4, 2, 0, 0, 1, 0.75, 0.375, 0.75, 1, 1, 1, 1, 0.25, 0.5, -2, 4, 0.015, 0.03, 0.15, 1, 1],
        ),
      },
    },
  },
  {
    name: 'a column without values, and the smallest of several modes',
    inputs: { data: tableOf({ none: [null, null], two: [5, 4] }, { none: { type: 'number' } }) },
    expect: {
      outputs: {
        results: summary(
          ['none', 2, 0, 2],
          ['two', 2, 2, 0, 4, 5, 4.5, 0.5, 4.25, 4.5, 4.75, 4, 1, 0.5, Math.SQRT1_2, null, null, 4.005, 4.01, 4.05, 4.95, 4.995],
        ),
      },
    },
  },
]);
