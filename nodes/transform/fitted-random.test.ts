import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectAlike } from '#test/support/scored.ts';
import { runNode } from '#test/support/run-node.ts';
import { KEY, rows, tableWith, VALUE, type Cell, type Row } from '#test/support/small-tables.ts';
import { columnsNamed } from '../kit/columns.ts';
import type { AnyNode } from '../kit/define.ts';
import { NodeError } from '../kit/issues.ts';
import type { Transform } from '../kit/kinds.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import type { Table } from '../kit/table.ts';
import { cleanMissingData } from './clean-missing-data/node.ts';
import { clipValues } from './clip-values/node.ts';
import { convertToIndicatorValues } from './convert-to-indicator-values/node.ts';
import { groupCategoricalValues } from './group-categorical-values/node.ts';
import { groupDataIntoBins } from './group-data-into-bins/node.ts';
import { normalizeData } from './normalize-data/node.ts';
import { ordinalEncode } from './ordinal-encode/node.ts';

const runner = createOnnxRunner({ threads: 1 });
const some = rows.filter((each) => each.length > 0);
const settings = { numRuns: 15 };

/** What is expected of each row, by the column's name. */
type Expected = Readonly<Record<string, readonly Cell[]>>;

/** The node gives each row what is expected, and its graph the same; null expects an error of its own. */
async function expectColumns(node: AnyNode, data: Table, params: Record<string, unknown>, expected: Expected | null): Promise<void> {
  let outputs;
  try {
    ({ outputs } = await runNode(node, { data }, params));
  } catch (error) {
    if (expected === null && error instanceof NodeError) return;
    throw error;
  }
  expect(expected, 'it was expected to fail').not.toBeNull();
  const own = await (outputs.data as Table).read();
  const { onnx, signature } = outputs.transform as Transform;
  const columns = await data.read();
  // A model is not given numbers beyond float32: requests with such are refused.
  const isCarried = (columns.get(VALUE) as Float64Array).every((value) => Number.isNaN(value) || Number.isFinite(Math.fround(value)));
  const graph = isCarried ? await runner.apply(onnx, signature, columns, data.rowCount) : new Map<string, never>();
  for (const [name, cells] of Object.entries(expected!)) {
    const values = own.get(name);
    expect(values, `“${name}” among ${[...own.keys()].join(' | ')}`).toBeDefined();
    const asColumn = cells.every((cell) => typeof cell !== 'string')
      ? Float64Array.from(cells, (cell) => (cell === null ? NaN : Number(cell)))
      : cells.map((cell) => (cell === null ? null : String(cell)));
    expectAlike(asColumn, values instanceof Float64Array ? values : [...values!].map((value) => (value === '' ? null : value)), `“${name}” as expected`);
    if (graph.has(name)) expectAlike(graph.get(name)!, values!, `“${name}”`);
  }
}

/** A number as models see it: float32, null where it is missing or too large. */
const single = ({ value }: Row): number | null => (Number.isFinite(Math.fround(value)) ? Math.fround(value) : null);
const present = (table: readonly Row[]): number[] => table.map(single).filter((value) => value !== null);
const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
/** Between two values in proportion. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}
const key = ({ key: level }: Row): string | null => (level === '' ? null : level);
const levelsOf = (table: readonly Row[]): string[] =>
  [...new Set(table.map(key))].filter((level) => level !== null).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const rowsOf = (table: readonly Row[], level: string): number => table.filter((each) => key(each) === level).length;

/** The normal distribution, to 1e-12: the integral of its density by Simpson's rule. */
function normalCdf(z: number): number {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  const steps = 2_000;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let area = density(0) + density(z);
  for (let step = 1; step < steps; step += 1) area += density((z * step) / steps) * (step % 2 === 0 ? 2 : 4);
  return 0.5 + (area * z) / steps / 3;
}

