import { describe, expect, it } from 'vitest';
import type { AnyNode } from '../kit/define.ts';
import type { Transform } from '../kit/kinds.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import { column, memoryTable, tableSchema, type ColumnValues, type Table } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { extractNGramFeaturesFromText } from './extract-n-gram-features-from-text/node.ts';
import { featureHashing } from './feature-hashing/node.ts';

const WORDS = ['ÉTÉ', 'Straße', 'good', 'Bad', 'ИВАН', '日本', 'x_1', 'of', '2024', '🙂', "don't", 'naïve'];
/** Texts of no to nine words, the same at every run. */
const texts = Array.from({ length: 300 }, (_, row) =>
  row % 17 === 0 ? null : Array.from({ length: row % 10 }, (_each, at) => WORDS[(row * 7 + at * at * 5) % WORDS.length]!).join(row % 2 === 0 ? ' ' : ', '),
);
const data = memoryTable(tableSchema([column('text', 'text', { nullable: true })]), new Map([['text', texts]]));

describe.each([
  [extractNGramFeaturesFromText as AnyNode, { column: 'text', size: 3, normalize: true, shortest: 1, overwrite: true }],
  [featureHashing as AnyNode, { bits: 6, size: 3, overwrite: true }],
])('$type', (node, params) => {
  it('a row alone gets what it gets among others', async () => {
    const { outputs } = await runNode(node, { data }, params);
    const own = await (outputs.data as Table).read();
    const { onnx, signature } = outputs.transform as Transform;
    const graph = await createOnnxRunner({ threads: 1 }).open(onnx, signature);
    try {
      for (let row = 0; row < 40; row += 1) {
        const alone = await graph.apply(new Map<string, ColumnValues>([['text', [texts[row]!]]]), 1);
        for (const [name, values] of own) expect((alone.get(name) as Float64Array)[0], `“${name}”, row ${row}`).toBe((values as Float64Array)[row]);
      }
    } finally {
      await graph.close();
    }
  });
});

it('n-grams are counted as by hand, whatever the script', async () => {
  const params = { column: 'text', documents: 1, shortest: 1, weighting: 'tf', overwrite: true };
  const { outputs } = await runNode(extractNGramFeaturesFromText, { data }, params);
  const found = await (outputs.data as Table).read();
  for (const word of ['été', 'straße', 'иван', '日本', 'x_1', '2024', 'don', 't', 'naïve']) {
    const counts = texts.map((text) => ((text ?? '').toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []).filter((each) => each === word).length);
    expect([...(found.get(`text-${word}`) as Float64Array)], word).toEqual(counts);
  }
});
