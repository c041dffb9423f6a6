import { describe, expect, it } from 'vitest';
import type { RunContext } from '../kit/context.ts';
import type { AnyNode } from '../kit/define.ts';
import type { Transform } from '../kit/kinds.ts';
import { relativeDifference } from '../kit/onnx/prove.server.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import { tableOf, type Table } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { applyTransformation } from './apply-transformation/node.ts';
import { clipValues } from './clip-values/node.ts';
import { figuresOf } from './fitted-columns.server.ts';
import { groupCategoricalValues } from './group-categorical-values/node.ts';
import { groupDataIntoBins } from './group-data-into-bins/node.ts';
import { normalizeData } from './normalize-data/node.ts';
import { ordinalEncode } from './ordinal-encode/node.ts';
import { targetEncode } from './target-encode/node.ts';

const ROWS = 400;
const cells = <T>(make: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => make(row));
const NAMES = ["L'Aquila", 'Ålesund', 'yes "no"', 'Oslo 🌍', '__proto__', ' a'];
/** Some missing, and two beyond float32. */
const price = cells((row) => (row % 17 === 0 ? null : row === 55 ? 1e300 : row === 56 ? -1e200 : Math.sin(row * 12.9) * 1e3 + row / 7));
const city = cells((row) => (row % 23 === 0 ? null : row % 29 === 0 ? '' : NAMES[Math.floor(Math.abs(Math.sin(row)) ** 3 * NAMES.length)]!));
const data = tableOf(
  { price, count: cells((row) => (row * row) % 50), city, left: cells((row) => (row % 3 === 0 || (row * row) % 50 > 30 ? 'yes' : 'no')) },
  { count: { type: 'integer' }, left: { role: 'label' } },
);

const cellsOf = async (table: Table, name: string) => (await table.read([name])).get(name)!;

/** The fitted graph, applied by Apply Transformation, gives each row what the node's own table has. */
async function expectSame(node: AnyNode, params: Record<string, unknown>): Promise<void> {
  const { outputs } = await runNode(node, { data }, params);
  const applied = await runNode(applyTransformation, { transform: outputs.transform, data });
  const [own, again] = [outputs.data as Table, applied.outputs.data as Table];
  expect(again.schema.columns.map(({ name, type }) => [name, type])).toEqual(own.schema.columns.map(({ name, type }) => [name, type]));
  for (const { name } of own.schema.columns) {
    const [a, b] = [await cellsOf(own, name), await cellsOf(again, name)];
    for (let row = 0; row < ROWS; row += 1) {
      const [left, right] = [a[row]!, b[row]!];
      if (typeof left === 'number' && typeof right === 'number') expect(relativeDifference(left, right), `${name}, row ${row}`).toBeLessThanOrEqual(1e-5);
      else expect(right, `${name}, row ${row}`).toBe(left);
    }
  }
}

describe('Apply Transformation gives a node’s own rows what the node gave', () => {
  it.each<[AnyNode, Record<string, unknown>]>([
    [normalizeData, { method: 'robust' }],
    [clipValues, { clip: 'both', threshold: 'percentile', lower: 5, upper: 90, lowerSubstitute: 'median', indicator: true }],
    [clipValues, { clip: 'both', lower: -100, upper: 300.1, upperSubstitute: 'missing', overwrite: false, indicator: true }],
    [groupDataIntoBins, { bins: 7 }],
    [groupDataIntoBins, { bins: 300, mode: 'equal-width', categorical: false, output: 'inplace' }],
    [groupDataIntoBins, { bins: 6, mode: 'tree', output: 'result' }],
    [ordinalEncode, { order: 'frequency', overwrite: false }],
    [groupCategoricalValues, { share: 0.15 }],
    [groupCategoricalValues, { by: 'mapping', mapping: `L'Aquila = south\n"yes ""no""" = "a = b"` }],
  ])('%# $type', async (node, params) => {
    await expectSame(node, params);
  });
});

describe('Target Encode', () => {
  const encode = async (labels: (string | null)[], params: object = {}) => {
    const table = tableOf({ city, left: labels }, { left: { role: 'label' } });
    const { outputs } = await runNode(targetEncode, { data: table }, { seed: 3, ...params });
    return { own: await cellsOf(outputs.data as Table, 'city'), transform: outputs.transform as Transform };
  };
  const labels = cells((row) => (row % 31 === 0 ? null : row % 3 === 0 ? 'yes' : 'no'));

  it('gives the smoothed mean of each level over all rows, and the mean of all to unknown ones', async () => {
    const { transform } = await encode(labels, { smoothing: 4 });
    const wanted = [...NAMES, null, 'unknown'];
    const given = await createOnnxRunner({ threads: 1 }).apply(transform.onnx, transform.signature, new Map([['city', wanted]]), wanted.length);
    const mean = (rows: number[]) => rows.filter((row) => labels[row] === 'yes').length / Math.max(1, rows.length);
    const known = cells((row) => row).filter((row) => labels[row] !== null);
    for (const [index, level] of wanted.entries()) {
      const rows = known.filter((row) => (city[row] === '' ? null : city[row]) === level);
      const expected = (mean(rows) * rows.length + 4 * mean(known)) / (rows.length + 4);
      expect(given.get('city')![index], String(level)).toBeCloseTo(expected, 5);
    }
  });

  it('keeps a row’s own label out of its mean, but not out of those of others', async () => {
    const { own } = await encode(labels);
    const row = 50;
    const { own: after } = await encode(labels.with(row, labels[row] === 'yes' ? 'no' : 'yes'));
    expect(after[row]).toBe(own[row]);
    expect(cells((each) => after[each] !== own[each]).filter(Boolean).length).toBeGreaterThan(ROWS / 20);
  });

  it('deals by the seed', async () => {
    const [one, again, other] = [await encode(labels), await encode(labels), await encode(labels, { seed: 4 })];
    expect(again.own).toEqual(one.own);
    expect(other.own).not.toEqual(one.own);
  });
});

it('figures that nobody asks for take no query', async () => {
  const context = { only: () => Promise.reject(new Error('asked')), rows: () => Promise.reject(new Error('asked')) } as unknown as RunContext;
  expect(await figuresOf(['price', 'count'], {}, data, context)).toEqual([{}, {}]);
  await expect(figuresOf(['price'], { mean: (value) => `avg(${value})` }, data, context)).rejects.toThrow('asked');
});
