import { describe, expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import type { AtScoring, ColumnStep } from '../../kit/define.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { fuse, type Stage } from '../../kit/onnx/fuse.ts';
import { proveFused } from '../../kit/onnx/prove.server.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import { column, memoryTable, tableSchema, type Table } from '../../kit/table.ts';
import { deriveColumn } from './node.ts';

const runner = createOnnxRunner({ threads: 1 });
const schema = tableSchema([
  column('price', 'number', { nullable: true }),
  column('rooms', 'integer', { nullable: true }),
  column('city', 'category', { nullable: true }),
  column('day', 'datetime'),
]);
const count = 200;
const data = memoryTable(
  schema,
  new Map<string, Float64Array | (string | null)[]>([
    ['price', Float64Array.from({ length: count }, (_, row) => (row % 7 === 0 ? NaN : row * 1.1))],
    ['rooms', Float64Array.from({ length: count }, (_, row) => row % 5)],
    ['city', Array.from({ length: count }, (_, row) => ['Oslo', null, 'Rome'][row % 3]!)],
    ['day', Float64Array.from({ length: count }, (_, row) => row * 86_400_000)],
  ]),
);

/** A model that gives one column as it is. */
function model(name: string): Stage {
  const builder = new GraphBuilder();
  builder.output('score', builder.input(name, 'float'), 'float');
  const inputs = [{ name, type: 'number' as const, required: true }];
  return { as: 'graph', onnx: builder.toBytes(), signature: { kind: 'model', inputs, outputs: [{ name: 'score', type: 'number', role: 'score' }], drops: [] } };
}
const scoring = (params: { name: string; expression: string }, input = schema): AtScoring => deriveColumn.atScoring(params, { data: input });

describe('Derive Column in a model', () => {
  it('gives a request what the run gave its rows, through columns that are derived from derived ones', async () => {
    const derivations = [
      { name: 'per room', expression: 'price / rooms' },
      { name: 'price', expression: "if(city in ('Oslo') and [per room] > 20, round(price, 1), coalesce(price, -1))" },
      { name: 'total', expression: 'price + rooms * 2 ^ 0.5' },
    ];
    let table: Table = data;
    const stages: Stage[] = [];
    for (const params of derivations) {
      stages.push({ as: 'columns', steps: (scoring(params, table.schema) as { steps: readonly ColumnStep[] }).steps });
      table = (await runNode(deriveColumn, { data: table }, params)).outputs.data as Table;
    }
    stages.push(model('total'));
    const fused = fuse(stages, schema);
    expect(fused.signature.inputs.map((each) => each.name)).toEqual(['price', 'rooms', 'city']);
    const raw = { schema, columns: await data.read(), rowCount: count };
    const prepared = { schema: table.schema, columns: await table.read(), rowCount: count };
    for (const against of [prepared, null])
      expect(await proveFused({ stages, fused, input: schema, raw, prepared: against }, runner)).toMatchObject({ equal: true, rowCount: count });
  });

  it('is refused where a model cannot compute it, but only where the model needs it', () => {
    expect(scoring({ name: 'early', expression: "city < 'M'" })).toMatchObject({
      as: 'refuse',
      reason: expect.stringContaining('compares texts by their order') as string,
    });
    const stage: Stage = { as: 'columns', steps: [{ do: 'derive', name: 'early', expression: "if(city < 'M', 1, 0)" }] };
    expect(() => fuse([stage, model('early')], schema)).toThrow(/cannot be derived in a model/);
    expect(fuse([stage, model('price')], schema).signature.inputs.map((each) => each.name)).toEqual(['price']);
  });
});
