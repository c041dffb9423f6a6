import { describe, expect, it } from 'vitest';
import { column, tableSchema, type Columns } from '../table.ts';
import type { Signature, SignatureOutput } from '../signature.ts';
import { float, floats, GraphBuilder, int, strings } from './builder.ts';
import { castInGraph, castValues, eightDigits } from './cast.ts';
import { encodeFeatures, matrixColumns, type FeatureEncoding } from './encode.ts';
import { fuse, type Stage } from './fuse.ts';
import { metadataOf, readSignature, readSummary, writeSignature } from './metadata.ts';
import { proveFused, sampleRows } from './prove.server.ts';
import { BATCH_ROWS, createOnnxRunner } from './session.server.ts';

const runner = createOnnxRunner({ threads: 1 });
const score: SignatureOutput = { name: 'Scored Labels', type: 'number', role: 'score' };

/** Fills the missing values of one column in place. */
function imputer(name: string, value: number): Extract<Stage, { as: 'graph' }> {
  const builder = new GraphBuilder();
  const filled = builder.ml('Imputer', [builder.input(name, 'float')], { imputed_value_floats: floats([value]), replaced_value_float: float(NaN) });
  builder.output(name, filled, 'float');
  const signature: Signature = {
    kind: 'transform',
    inputs: [{ name, type: 'number', required: false, example: 3 }],
    outputs: [{ name, type: 'number', role: 'feature' }],
    drops: [],
  };
  return { as: 'graph', onnx: builder.toBytes(metadataOf(signature)), signature };
}

const features: FeatureEncoding[] = [
  { name: 'age', type: 'number', impute: 7, offset: 1, scale: 2 },
  { name: 'city', type: 'category', levels: ['Oslo', 'Rome'] },
];

/** age' · 1 + Oslo · 10 + Rome · 20, with age' = (age − 1) · 2. */
function linear(): Extract<Stage, { as: 'graph' }> {
  const builder = new GraphBuilder();
  const { matrix } = encodeFeatures(builder, features);
  const result = builder.ml('LinearRegressor', [matrix], { coefficients: floats([1, 10, 20]), intercepts: floats([0]), targets: int(1) });
  builder.output(score.name, result, 'float');
  const signature: Signature = {
    kind: 'model',
    inputs: [
      { name: 'age', type: 'number', required: true, minimum: 0, maximum: 90 },
      { name: 'city', type: 'category', required: true, levels: ['Oslo', 'Rome'] },
    ],
    outputs: [score],
    drops: [],
    task: 'regression',
    label: { name: 'price', type: 'number' },
  };
  return { as: 'graph', onnx: builder.toBytes(metadataOf(signature)), signature };
}

const rows: Columns = new Map<string, Float64Array | (string | null)[]>([
  ['age', Float64Array.of(2, NaN, 4)],
  ['city', ['Oslo', null, 'Paris']],
]);

describe('encoding of features', () => {
  it('imputes, scales and writes indicators, with unknown and missing categories as zeros', async () => {
    const { onnx, signature } = linear();
    const result = await runner.apply(onnx, signature, rows, 3);
    expect([...result.get('Scored Labels')!]).toEqual([2 + 10, 12, 6]);
    expect(matrixColumns(features)).toEqual([{ feature: 'age' }, { feature: 'city', level: 'Oslo' }, { feature: 'city', level: 'Rome' }]);
  });
});

describe('the runner', () => {
  it('gives the same in several batches, and stops when asked to', async () => {
    const { onnx, signature } = linear();
    const count = BATCH_ROWS * 2 + 5;
    const many: Columns = new Map<string, Float64Array | string[]>([
      ['age', Float64Array.from({ length: count }, (_, row) => row % 50)],
      ['city', Array.from({ length: count }, (_, row) => (row % 2 ? 'Oslo' : 'Rome'))],
    ]);
    const values = (await runner.apply(onnx, signature, many, count)).get('Scored Labels')!;
    expect(values.length).toBe(count);
    expect([values[1], values[BATCH_ROWS * 2 + 3]]).toEqual([10, (((BATCH_ROWS * 2 + 3) % 50) - 1) * 2 + 10]);
    const control = new AbortController();
    const stopped = runner.apply(onnx, signature, many, count, control.signal);
    control.abort();
    await expect(stopped).rejects.toThrow(/abort/i);
  });

  it('refuses what is no model, and rows without a required column', async () => {
    const { onnx, signature } = linear();
    await expect(runner.apply(new Uint8Array([1, 2, 3]), signature, rows, 3)).rejects.toMatchObject({ code: 'model_mismatch' });
    await expect(runner.apply(onnx, signature, new Map([['age', Float64Array.of(1)]]), 1)).rejects.toMatchObject({ code: 'column_missing' });
  });

  it('gives nothing for no rows', async () => {
    const { onnx, signature } = linear();
    expect(
      (
        await runner.apply(
          onnx,
          signature,
          new Map<string, Float64Array | string[]>([
            ['age', new Float64Array()],
            ['city', []],
          ]),
          0,
        )
      ).get('Scored Labels'),
    ).toHaveLength(0);
  });
});

