import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type ModelProto } from 'onnx-buf';
import { body, floats, GraphBuilder, int, strings } from '#nodes/kit/onnx/builder.ts';

/** ONNX files as other libraries write them. */

/** As skl2onnx writes a classifier: one tensor in, a label out, and its probabilities in a ZipMap. */
export function classifierFile(classes: readonly string[] = ['ham', 'spam'], width = 2): Uint8Array {
  const builder = new GraphBuilder();
  const rows = builder.tensor('float_input', 'float', ['N', width]);
  const names = { classlabels_strings: strings(classes) };
  const weights = {
    coefficients: floats(classes.flatMap((_, at) => Array.from({ length: width }, (_, column) => at * (column + 1)))),
    intercepts: floats(classes.map(() => 0)),
  };
  const [label, scores] = builder.nodes('LinearClassifier', [rows], { ...names, ...weights, multi_class: int(1) }, { domain: 'ai.onnx.ml', outputs: 2 });
  builder.result(label!, 'string', ['N']);
  builder.result(builder.ml('ZipMap', [builder.node('Softmax', [scores!], { axis: int(1) })], names), 'float', ['N', classes.length]);
  return builder.toBytes();
}

/** y = x₁ + 10 x₂ + 100 x₃ */
export function regressorFile(): Uint8Array {
  const builder = new GraphBuilder();
  builder.result(builder.node('MatMul', [builder.tensor('x', 'float', ['N', 3]), builder.floats([1, 10, 100], [3, 1])]), 'float', ['N', 1]);
  return builder.toBytes();
}

/** Never ends: a loop whose condition stays true. */
export function endlessFile(): Uint8Array {
  const inner = new GraphBuilder('loop.');
  inner.tensor('i', 'int64', []);
  inner.tensor('go', 'bool', []);
  inner.tensor('value', 'float', ['N', 1]);
  inner.result(inner.node('Identity', ['go']), 'bool', []);
  inner.result(inner.node('Add', ['value', inner.floats([1], [1, 1])]), 'float', ['N', 1]);
  const builder = new GraphBuilder();
  const rows = builder.tensor('x', 'float', ['N', 1]);
  const yes = builder.node('Less', [builder.floats([1], []), builder.floats([2], [])]);
  builder.result(builder.node('Loop', [builder.int64s([2 ** 52], []), yes, rows], { body: body(inner) }), 'float', ['N', 1]);
  return builder.toBytes();
}

/** Asks for 160 GB before it scores anything. */
export function hungryFile(): Uint8Array {
  const builder = new GraphBuilder();
  const rows = builder.tensor('x', 'float', ['N', 1]);
  const many = builder.node('ConstantOfShape', [builder.int64s([40_000_000_000])]);
  builder.result(builder.node('Add', [rows, builder.node('ReduceSum', [many])]), 'float', ['N', 1]);
  return builder.toBytes();
}

export const changedFile = (bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array => {
  const model = fromBinary(ModelProtoSchema, bytes);
  change(model);
  return toBinary(ModelProtoSchema, model);
};

/** The same file with some bytes changed, or cut off; the same for the same seed. */
export function damagedFile(good: Uint8Array, seed: number): Uint8Array {
  let state = (seed + 1) * 48_271;
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  if (seed % 3 === 0) return good.slice(0, 1 + random(good.length - 1));
  const bytes = good.slice();
  for (let hits = 1 + random(6); hits > 0; hits--) bytes[random(bytes.length)] = random(256);
  return bytes;
}
