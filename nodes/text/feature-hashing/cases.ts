import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { featureHashing } from './node.ts';

const texts = { t: { type: 'text' } } as const;
const data = tableOf({ t: ['Hello', 'hello, WORLD!', null, ''], n: [1, 2, 3, 4] }, texts);
const none = [0, 0, 0, 0];

// Hashes by scikit-learn's murmurhash3_32: hello 613153351, world 4220927227, hello world 1586663183; their lowest three bits are 7, 3, 7.
export const cases = defineCases(featureHashing, [
  {
    name: 'words and pairs',
    params: { bits: 3 },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            t: ['Hello', 'hello, WORLD!', null, ''],
            n: [1, 2, 3, 4],
            't-hash-0': none,
            't-hash-1': none,
            't-hash-2': none,
            't-hash-3': [0, 1, 0, 0],
            't-hash-4': none,
            't-hash-5': none,
            't-hash-6': none,
            't-hash-7': [1, 2, 0, 0],
          },
          texts,
        ),
      },
    },
  },
  {
    name: 'words alone, in place of the text; longer n-grams than there are words are none',
    params: { bits: 2, size: 1, overwrite: true },
    inputs: { data: tableOf({ t: ['world world hello', ''] }, texts) },
    expect: { outputs: { data: tableOf({ 't-hash-0': [0, 0], 't-hash-1': [0, 0], 't-hash-2': [0, 0], 't-hash-3': [3, 0] }) } },
  },
  {
    name: 'only texts that have no word at all',
    params: { bits: 1, size: 3, overwrite: true },
    inputs: { data: tableOf({ t: ['!', null] }, texts) },
    expect: { outputs: { data: tableOf({ 't-hash-0': [0, 0], 't-hash-1': [0, 0] }) } },
  },
  { name: 'a number has no words', params: { columns: columnsNamed('t', 'n') }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'no text', inputs: { data: tableOf({ n: [1] }) }, expect: { issue: 'columns_none' } },
]);
