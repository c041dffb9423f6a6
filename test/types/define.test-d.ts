/** Proves by the type checker alone (`tsc`) that wrong ports, parameters and outputs do not compile. Nothing here runs. */
import { z } from 'zod';
import { defineCases, defineNode, defineRun } from '#nodes/kit/define.ts';
import * as param from '#nodes/kit/params.ts';
import { tableOf } from '#nodes/kit/table.ts';

const node = defineNode({
  type: 'example',
  version: 1,
  title: 'Example',
  category: 'Data transformation',
  family: 'transform',
  icon: 'filter',
  summary: 'An example.',
  keywords: [],
  inputs: { data: { kind: 'table', title: 'Data' }, model: { kind: 'model', title: 'Model', optional: true } },
  outputs: { result: { kind: 'table', title: 'Result' }, report: { kind: 'report', title: 'Report' } },
  params: z.object({ rows: param.integer({ title: 'Rows', default: 1 }), mode: param.choice({ title: 'Mode', options: { a: 'A', b: 'B' }, default: 'a' }) }),
  deterministic: true,
  infer: ({ data, model }, { rows }) => {
    const columns: number | undefined = data?.columns.length;
    // @ts-expect-error a model's spec has no columns
    const wrong = model?.columns;
    // @ts-expect-error rows is a number
    const text: string = rows;
    return { outputs: { result: data }, issues: columns === undefined || wrong === text ? [] : [] };
  },
  atScoring: () => ({ as: 'identity' }),
});

const report = { type: 'registered', model: '', task: null } as const;

export const good = defineRun(node, ({ data, model }, { rows, mode }) => {
  const count: number = data.rowCount + rows;
  const bytes: Uint8Array | undefined = model?.onnx;
  const which: 'a' | 'b' = mode;
  return { result: count > 0 && bytes && which ? data : data, report };
});

// @ts-expect-error there is no input "table"
defineRun(node, ({ table }) => ({ result: table, report }));

// @ts-expect-error an optional input may be undefined
defineRun(node, ({ data, model }) => ({ result: data, report: model.summary.rowCount ? report : report }));

// @ts-expect-error the output "report" is missing
defineRun(node, ({ data }) => ({ result: data }));

// @ts-expect-error the output "result" is a table, not a number
defineRun(node, () => ({ result: 5, report }));

// @ts-expect-error there is no parameter "row"
defineRun(node, ({ data }, { row }) => ({ result: row ? data : data, report }));

// @ts-expect-error mode is "a" or "b"
defineRun(node, ({ data }, { mode }) => ({ result: mode === 'c' ? data : data, report }));

export const cases = defineCases(node, [
  { name: 'good', params: { rows: 2 }, inputs: { data: tableOf({ a: [1] }) }, expect: { outputs: {} } },
  // @ts-expect-error rows is a number
  { name: 'wrong parameter', params: { rows: 'two' }, expect: { outputs: {} } },
  // @ts-expect-error data is a table
  { name: 'wrong input', inputs: { data: 5 }, expect: { outputs: {} } },
  // @ts-expect-error there is no such code
  { name: 'wrong code', expect: { issue: 'no_such_code' } },
]);

defineNode({
  ...node,
  // @ts-expect-error there is no kind "tabel"
  inputs: { data: { kind: 'tabel', title: 'Data' } },
});
