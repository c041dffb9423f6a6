import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AttributeProtoSchema, ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation, type ModelProto } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { createOnnxRunner } from '../session.server.ts';
import { body, floats, GraphBuilder, int, strings, tensor } from '../builder.ts';
import { inspectImported } from './inspect.ts';
import { meaningOf, whyNotMeant } from './meaning.ts';
import type { ImportedMeaning } from './types.ts';
import { wrapImported } from './wrap.ts';

const runner = createOnnxRunner({ threads: 1 });

/** As skl2onnx writes a classifier of two numbers: a label, and probabilities in a ZipMap. */
function classifier(classes = ['ham', 'spam'], zipMap = true): Uint8Array {
  const builder = new GraphBuilder();
  const rows = builder.tensor('float_input', 'float', ['N', 2]);
  const names = { classlabels_strings: strings(classes) };
  const [label, scores] = builder.nodes(
    'LinearClassifier',
    [rows],
    { ...names, coefficients: floats(classes.flatMap((_, at) => [at, -at])), intercepts: floats(classes.map(() => 0)), multi_class: int(1) },
    { domain: 'ai.onnx.ml', outputs: 2 },
  );
  const probabilities = builder.node('Softmax', [scores!], { axis: int(1) });
  builder.result(label!, 'string', ['N']);
  const zipped = zipMap ? builder.ml('ZipMap', [probabilities], names) : probabilities;
  builder.result(zipped, 'float', ['N', classes.length]);
  return builder.toBytes();
}
/** One number in, one out. */
function regressor(element: 'float' | 'double' = 'float'): Uint8Array {
  const builder = new GraphBuilder();
  const rows = builder.tensor('x', element, ['N', 3]);
  const weights = element === 'float' ? builder.floats([1, 10, 100], [3, 1]) : builder.doubles([1, 10, 100], [3, 1]);
  builder.result(builder.node('MatMul', [rows, weights]), element, ['N', 1]);
  return builder.toBytes();
}
const changed = (bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array => {
  const model = fromBinary(ModelProtoSchema, bytes);
  change(model);
  return toBinary(ModelProtoSchema, model);
};
const meant = (bytes: Uint8Array): ImportedMeaning => meaningOf(inspectImported(bytes).found);
const scored = async (bytes: Uint8Array, columns: Record<string, number[] | string[]>, meaning = meant(bytes)) => {
  const { onnx, signature } = wrapImported(inspectImported(bytes), meaning, 'Test');
  const [first] = Object.values(columns);
  const inputs = new Map(
    Object.entries(columns).map(([name, values]) => [name, typeof values[0] === 'string' ? (values as string[]) : Float64Array.from(values as number[])]),
  );
  return Object.fromEntries(
    [...(await runner.apply(onnx, signature, inputs, first!.length))].map(([name, values]) => [name, Array.from(values as ArrayLike<unknown>)]),
  );
};

describe('a model made elsewhere', () => {
  it('that is a classifier with ZipMap gives labels and a probability for each class', async () => {
    const scores = await scored(classifier(['ham', 'spam', 'scam']), { float_input_1: [1, -1], float_input_2: [0, 0] });
    expect(scores['Scored Labels']).toEqual(['scam', 'ham']);
    expect(Object.keys(scores)).toEqual(['Scored Labels', 'Scored Probabilities_ham', 'Scored Probabilities_spam', 'Scored Probabilities_scam']);
    expect(scores['Scored Probabilities_scam']![0]).toBeCloseTo(Math.exp(2) / (1 + Math.exp(1) + Math.exp(2)), 5);
  });

  it('with two classes gives the probability of the last', async () => {
    const scores = await scored(classifier(), { float_input_1: [3], float_input_2: [0] });
    expect(scores).toEqual({ 'Scored Labels': ['spam'], 'Scored Probabilities': [expect.closeTo(1 / (1 + Math.exp(-3)), 5)] });
  });

  it.each(['float', 'double'] as const)('that is a regression over one tensor of %s takes named columns', async (element) => {
    const bytes = regressor(element);
    const named = { ...meant(bytes), inputs: [{ tensor: 'x', columns: ['a', 'b', 'c'].map((name) => ({ name, type: 'number' as const, required: true })) }] };
    expect(await scored(bytes, { c: [3, 0], a: [1, 0], b: [2, 1] }, named)).toEqual({ 'Scored Labels': [321, 10] });
  });

  it('may take whole numbers, truths and text, each in a tensor of its own', async () => {
    const builder = new GraphBuilder();
    const count = builder.cast(builder.tensor('count', 'int64', ['N', 1]), 'float');
    const known = builder.cast(builder.tensor('known', 'bool', ['N', 1]), 'float');
    const city = builder.node('Equal', [builder.tensor('city', 'string', ['N', 1]), builder.strings(['Oslo'], [1, 1])]);
    builder.result(builder.node('Sum', [count, known, builder.cast(city, 'float')]), 'float', ['N', 1]);
    const scores = await scored(builder.toBytes(), { count: [7, NaN], known: [1, 0], city: ['Oslo', 'Rome'] });
    expect(scores).toEqual({ 'Scored Labels': [9, 0] });
  });

  it('keeps all digits of classes that are whole numbers', async () => {
    const builder = new GraphBuilder();
    const above = builder.node('Greater', [builder.tensor('x', 'float', ['N', 1]), builder.floats([0], [1, 1])]);
    const label = builder.node('Gather', [builder.int64s([16_777_217, 2 ** 53 - 1]), builder.cast(above, 'int64')]);
    builder.result(builder.node('Reshape', [label, builder.int64s([-1])]), 'int64', ['N']);
    expect(await scored(builder.toBytes(), { x: [-1, 1] })).toEqual({ 'Scored Labels': [16_777_217, 2 ** 53 - 1] });
  });

  it('that gives log-odds alone is scaled, and the label chosen', async () => {
    const builder = new GraphBuilder();
    builder.result(builder.node('MatMul', [builder.tensor('x', 'float', ['N', 1]), builder.floats([1, 0, -1], [1, 3])]), 'float', ['N', 3]);
    const bytes = builder.toBytes();
    expect(meant(bytes)).toMatchObject({ task: 'multiclass', levels: ['0', '1', '2'], outputs: [{ meaning: 'logits' }] });
    const scores = await scored(bytes, { x: [5, -5] }, { ...meant(bytes), levels: ['a', 'b', 'c'] });
    expect(scores['Scored Labels']).toEqual(['a', 'c']);
    const sum = ['a', 'b', 'c'].reduce((total, level) => total + Number(scores[`Scored Probabilities_${level}`]![0]), 0);
    expect(sum).toBeCloseTo(1, 5);
  });

  it('keeps the operator sets that it was exported with', async () => {
    const old = changed(regressor(), (model) => {
      model.irVersion = 3n;
      model.opsetImport[0]!.version = 11n;
      model.graph!.input.push({ ...model.graph!.input[0]!, name: model.graph!.initializer[0]!.name });
    });
    const { found } = inspectImported(old);
    expect(found).toMatchObject({ irVersion: 3, opsets: { '': 11 }, inputs: [{ name: 'x' }] });
    expect(await scored(old, { x_1: [1], x_2: [1], x_3: [1] })).toEqual({ 'Scored Labels': [111] });
  });
});

describe('what is refused unrun', () => {
  const nested = (depth: number): GraphBuilder => {
    const inner = new GraphBuilder(`${depth}.`);
    const yes = inner.node('Less', [inner.floats([1]), inner.floats([2])]);
    const result = depth === 0 ? inner.floats([1]) : inner.node('If', [yes], { then_branch: body(nested(depth - 1)), else_branch: body(nested(0)) });
    inner.result(result, 'float', [1]);
    return inner;
  };
  const refusals: [string, () => Uint8Array, RegExp][] = [
    ['bytes of another kind', () => new TextEncoder().encode('\x80\x04\x95pickle'), /no ONNX/],
    ['an empty model', () => toBinary(ModelProtoSchema, create(ModelProtoSchema)), /no graph/],
    [
      'weights in another file',
      () => changed(regressor(), (model) => (model.graph!.initializer[0]!.dataLocation = TensorProto_DataLocation.EXTERNAL)),
      /another file/,
    ],
    [
      'a place of weights without the mark',
      () =>
        changed(regressor(), (model) =>
          model.graph!.initializer[0]!.externalData.push(create(StringStringEntryProtoSchema, { key: 'location', value: 'secret.txt' })),
        ),
      /another file/,
    ],
    [
      'weights in another file within an attribute',
      () =>
        changed(regressor(), (model) => {
          const t = { ...model.graph!.initializer[0]!, dataLocation: TensorProto_DataLocation.EXTERNAL };
          model.graph!.node[0]!.attribute.push(create(AttributeProtoSchema, tensor(t)));
        }),
      /another file/,
    ],
    ['operators of a library', () => changed(regressor(), (model) => (model.graph!.node[0]!.domain = 'com.acme')), /only its own library/],
    ['an old operator set', () => changed(regressor(), (model) => (model.opsetImport[0]!.version = 7n)), /9 to 24/],
    ['a coming IR version', () => changed(regressor(), (model) => (model.irVersion = 99n)), /IR version 99/],
    [
      'a fixed number of rows',
      () => changed(regressor(), (model) => (model.graph!.input[0]!.type = fromBinary(ModelProtoSchema, fixed()).graph!.input[0]!.type)),
      /exactly 1 row/,
    ],
    ['graphs within graphs within graphs', () => changed(regressor(), (model) => model.graph!.node.push(...nested(12).toGraph().node)), /levels/],
  ];
  const fixed = () => {
    const builder = new GraphBuilder();
    builder.result(builder.node('Neg', [builder.tensor('x', 'float', [1, 3])]), 'float', [1, 3]);
    return builder.toBytes();
  };
  it.each(refusals)('%s', (_name, bytes, message) => expect(() => inspectImported(bytes())).toThrow(message));

  it('nothing but a message comes of a file that is cut off or damaged', () => {
    const good = classifier();
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round++) {
      const bytes = round % 3 === 0 ? good.slice(0, random(good.length)) : good.slice();
      for (let hit = 0; round % 3 !== 0 && hit < 1 + random(6); hit++) bytes[random(bytes.length)] = random(256);
      try {
        const read = inspectImported(bytes);
        wrapImported(read, meaningOf(read.found), 'Damaged');
      } catch (error) {
        expect([round, error]).toMatchObject([round, { name: 'NodeError', code: 'model_mismatch' }]);
      }
    }
  });
});

describe('what people say of a model', () => {
  const { found } = inspectImported(classifier());
  const good = meaningOf(found);
  it.each<[string, Partial<ImportedMeaning>, RegExp]>([
    ['too few columns', { inputs: [{ tensor: 'float_input', columns: [{ name: 'a', type: 'number', required: true }] }] }, /takes 2 columns/],
    ['a name twice', { inputs: [{ tensor: 'float_input', columns: [1, 2].map(() => ({ name: 'a', type: 'number', required: true })) }] }, /called “a”/],
    ['text for numbers', { inputs: [{ tensor: 'float_input', columns: ['a', 'b'].map((name) => ({ name, type: 'text', required: true })) }] }, /takes numbers/],
    ['three classes of two', { task: 'multiclass', levels: ['a', 'b', 'c'] }, /gives 2 probabilities/],
    ['a regression with a label', { task: 'regression' }, /regression/],
    ['nothing that counts', { outputs: [] }, /Say which output/],
  ])('%s is told', (_name, change, message) => expect(whyNotMeant(found, { ...good, ...change })).toMatch(message));
  it('and what fits is taken', () => expect(whyNotMeant(found, good)).toBeNull());
});
