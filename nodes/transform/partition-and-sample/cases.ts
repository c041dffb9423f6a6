import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { partitionAndSample } from './node.ts';

const data = tableOf({ n: [1, 2, 3, 4, 5, 6], class: ['a', 'a', 'a', 'a', 'b', 'b'] });
const role = { role: 'id', type: 'integer' } as const;
const folds = (numbers: number[]) => ({
  outputs: { data: tableOf({ n: [1, 2, 3, 4, 5, 6], class: ['a', 'a', 'a', 'a', 'b', 'b'], 'Fold Number': numbers }, { 'Fold Number': role }) },
});
const folded = tableOf({ n: [1, 2, 3], 'Fold Number': [1, 2, 1] }, { 'Fold Number': role });

export const cases = defineCases(partitionAndSample, [
  { name: 'even folds in turn', params: { mode: 'assign', folds: 3, randomized: false }, inputs: { data }, expect: folds([1, 2, 3, 1, 2, 3]) },
  {
    name: 'folds with strata: each has as many of each class',
    params: { mode: 'assign', folds: 2, randomized: false, stratified: true, stratifyBy: 'class' },
    inputs: { data },
    expect: folds([1, 2, 1, 2, 1, 2]),
  },
  {
    name: 'proportions, the rest being one more fold',
    params: { mode: 'assign', partitioner: 'custom', proportions: [0.5, 0.33], randomized: false },
    inputs: { data },
    expect: folds([1, 1, 1, 2, 2, 3]),
  },
  {
    name: 'the rows of a fold',
    params: { mode: 'pick', fold: 1 },
    inputs: { data: folded },
    expect: { outputs: { data: tableOf({ n: [1, 3], 'Fold Number': [1, 1] }, { 'Fold Number': role }) } },
  },
  {
    name: 'all rows but those of a fold',
    params: { mode: 'pick', fold: 1, complement: true },
    inputs: { data: folded },
    expect: { outputs: { data: tableOf({ n: [2], 'Fold Number': [2] }, { 'Fold Number': role }) } },
  },
  { name: 'half of the rows', params: { rate: 0.5, seed: 1 }, inputs: { data }, expect: { outputs: { data: { rowCount: 3 } } } },
  {
    name: 'as many rows, drawn with replacement',
    params: { rate: 1, replacement: true, seed: 1 },
    inputs: { data },
    expect: { outputs: { data: { rowCount: 6 } } },
  },
  {
    name: 'folds of rows drawn with replacement',
    params: { mode: 'assign', folds: 2, replacement: true, stratified: true, stratifyBy: 'class' },
    inputs: { data },
    expect: { outputs: { data: { rowCount: 6 } } },
  },
  {
    name: 'the first rows',
    params: { mode: 'head', rows: 2 },
    inputs: { data },
    expect: { outputs: { data: tableOf({ n: [1, 2], class: ['a', 'a'] }) } },
  },
  { name: 'no folds to pick', params: { mode: 'pick' }, inputs: { data }, expect: { issue: 'column_missing' } },
  {
    name: 'proportions of more than 1',
    params: { mode: 'assign', partitioner: 'custom', proportions: [0.6, 0.6] },
    inputs: { data },
    expect: { issue: 'parameter_invalid' },
  },
  { name: 'strata without a column', params: { stratified: true }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'strata of a column that is not there', params: { stratified: true, stratifyBy: 'clas' }, inputs: { data }, expect: { issue: 'column_missing' } },
]);
