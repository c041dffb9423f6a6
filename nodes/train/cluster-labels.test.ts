import { expect, it } from 'vitest';
import { ASSIGNMENTS, distanceColumn } from '../kit/signature.ts';
import { labelsByCluster } from './cluster-labels.ts';

// Three clusters; no row of the last one has a label.
const scores = new Map([
  [ASSIGNMENTS, Float64Array.of(0, 0, 0, 1, 1, 2)],
  [distanceColumn(0), Float64Array.of(3, 1, 0, 9, 9, 9)],
  [distanceColumn(1), Float64Array.of(9, 9, 9, 2, 2, 9)],
  [distanceColumn(2), Float64Array.of(9, 9, 9, 9, 9, 0)],
]);

it('fills missing labels by the labelled row nearest to the centre; the first of equally near ones counts', () => {
  expect(labelsByCluster(['far', 'near', null, 'one', 'other', null], 'fill', scores)).toEqual(['far', 'near', 'near', 'one', 'other', null]);
  expect(labelsByCluster(['far', 'near', '', 'one', '', ''], 'fill', scores)).toEqual(['far', 'near', 'near', 'one', 'one', '']);
  expect(labelsByCluster(Float64Array.of(1, NaN, NaN, 2, NaN, NaN), 'fill', scores)).toEqual(Float64Array.of(1, 1, 1, 2, 2, NaN));
});

it('overwrites all labels of a cluster that has any', () => {
  expect(labelsByCluster(['far', 'near', null, 'one', 'other', null], 'overwrite', scores)).toEqual(['near', 'near', 'near', 'one', 'one', null]);
  expect(labelsByCluster(Float64Array.of(1, 7, NaN, NaN, 3, NaN), 'overwrite', scores)).toEqual(Float64Array.of(7, 7, 7, 3, 3, NaN));
});
