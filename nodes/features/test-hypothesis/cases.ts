import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { testHypothesis } from './node.ts';

// Figures by SciPy 1.17, see reference.py.
const value = [5.1, 4.9, 6.2, 5.8, 6.0, 5.5, 5.1, 4.1, 5.0, 5.2, 4.4, 4.9];
const group = value.map((_, row) => (row < 7 ? 'a' : 'b'));
const data = tableOf({ value: [...value, null, 9], group: [...group, 'a', null] });
const texts = {
  Test: { type: 'text' },
  'Sample 1': { type: 'text' },
  'Sample 2': { type: 'text', nullable: true },
  Effect: { type: 'text' },
  'Rows 1': { type: 'integer' },
  'Rows 2': { type: 'integer' },
} as const;
const common = { 'Sample 1': ['a'], 'Sample 2': ['b'], 'Rows 1': [7], 'Rows 2': [5], 'Mean 1': [38.6 / 7], 'Mean 2': [4.72] };

export const cases = defineCases(testHypothesis, [
  {
    name: 'Welch: two groups, rows without a group or a number left out',
    params: { first: 'value', second: 'group' },
    inputs: { data },
    expect: {
      outputs: {
        results: tableOf(
          {
            Test: ['t-test of two samples (Welch)'],
            ...common,
            Statistic: [2.8565077988957572],
            'Degrees of Freedom': [9.289856909222348],
            'P-Value': [0.01830978136406158],
            Effect: ['Cohen’s d'],
            'Effect Size': [1.6431878712380281],
            'Interval Low': [0.1682452849654923],
            'Interval High': [1.420326143605935],
          },
          texts,
        ),
      },
    },
  },
  {
    name: 'Mann–Whitney',
    params: { test: 'mann-whitney', first: 'value', second: 'group' },
    inputs: { data },
    expect: {
      outputs: {
        results: tableOf(
          {
            Test: ['Mann–Whitney test'],
            ...common,
            Statistic: [30.5],
            'Degrees of Freedom': [null],
            'P-Value': [0.041636997606412075],
            Effect: ['Rank-biserial correlation'],
            'Effect Size': [0.7428571428571429],
            'Interval Low': [null],
            'Interval High': [null],
          },
          texts,
        ),
      },
    },
  },
  {
    name: 'three groups',
    params: { first: 'x', second: 'g' },
    inputs: { data: tableOf({ x: [1, 2, 3], g: ['a', 'b', 'c'] }) },
    expect: { issue: 'parameter_invalid' },
  },
  { name: 'text has no mean', params: { test: 'one-sample', first: 'group' }, inputs: { data }, expect: { issue: 'column_wrong_type' } },
  { name: 'no column chosen', inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'no such column', params: { first: 'value', second: 'grup' }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'a single value', params: { test: 'one-sample', first: 'x' }, inputs: { data: tableOf({ x: [1, null] }) }, expect: { issue: 'rows_none' } },
]);
