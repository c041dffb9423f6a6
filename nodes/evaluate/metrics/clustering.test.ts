import { expect, it } from 'vitest';
import { calinskiHarabasz, daviesBouldin } from './clustering.ts';
import reference from './clustering.reference.json' with { type: 'json' };
import { silhouetteSamples } from './silhouette.ts';

const rows = { matrix: Float64Array.from(reference.matrix), width: reference.width, clusters: reference.clusters };
const alone = { matrix: Float64Array.of(1, 2, 3), width: 1, clusters: [0, 0, 0] };

it('Davies–Bouldin, Caliński–Harabasz and silhouette equal scikit-learn’s', () => {
  expect(Math.abs(daviesBouldin(rows) - reference.daviesBouldin)).toBeLessThan(1e-9);
  expect(Math.abs(calinskiHarabasz(rows) / reference.calinskiHarabasz - 1)).toBeLessThan(1e-9);
  const samples = silhouetteSamples(rows.matrix, rows.width, rows.clusters);
  expect(Math.abs(samples.reduce((sum, each) => sum + each, 0) / samples.length - reference.silhouette)).toBeLessThan(1e-9);
});

it('one cluster has no figure; numbers that are left out make no cluster', () => {
  expect(daviesBouldin(alone)).toBeNaN();
  expect(calinskiHarabasz(alone)).toBeNaN();
  const gap = { ...rows, clusters: reference.clusters.map((each) => each * 2) };
  expect(daviesBouldin(gap)).toBeCloseTo(reference.daviesBouldin, 9);
  expect(calinskiHarabasz(gap)).toBeCloseTo(reference.calinskiHarabasz, 6);
});
