import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { extractNGramFeaturesFromText } from './node.ts';

const reviews = ['Good movie', 'not good: a BAD movie, bad!', null, 'été'];
const data = tableOf({ review: reviews, stars: [5, 1, 3, 4] }, { review: { type: 'text' } });
const text = { review: { type: 'text' } } as const;
const vocabulary = { ID: { type: 'integer', role: 'id' }, NGram: { type: 'text' }, DF: { type: 'integer' } } as const;
const once = Math.log(4);
const twice = Math.log(2);

export const cases = defineCases(extractNGramFeaturesFromText, [
  {
    name: 'TF-IDF of words; a missing text has none',
    params: { column: 'review', documents: 1 },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            review: reviews,
            stars: [5, 1, 3, 4],
            'review-bad': [0, 2 * once, 0, 0],
            'review-good': [twice, twice, 0, 0],
            'review-movie': [twice, twice, 0, 0],
            'review-not': [0, once, 0, 0],
            'review-été': [0, 0, 0, once],
          },
          text,
        ),
        vocabulary: tableOf(
          { ID: [0, 1, 2, 3, 4], NGram: ['bad', 'good', 'movie', 'not', 'été'], DF: [1, 2, 2, 1, 1], IDF: [once, twice, twice, once, once] },
          vocabulary,
        ),
      },
    },
  },
  {
    name: 'pairs of words, normalised, without the text; a short word keeps its neighbours apart',
    params: { column: 'review', documents: 1, size: 2, weighting: 'tf', normalize: true, most: 3, overwrite: true },
    inputs: { data: tableOf({ review: ['big cat', 'big cat big', 'big a cat'] }, text) },
    expect: {
      outputs: {
        data: tableOf({
          'review-big': [1 / Math.sqrt(3), 2 / Math.sqrt(6), Math.SQRT1_2],
          'review-cat': [1 / Math.sqrt(3), 1 / Math.sqrt(6), Math.SQRT1_2],
          'review-big cat': [1 / Math.sqrt(3), 1 / Math.sqrt(6), 0],
        }),
      },
    },
  },
  {
    name: 'ReadOnly takes the vocabulary that comes, pairs alone too; Binary',
    params: { column: 'review', mode: 'read-only', weighting: 'binary', lower: false, overwrite: true },
    inputs: {
      data: tableOf({ review: ['bad bad movie', 'Bad movie'] }, text),
      vocabulary: tableOf({ ID: [0, 1], NGram: ['bad movie', 'bad bad'], DF: [3, 1], IDF: [1, 2] }, vocabulary),
    },
    expect: { outputs: { data: tableOf({ 'review-bad bad': [1, 0], 'review-bad movie': [1, 0] }) } },
  },
  {
    name: 'a single digit is a word as any other',
    params: { column: 'review', documents: 1, shortest: 1, weighting: 'tf', overwrite: true },
    inputs: { data: tableOf({ review: ['0 1', ''] }, text) },
    expect: { outputs: { data: tableOf({ 'review-0': [1, 0], 'review-1': [1, 0] }) } },
  },
  { name: 'ReadOnly without a vocabulary', params: { column: 'review', mode: 'read-only' }, inputs: { data }, expect: { issue: 'port_missing' } },
  { name: 'no word often enough', params: { column: 'review' }, inputs: { data }, expect: { issue: 'features_none' } },
  { name: 'a number is no text', params: { column: 'stars' }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'no column chosen', inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
