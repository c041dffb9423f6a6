import { expect, test } from 'vitest';
import { catalog as trueCatalog } from '#nodes/catalog.ts';
import { check } from './check.ts';
import { createInference, readInference } from './scoring.ts';
import { documentOf, stubAssets, stubCatalog } from './stub-catalog.ts';

const catalog = { ...stubCatalog, ...trueCatalog };
const world = { catalog, assets: stubAssets };
const source = { dataset: { name: 'people', version: null } };

test.each([
  ['clusters', 'k-means-clustering', 'train-clustering-model', 'assign-data-to-clusters'],
  ['clusters by Score Model', 'k-means-clustering', 'train-clustering-model', 'score-model'],
  ['swept clusters', 'k-means-clustering', 'sweep-clustering', 'assign-data-to-clusters'],
  ['anomalies', 'pca-based-anomaly-detection', 'train-anomaly-detection-model', 'score-model'],
])('a pipeline that finds %s can be served', (_, learner, train, score) => {
  const plain = documentOf(
    ['source', `learner:${learner}`, `train:${train}`, `score:${score}`],
    ['source -> train', 'source -> score', 'learner.learner -> train.learner', 'train.model -> score.model'],
    { source },
  );
  const result = createInference(plain, world);
  expect(result.issues).toEqual([]);
  expect(result.trained).toEqual({ node: 'train', port: 'model' });
  expect(result.document!.nodes.map((node) => node.type)).toEqual(['web-service-input', 'trained-model', score, 'web-service-output']);
  expect(check(result.document!, world).filter((issue) => issue.level === 'error')).toEqual([]);
  expect(readInference(JSON.parse(JSON.stringify(result.document)), catalog).issues).toEqual([]);
});
