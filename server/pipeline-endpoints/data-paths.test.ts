import { expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { dataPathValues } from './data-paths.ts';

const document = {
  nodes: [{ id: 'read', type: 'import-data', version: 1, name: '', comment: '', params: { connection: 'lake', path: 'old.csv' } }],
  parameters: [
    { name: 'sales', node: 'read', param: 'path' },
    { name: 'format', node: 'read', param: 'format' },
  ],
} as unknown as PipelineDocument;
const where = { DataStoreName: 'lake', RelativePath: '2026/03.csv' };

it('sets the promoted path, and the connection where that is promoted too', () => {
  expect(dataPathValues(document, { sales: where })).toEqual({ sales: '2026/03.csv' });
  expect(dataPathValues(document, { sales: { RelativePath: 'a.csv' } })).toEqual({ sales: 'a.csv' });
  const both = { ...document, parameters: [...document.parameters, { name: 'store', node: 'read', param: 'connection' }] } as unknown as PipelineDocument;
  expect(dataPathValues(both, { sales: { ...where, DataStoreName: 'archive' } })).toEqual({ sales: '2026/03.csv', store: 'archive' });
});

it('refuses another connection than the node has, and what is no path', () => {
  expect(() => dataPathValues(document, { sales: { ...where, DataStoreName: 'archive' } })).toThrow('is read from the connection “lake”, not from “archive”');
  expect(() => dataPathValues(document, { format: where })).toThrow('“format” is no parameter of this pipeline that takes a path.');
  expect(() => dataPathValues(document, { other: where })).toThrow('“other” is no parameter');
});