const METHODS: Readonly<Record<string, (values: readonly number[]) => (x: number) => number | null>> = {
  zscore: (values) => {
    const [centre, spread] = [mean(values), Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)))];
    return (x) => (spread > 0 ? (x - centre) / spread : 0);
  },
  minmax: (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (x) => (high > low ? (x - low) / (high - low) : 0);
  },
  maxabs: (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (x) => (high > low ? x / Math.max(-low, high) : 0);
  },
  robust: (values) => {
    const distance = quantile(values, 0.75) - quantile(values, 0.25);
    const constant = Math.min(...values) === Math.max(...values);
    return (x) => (constant ? 0 : (x - quantile(values, 0.5)) / (distance > 0 ? distance : 1));
  },
  logistic: () => (x) => 1 / (1 + Math.exp(-x)),
  tanh: () => Math.tanh,
  lognormal: (values) => {
    const logarithms = values.filter((x) => x > 0).map(Math.log);
    const [centre, spread] = [mean(logarithms), Math.sqrt(mean(logarithms.map((x) => (x - mean(logarithms)) ** 2)))];
    return (x) => (x <= 0 ? null : new Set(logarithms).size > 1 ? normalCdf((Math.log(x) - centre) / spread) : 0);
  },
};

describe('on small random tables', () => {
  it.each(Object.keys(METHODS))('Normalize Data, %s, equals its formula', async (method) => {
    const property = fc.asyncProperty(some, async (table) => {
      const apply = METHODS[method]!(present(table));
      const expected = table.map((each) => {
        const x = single(each);
        return x === null ? null : apply(x);
      });
      await expectColumns(normalizeData, tableWith(table), { method }, { [VALUE]: expected });
    });
    await fc.assert(property, settings);
  });

  it('Clip Values equals a loop over rows', async () => {
    const substitutes = fc.constantFrom('threshold', 'mean', 'median', 'missing');
    const percents = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 })).map((pair) => pair.toSorted((a, b) => a - b));
    const property = fc.asyncProperty(some, fc.boolean(), percents, substitutes, substitutes, async (table, percentile, [low, high], down, up) => {
      const values = present(table);
      const [lower, upper] = percentile ? [low!, high!] : [-1, 1.25];
      const at = (share: number): number => (percentile ? quantile(values, share / 100) : share);
      const instead = (substitute: string, threshold: number): number | null =>
        substitute === 'missing' ? null : substitute === 'threshold' ? threshold : substitute === 'mean' ? mean(values) : quantile(values, 0.5);
      const cut = (x: number | null): readonly [Cell, boolean] => {
        if (x === null || values.length === 0) return [x, false];
        if (x > Math.fround(at(upper))) return [instead(up, at(upper)), true];
        return x < Math.fround(at(lower)) ? [instead(down, at(lower)), true] : [x, false];
      };
      const cuts = table.map((each) => cut(single(each)));
      const params = {
        clip: 'both',
        threshold: percentile ? 'percentile' : 'constant',
        lower,
        upper,
        lowerSubstitute: down,
        upperSubstitute: up,
        indicator: true,
      };
      await expectColumns(clipValues, tableWith(table), params, {
        [VALUE]: cuts.map(([value]) => value),
        [`${VALUE}_IsClipped`]: cuts.map(([, clipped]) => Number(clipped)),
      });
    });
    await fc.assert(property, settings);
  });

  it('Group Data into Bins equals a loop over edges', async () => {
    const property = fc.asyncProperty(
      some,
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom('quantiles', 'equal-width', 'custom'),
      async (table, bins, mode) => {
        const values = present(table);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const shares = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
        const wanted =
          mode === 'custom'
            ? [-1, 0, 1.5]
            : values.length === 0 || low === high
              ? []
              : shares.map((share) => (mode === 'quantiles' ? quantile(values, share) : low + share * (high - low)));
        const edges = [...new Set(wanted.map(Math.fround))].filter((edge) => mode !== 'quantiles' || edge < high);
        const expected = table.map((each) => {
          const x = single(each);
          return x === null ? null : 1 + edges.filter((edge) => x > edge).length;
        });
        const percents = expected.map((bin) => (bin === null ? null : Number(((bin / (edges.length + 1)) * 100).toFixed(6))));
        const params = { mode, bins, edges: [-1, 0, 1.5], categorical: false };
        await expectColumns(groupDataIntoBins, tableWith(table), params, { [`${VALUE}_quantized`]: expected });
        if (mode === 'quantiles')
          await expectColumns(groupDataIntoBins, tableWith(table), { ...params, normalization: 'percent' }, { [`${VALUE}_quantized`]: percents });
      },
    );
    // A third of the way of three steps is at the second value, not a rounding below it.
    const at = [0, 2, 1, -1.5].map((value) => ({ key: null, value }));
    await fc.assert(property, { ...settings, examples: [[at, 6, 'quantiles']] });
  });

  it('Ordinal Encode equals the place among the levels', async () => {
    const property = fc.asyncProperty(some, fc.boolean(), async (table, byFrequency) => {
      const levels = levelsOf(table);
      const ordered = byFrequency ? levels.toSorted((a, b) => rowsOf(table, b) - rowsOf(table, a)) : levels;
      const expected = table.map((each) => (key(each) === null ? null : ordered.indexOf(key(each)!)));
      await expectColumns(ordinalEncode, tableWith(table), { order: byFrequency ? 'frequency' : 'value' }, { [KEY]: expected });
    });
    await fc.assert(property, settings);
  });

  it('Convert to Indicator Values equals a comparison with each level', async () => {
    const property = fc.asyncProperty(some, async (table) => {
      const expected: Record<string, number[]> = {};
      for (const level of levelsOf(table)) {
        // Names differ not by case alone.
        const twin = levelsOf(table)
          .filter((each) => each.toLowerCase() === level.toLowerCase())
          .indexOf(level);
        expected[`${KEY}-${level}${twin > 0 ? `_${twin}` : ''}`] = table.map((each) => Number(key(each) === level));
      }
      if (table.some((each) => key(each) === null)) expected[`${KEY}-Missing`] = table.map((each) => Number(key(each) === null));
      await expectColumns(convertToIndicatorValues, tableWith(table), {}, expected);
    });
    await fc.assert(property, settings);
  });

  it('Group Categorical Values equals a count of rows', async () => {
    const property = fc.asyncProperty(some, fc.integer({ min: 1, max: 4 }), async (table, count) => {
      const expected = table.map((each) => (key(each) === null ? null : rowsOf(table, key(each)!) >= count ? key(each) : 'other'));
      await expectColumns(groupCategoricalValues, tableWith(table), { by: 'count', count }, { [KEY]: expected });
    });
    await fc.assert(property, settings);
  });

  it('Clean Missing Data equals a loop over columns', async () => {
    const property = fc.asyncProperty(some, fc.constantFrom('mean', 'median', 'mode'), async (table, mode) => {
      const values = present(table);
      const counts = new Map<number, number>();
      for (const { value } of table) if (!Number.isNaN(value)) counts.set(value + 0, (counts.get(value + 0) ?? 0) + 1);
      const most = Math.max(...counts.values());
      const common = Math.min(...[...counts].filter(([, count]) => count === most).map(([value]) => value));
      const filling = mode === 'mean' ? mean(values) : mode === 'median' ? quantile(values, 0.5) : common;
      const expected =
        (mode === 'mode' ? counts.size : values.length) === 0 ? null : table.map((each) => single(each) ?? (Number.isNaN(each.value) ? filling : each.value));
      const params = { mode, columns: columnsNamed(VALUE), allMissing: 'remove' };
      if (expected) await expectColumns(cleanMissingData, tableWith(table), params, { [VALUE]: expected });
      if (mode !== 'mode') return;
      const levels = levelsOf(table);
      const top = Math.max(0, ...levels.map((level) => rowsOf(table, level)));
      const level = levels.find((each) => rowsOf(table, each) === top);
      if (level !== undefined)
        await expectColumns(cleanMissingData, tableWith(table), { ...params, columns: columnsNamed(KEY) }, { [KEY]: table.map((each) => key(each) ?? level) });
    });
    const large: Row[] = [
      { key: null, value: 1e300 },
      { key: 'a', value: NaN },
    ];
    await fc.assert(property, { ...settings, examples: [[large, 'mode']] });
  });
});
