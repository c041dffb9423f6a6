import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import type { Learner } from '../kit/kinds.ts';
import { tableOf, type Table } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';

const learner: Learner = { learner: 'two-class-boosted-decision-tree', task: 'two-class', params: { trees: 5, earlyStopping: 2 } };
const y = ['no', 'no', 'yes', 'yes'];
const rows = (w?: number[]): Table => tableOf({ x: [1, 2, 3, 4], y, ...(w && { w }) }, { w: { role: 'weight' } });
const trained = (data: Table, validation?: Table) => runNode(catalog['train-model'], { learner, data, validation }, { label: 'y' });

it.each<[string, number[], RegExp]>([
  ['all are 0', [0, 0, 0, 0], /All rows have weight 0 or none.*Look at “w”/],
  ['one is negative', [1, 1, -3, 1], /“w” holds negative or infinite numbers, such as -3\. Replace or remove them, by Clip Values or Filter Rows/],
])('weights of which %s are refused by what is wrong with them', async (_what, weights, says) => {
  await expect(trained(rows(weights))).rejects.toThrow(says);
});

it.each<[string, Table, RegExp]>([
  ['without rows', tableOf({ x: [], y: [] }, { y: { type: 'category' } }), /^The validation dataset has no rows\. Look at the node that feeds it/],
  [
    'without a label',
    tableOf({ x: [1, 2], y: [null, null] }, { y: { type: 'category' } }),
    /^The validation dataset cannot be used\. “y” is missing in every row/,
  ],
  [
    'of other classes only',
    tableOf({ x: [1, 2], y: ['maybe', 'never'] }),
    /^The validation dataset cannot be used\. None of its rows has a value of “y” that the dataset has/,
  ],
])('validation rows %s are refused as such', async (_what, validation, says) => {
  await expect(trained(rows(), validation)).rejects.toThrow(says);
});
