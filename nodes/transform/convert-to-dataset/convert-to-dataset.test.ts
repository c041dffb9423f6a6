import { expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import type { AtScoring } from '../../kit/define.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { fuse, type Stage } from '../../kit/onnx/fuse.ts';
import { proveFused } from '../../kit/onnx/prove.server.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import { isTextual, tableOf, type Table } from '../../kit/table.ts';
import { convertToDataset } from './node.ts';

const data = tableOf({ '__proto__]': [0.1, null, 7, 0], city: ['?', "it's", '', null], yes: [true, false, null, true] });

/** A model that gives each column as it is. */
function model(): Stage {
  const builder = new GraphBuilder();
  const outputs = data.schema.columns.map(({ name, type }) => {
    const kind = isTextual(type) ? 'string' : 'float';
    builder.output(`of ${name}`, builder.input(name, kind), kind);
    return { name: `of ${name}`, type, role: 'score' as const };
  });
  const inputs = data.schema.columns.map(({ name, type }) => ({ name, type, required: false }));
  return { as: 'graph', onnx: builder.toBytes(), signature: { kind: 'model', inputs, outputs, drops: [] } };
}

it.each([
  { action: 'setMissing', missingValue: '?' },
  { action: 'setMissing', missingValue: '0.1' },
  { action: 'replace', newValue: '0' },
  { action: 'replace', replace: 'custom', customValue: "it's", newValue: "it isn't" },
  { action: 'replace', replace: 'custom', customValue: '0', newValue: '1' },
])('changes a request as it changed the rows of the run: %o', async (some) => {
  const params = convertToDataset.params.parse(some);
  const at = convertToDataset.atScoring(params, { data: data.schema }) as AtScoring & { as: 'columns' };
  const stages: Stage[] = [{ as: 'columns', steps: at.steps }, model()];
  const fused = fuse(stages, data.schema);
  const table = (await runNode(convertToDataset, { data }, some)).outputs.data as Table;
  const raw = { schema: data.schema, columns: await data.read(), rowCount: 4 };
  const prepared = { schema: table.schema, columns: await table.read(), rowCount: 4 };
  expect(await proveFused({ stages, fused, input: data.schema, raw, prepared }, createOnnxRunner({ threads: 1 }))).toMatchObject({ equal: true, rowCount: 4 });
});
