import { GraphBuilder, int, MICROSOFT, string } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { WORD } from '../words.ts';
import type { Hashed, HashingParams } from './node.ts';

/** Stands after the last word, so that each text has as many tokens as an n-gram; what ends in it is not counted. */
const END = '\u{f8ff}';
const AFTER_ALL = 2 ** 52;

/** Words → MurmurHash3 (32 bits, seed 0, of UTF-8) of each run of words, with spaces between; its lowest bits tell the column that counts it. */
export function hashingGraph(columns: readonly Hashed[], { bits, size, lower }: HashingParams, signature: Signature): Uint8Array {
  const builder = new GraphBuilder();
  for (const { source, added } of columns) {
    const text = builder.node('Reshape', [builder.input(source.name, 'string'), builder.int64s([-1])]);
    const cased = lower ? builder.node('StringNormalizer', [text], { case_change_action: string('LOWER'), locale: string('C.UTF-8') }) : text;
    const closed = builder.node('StringConcat', [cased, builder.strings([` ${END}`.repeat(size)], [1])]);
    const tokens = builder.node(
      'Tokenizer',
      [closed],
      { mark: int(0), mincharnum: int(1), pad_value: string(END), tokenexp: string(`${WORD}|${END}`) },
      { domain: MICROSOFT },
    );
    const slice = (from: number, to: number) => builder.node('Slice', [tokens, builder.int64s([from]), builder.int64s([to]), builder.int64s([1])]);
    const rows = builder.node('Shape', [text]);
    let counts = builder.node('Expand', [builder.floats([0], [1, 1]), builder.node('Concat', [rows, builder.int64s([added.length])], { axis: int(0) })]);
    for (let length = 1; length <= size; length += 1) {
      const parts = Array.from({ length }, (_, at) => slice(at, at === length - 1 ? AFTER_ALL : at - length + 1));
      const space = builder.strings([' '], [1, 1]);
      const grams = parts.reduce((before, part) => builder.node('StringConcat', [builder.node('StringConcat', [before, space]), part]));
      const hash = builder.cast(builder.node('MurmurHash3', [grams], { seed: int(0), positive: int(1) }, { domain: MICROSOFT }), 'int64');
      const place = builder.node('Mod', [hash, builder.int64s([2 ** bits], [1, 1])]);
      const counted = builder.cast(builder.node('Not', [builder.node('Equal', [parts.at(-1)!, builder.strings([END], [1, 1])])]), 'float');
      counts = builder.node('ScatterElements', [counts, place, counted], { axis: int(1), reduction: string('add') });
    }
    const values = builder.nodes('Split', [counts, builder.int64s(added.map(() => 1))], { axis: int(1) }, { outputs: added.length });
    for (const [at, { name }] of added.entries()) builder.output(name, values[at]!, 'float');
  }
  return builder.toBytes(metadataOf(signature));
}