describe('metadata', () => {
  it('comes back as it was written', () => {
    const { onnx, signature } = linear();
    expect(readSignature(onnx)).toEqual(signature);
    expect(readSummary(onnx)).toBeUndefined();
    const changed = writeSignature(onnx, { ...signature, rowCount: 12 });
    expect(readSignature(changed)).toEqual({ ...signature, rowCount: 12 });
  });
});

describe('fuse', () => {
  const input = tableSchema([column('unused', 'number'), column('years', 'text', { nullable: true }), column('town', 'category')]);
  const stages: Stage[] = [
    {
      as: 'columns',
      steps: [
        { do: 'rename', from: 'years', to: 'age' },
        { do: 'cast', column: 'age', to: 'number' },
        { do: 'rename', from: 'town', to: 'city' },
      ],
    },
    imputer('age', 3),
    { as: 'columns', steps: [{ do: 'keep', columns: ['age', 'city'] }] },
    linear(),
  ];
  const raw = {
    schema: input,
    columns: new Map<string, Float64Array | (string | null)[]>([
      ['unused', Float64Array.of(1, 2, 3, 4)],
      ['years', ['4', null, ' 8.5 ', 'n/a']],
      ['town', ['Oslo', 'Rome', 'Paris', 'Oslo']],
    ]),
    rowCount: 4,
  };

  it('makes one model of renames, casts and graphs, equal to applying them one by one', async () => {
    const fused = fuse(stages, input);
    expect(fused.signature.inputs).toEqual([
      { name: 'years', type: 'text', required: false },
      { name: 'town', type: 'category', required: true, levels: ['Oslo', 'Rome'] },
    ]);
    const result = await runner.apply(fused.onnx, fused.signature, raw.columns, 4);
    expect([...result.get('Scored Labels')!]).toEqual([16, 24, 15, 14]);
    const proof = await proveFused({ stages, fused, input, raw }, runner);
    expect(proof).toEqual({ rowCount: 4, equal: true, largestDifference: 0, differingLabels: 0, against: 'stages' });
    expect(sampleRows(fused.signature, raw).slice(0, 2)).toEqual([
      { years: '4', town: 'Oslo' },
      { years: null, town: 'Rome' },
    ]);
  });

  it('sees a difference from what the run prepared', async () => {
    const fused = fuse(stages, input);
    const prepared = {
      schema: input,
      rowCount: 4,
      columns: new Map<string, Float64Array | string[]>([
        ['age', Float64Array.of(4, 3, 8.5, 3)],
        ['city', ['Oslo', 'Rome', 'Paris', 'Oslo']],
      ]),
    };
    expect(await proveFused({ stages, fused, input, raw, prepared }, runner)).toMatchObject({ equal: true, against: 'run' });
    const other = { ...prepared, columns: new Map([...prepared.columns, ['age', Float64Array.of(4, 3, 8.5, 4)] as const]) };
    expect(await proveFused({ stages, fused, input, raw, prepared: other }, runner)).toMatchObject({ equal: false });
  });

  it('merges two graphs that both replace one column, and keeps a model without an imputer strict', async () => {
    const schema = tableSchema([column('age', 'number', { nullable: true }), column('city', 'category')]);
    const fused = fuse([imputer('age', 3), imputer('age', 9), linear()], schema);
    expect(fused.signature.inputs[0]).toEqual({ name: 'age', type: 'number', required: false, example: 3 });
    expect([...(await runner.apply(fused.onnx, fused.signature, rows, 3)).get('Scored Labels')!]).toEqual([12, 4, 6]);
  });

  it('says which column is not there or has another type', () => {
    expect(() => fuse([linear()], tableSchema([column('age', 'number')]))).toThrow(/"city"/);
    expect(() => fuse([linear()], tableSchema([column('age', 'text'), column('city', 'text')]))).toThrow(/"age" as number/);
    const dated: Stage[] = [{ as: 'columns', steps: [{ do: 'cast', column: 'age', to: 'number' }] }, linear()];
    expect(() => fuse(dated, tableSchema([column('age', 'datetime'), column('city', 'text')]))).toThrow(/from datetime into number/);
    expect(() => fuse([], input)).toThrow(/no fitted model/);
  });

  it('lets a transform take the label as long as the model does not need it', async () => {
    const schema = tableSchema([column('age', 'number'), column('city', 'category')]);
    const label = imputer('price', 1);
    const required = { ...label, signature: { ...label.signature, inputs: [{ name: 'price', type: 'number' as const, required: true }] } };
    const fused = fuse([required, linear()], schema);
    expect(fused.signature.inputs.map((each) => each.name)).toEqual(['age', 'city']);
    const raw = { schema, columns: rows, rowCount: 3 };
    expect(await proveFused({ stages: [required, linear()], fused, input: schema, raw }, runner)).toMatchObject({ equal: true, against: 'stages' });
  });

  it('fills a column that no request has and no stage requires', async () => {
    const builder = new GraphBuilder();
    const a = builder.input('a', 'float');
    const filled = builder.ml('Imputer', [builder.input('b', 'float')], { imputed_value_floats: floats([5]), replaced_value_float: float(NaN) });
    builder.output('sum', builder.node('Add', [a, filled]), 'float');
    const signature: Signature = {
      kind: 'model',
      inputs: [
        { name: 'a', type: 'number', required: true },
        { name: 'b', type: 'number', required: false },
      ],
      outputs: [{ name: 'sum', type: 'number', role: 'score' }],
      drops: [],
    };
    const fused = fuse([{ as: 'graph', onnx: builder.toBytes(), signature }], tableSchema([column('z', 'text'), column('a', 'number')]));
    expect(fused.signature.inputs.map((each) => each.name)).toEqual(['a']);
    expect([...(await runner.apply(fused.onnx, fused.signature, new Map([['a', Float64Array.of(1, 2)]]), 2)).get('sum')!]).toEqual([6, 7]);
  });
});

