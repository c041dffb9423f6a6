import { expect, it } from 'vitest';
import type { AnyNode } from '../kit/define.ts';
import { tableOf, type Table } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { cleanMissingData } from './clean-missing-data/node.ts';
import { clipValues } from './clip-values/node.ts';
import { convertToIndicatorValues } from './convert-to-indicator-values/node.ts';
import { groupDataIntoBins } from './group-data-into-bins/node.ts';
import { normalizeData } from './normalize-data/node.ts';
import { ordinalEncode } from './ordinal-encode/node.ts';
import { pivotData } from './pivot-data/node.ts';
import { targetEncode } from './target-encode/node.ts';

const SOME = ['v0', 'a "quoted" name', 'whole', 'city'];

/** Some columns among so many others, which are all different. */
function tableAmong(others: number, rows: number): Table {
  const cells = <T>(make: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => make(row));
  const some = {
    v0: cells((row) => (row % 5 === 0 ? null : Math.sin(row * 7.1) * 9)),
    'a "quoted" name': cells((row) => (row * 31) % 17),
    whole: cells((row) => row % 13),
    city: cells((row) => ['Oslo', null, 'Rome', 'L’Aquila'][(row * row) % 4]!),
  };
  const more = Object.fromEntries(
    Array.from({ length: others }, (_, at) => [`c${at}`, cells((row) => (row % 11 === 0 ? null : ((row * (at + 3)) % 101) / 7))]),
  );
  return tableOf({ ...more, ...some }, { whole: { type: 'integer' } });
}

it.each<[AnyNode, Record<string, unknown>, number]>([
  [normalizeData, { method: 'robust' }, 60],
  [clipValues, { clip: 'both', upperSubstitute: 'mean', lowerSubstitute: 'missing', indicator: true, overwrite: false }, 60],
  [groupDataIntoBins, { bins: 4 }, 60],
  [cleanMissingData, { mode: 'mode' }, 60],
  [cleanMissingData, { mode: 'remove-row' }, 60],
  [ordinalEncode, {}, 60],
  [targetEncode, { label: 'whole' }, 60],
  [convertToIndicatorValues, { columns: { mode: 'names', names: ['city'] } }, 60],
  [convertToIndicatorValues, { columns: { mode: 'names', names: ['city'] }, overwrite: true }, 2_100],
  [normalizeData, { method: 'minmax' }, 2_100],
])('%# $type makes of columns among 520 what it makes of them alone', async (node, params, rows) => {
  const [wide, few] = await Promise.all([tableAmong(520, rows), tableAmong(0, rows)].map((data) => runNode(node, { data }, params)));
  const alone = few!.outputs.data as Table;
  const among = wide!.outputs.data as Table;
  const made = alone.schema.columns.filter(({ name }) => (node === cleanMissingData && params.mode === 'remove-row' ? SOME.slice(1, 3).includes(name) : true));
  expect(among.schema.columns.filter(({ name }) => made.some((each) => each.name === name))).toEqual(made);
  const [own, again] = [await alone.read(), await among.read(made.map(({ name }) => name))];
  if (node === cleanMissingData && params.mode === 'remove-row') expect(among.rowCount).toBeLessThan(alone.rowCount);
  else for (const { name } of made) expect([name, again.get(name)]).toEqual([name, own.get(name)]);
  expect(wide!.outputs.transform.signature.inputs.filter(({ name }: { name: string }) => SOME.includes(name))).toEqual(few!.outputs.transform.signature.inputs);
});

it('Pivot makes of columns among 520 what it makes of them alone', async () => {
  const params = { rows: { mode: 'names', names: ['whole'] }, column: 'city', aggregations: [{ function: 'mean', column: 'v0' }] };
  const [wide, few] = await Promise.all([tableAmong(520, 60), tableAmong(0, 60)].map((data) => runNode(pivotData, { data }, params)));
  const [among, alone] = [wide!.outputs.data as Table, few!.outputs.data as Table];
  expect([among.schema, await among.read()]).toEqual([alone.schema, await alone.read()]);
});
