import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { preprocessText } from './node.ts';

const reviews = ["I don't like it: see https://a.example/x?y=1 or mail me@b.example!!", 'Sooooo GOOD, 10.5 of 10', null, ''];
const text = { review: { type: 'text' }, 'Preprocessed review': { type: 'text', nullable: true } } as const;
const data = tableOf({ review: reviews, n: [1, 2, 3, 4] }, text);
const off = { urls: false, emails: false, lower: false, numbers: false, special: false, duplicates: false, stopWords: false };

export const cases = defineCases(preprocessText, [
  {
    name: 'all of it',
    params: { column: 'review' },
    inputs: { data },
    expect: { outputs: { data: tableOf({ review: reviews, n: [1, 2, 3, 4], 'Preprocessed review': ['dont like see mail', 'soo good', null, ''] }, text) } },
  },
  {
    name: 'nothing but a custom expression, and spaces',
    params: { column: 'review', expression: '(?i)goo+d', replacement: 'fine', ...off },
    inputs: { data: tableOf({ review: ['A  gooood film.'] }, text) },
    expect: {
      outputs: {
        data: tableOf(
          { review: ['A  gooood film.'], 'Preprocessed review': ['A fine film.'] },
          { review: { type: 'text' }, 'Preprocessed review': { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'stop words of one’s own',
    params: { column: 'review', ...off, stopWords: true },
    inputs: { data: tableOf({ review: ['The Film, the film', 'A kino'] }, text), stopWords: tableOf({ word: ['film', 'KINO', null] }) },
    expect: {
      outputs: {
        data: tableOf(
          { review: ['The Film, the film', 'A kino'], 'Preprocessed review': ['The the', 'A'] },
          { review: { type: 'text' }, 'Preprocessed review': { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'sentences and contractions, all else as it is',
    params: { column: 'review', ...off, contractions: true, sentences: true, backslashes: true },
    inputs: {
      data: tableOf(
        {
          review: [
            "I can't say: Dr. J. Smith isn't here. It's 5.30 p.m. \"We'll see!\" So do I. C:\\tmp",
            "Won't it? the end... Let's go ||| Jo's.",
            null,
            '. ! ?',
          ],
        },
        text,
      ),
    },
    expect: {
      outputs: {
        data: tableOf(
          {
            review: [
              "I can't say: Dr. J. Smith isn't here. It's 5.30 p.m. \"We'll see!\" So do I. C:\\tmp",
              "Won't it? the end... Let's go ||| Jo's.",
              null,
              '. ! ?',
            ],
            'Preprocessed review': [
              'I can not say: Dr. J. Smith is not here. ||| It is 5.30 p.m. ||| "We will see!" ||| So do I. ||| C:/tmp',
              "Will not it? the end... ||| Let us go ||| Jo's.",
              null,
              '. ! ?',
            ],
          },
          { review: { type: 'text' }, 'Preprocessed review': { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'sentences stay apart when signs and stop words go',
    params: { column: 'review', sentences: true },
    inputs: { data: tableOf({ review: ['A good film. 10 of 10! The end.', '?'] }, text) },
    expect: {
      outputs: {
        data: tableOf(
          { review: ['A good film. 10 of 10! The end.', '?'], 'Preprocessed review': ['good film ||| end', ''] },
          { review: { type: 'text' }, 'Preprocessed review': { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'base forms',
    params: { column: 'review', ...off, lemmas: true },
    inputs: {
      data: tableOf({ review: ["The cities' children WERE running; Boys went HOME, isn't it? Cafés naïvely stopped.", null, "'cats'-dogs 3rd runs2"] }, text),
    },
    expect: {
      outputs: {
        data: tableOf(
          {
            review: ["The cities' children WERE running; Boys went HOME, isn't it? Cafés naïvely stopped.", null, "'cats'-dogs 3rd runs2"],
            'Preprocessed review': ["The city' child WERE run; Boy go HOME, isn't it? Cafés naïvely stop.", null, "'cat'-dog 3rd runs2"],
          },
          text,
        ),
      },
    },
  },
  {
    name: 'base forms before stop words',
    params: { column: 'review', lemmas: true },
    inputs: { data: tableOf({ review: ['He was hoping; she hopped, studied and made the best pies!'] }, text) },
    expect: {
      outputs: {
        data: tableOf(
          { review: ['He was hoping; she hopped, studied and made the best pies!'], 'Preprocessed review': ['hope hop study make good pie'] },
          { review: { type: 'text' }, 'Preprocessed review': { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'special characters by themselves',
    params: { column: 'review', ...off, splitTokens: true },
    inputs: { data: tableOf({ review: ["MS---WORD & I'm [ok] 🙂🙂"] }, text) },
    expect: {
      outputs: {
        data: tableOf(
          { review: ["MS---WORD & I'm [ok] 🙂🙂"], 'Preprocessed review': ["MS - WORD & I'm [ ok ] 🙂"] },
          { review: { type: 'text' }, 'Preprocessed review': { type: 'text' } },
        ),
      },
    },
  },
  { name: 'a number is no text', params: { column: 'n' }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'an expression that cannot be read', params: { column: 'review', expression: '[a' }, inputs: { data }, expect: { issue: 'parameter_invalid' } },
  { name: 'no column chosen', inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