describe('casts', () => {
  const numbers = Float64Array.of(0, 1, -1, 12, 0.1, -2.75, 1234567.5, 1e-7, 3.4e20, NaN, 16777216);
  const texts = ['1', ' 2.5', '-3e2 ', 'n/a', '', null, '1e99', 'true', 'No', '.5', '7.'];
  const pairs = [
    ['number', 'text', numbers],
    ['integer', 'category', Float64Array.of(0, -5, 123456, NaN)],
    ['boolean', 'text', Float64Array.of(0, 1, NaN)],
    ['number', 'integer', Float64Array.of(1.9, -1.9, 0, NaN)],
    ['number', 'boolean', numbers],
    ['text', 'number', texts],
    ['text', 'integer', texts],
    ['category', 'boolean', texts],
  ] as const;
  it.each(pairs)('from %s to %s are the same in a graph and in memory', async (from, to, values) => {
    const builder = new GraphBuilder();
    const textual = to === 'text' || to === 'category';
    builder.output(
      'y',
      castInGraph(builder, builder.input('x', from === 'text' || from === 'category' ? 'string' : 'float'), from, to),
      textual ? 'string' : 'float',
    );
    const signature: Signature = {
      kind: 'transform',
      inputs: [{ name: 'x', type: from, required: true }],
      outputs: [{ name: 'y', type: to, role: 'feature' }],
      drops: [],
    };
    const result = (await runner.apply(builder.toBytes(), signature, new Map([['x', values as Float64Array]]), values.length)).get('y')!;
    expect([...result].map((each) => (Object.is(each, -0) ? 0 : each))).toEqual(
      [...castValues(values as Float64Array, from, to)].map((each) => (Object.is(each, -0) ? 0 : each)),
    );
  });

  it('write 8 digits as C does', () => {
    expect([0, 1, 0.1, 1234567.5, 123456789, 1e-5, 1e20, -2.5].map(eightDigits)).toEqual([
      '0',
      '1',
      '0.1',
      '1234567.5',
      '1.2345679e+08',
      '1e-05',
      '1e+20',
      '-2.5',
    ]);
  });
});

it('column names may be anything', async () => {
  const builder = new GraphBuilder();
  const odd = 'größe "1", \'x\' / 漢字 ; :0';
  builder.output(odd, builder.ml('LabelEncoder', [builder.input(odd, 'string')], { keys_strings: strings(['a']), values_strings: strings(['A']) }), 'string');
  const signature: Signature = {
    kind: 'transform',
    inputs: [{ name: odd, type: 'text', required: true }],
    outputs: [{ name: odd, type: 'text', role: 'feature' }],
    drops: [],
  };
  expect((await runner.apply(builder.toBytes(), signature, new Map([[odd, ['a', 'b']]]), 2)).get(odd)).toEqual(['A', '_Unused']);
});
