import { floats, GraphBuilder, int, ints, MICROSOFT, string, strings } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { WORD } from '../words.ts';
import type { Entry } from './vocabulary.ts';

export interface GraphOptions {
  readonly column: string;
  readonly weighting: 'binary' | 'tf' | 'idf' | 'tf-idf';
  readonly normalize: boolean;
  readonly lower: boolean;
}

/** No text has it, so that a batch of empty texts still has a word. */
const SENTINEL = ' \u{f8ff}';
const PADDING = '\u{f8ff}1';

/** Words → counts of the vocabulary's n-grams, weighted: a column for each. `entries` stand in the order of `ordered`. */
export function nGramGraph(entries: readonly Entry[], { column, weighting, normalize, lower }: GraphOptions, signature: Signature): Uint8Array {
  const builder = new GraphBuilder();
  const text = builder.node('Reshape', [builder.input(column, 'string'), builder.int64s([-1])]);
  const cased = lower ? builder.node('StringNormalizer', [text], { case_change_action: string('LOWER'), locale: string('C.UTF-8') }) : text;
  const closed = builder.node('StringConcat', [cased, builder.strings([SENTINEL], [1])]);
  const tokens = builder.node(
    'Tokenizer',
    [closed],
    { mark: int(0), mincharnum: int(1), pad_value: string(PADDING), tokenexp: string(`${WORD}|\u{f8ff}`) },
    { domain: MICROSOFT },
  );
  const lengths = entries.map(({ words }) => words.length);
  const longest = Math.max(...lengths);
  const starts: number[] = [];
  let start = 0;
  for (let length = 1; length <= longest; length += 1) {
    starts.push(start);
    start += length * lengths.filter((each) => each === length).length;
  }
  let matrix = builder.node('TfIdfVectorizer', [tokens], {
    mode: string(weighting === 'tf' ? 'TF' : weighting === 'tf-idf' ? 'TFIDF' : 'IDF'),
    min_gram_length: int(Math.min(...lengths)),
    max_gram_length: int(longest),
    max_skip_count: int(0),
    ngram_counts: ints(starts),
    ngram_indexes: ints(entries.keys()),
    pool_strings: strings(entries.flatMap(({ words }) => words)),
    weights: floats(entries.map(({ idf }) => (weighting === 'binary' || weighting === 'tf' ? 1 : idf))),
  });
  if (normalize) {
    const length = builder.node('Sqrt', [builder.node('ReduceSumSquare', [matrix, builder.int64s([1])], { keepdims: int(1) })]);
    const none = builder.node('Equal', [length, builder.floats([0], [1, 1])]);
    matrix = builder.node('Div', [matrix, builder.node('Where', [none, builder.floats([1], [1, 1]), length])]);
  }
  const values =
    entries.length === 1 ? [matrix] : builder.nodes('Split', [matrix, builder.int64s(entries.map(() => 1))], { axis: int(1) }, { outputs: entries.length });
  for (const [index, { name }] of signature.outputs.entries()) builder.output(name, values[index]!, 'float');
  return builder.toBytes(metadataOf(signature));
}
