import { describe, expect, it } from 'vitest';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { tidy } from './tidy.ts';

const node = (id: string) => ({ id, type: 't', version: 1, name: '', comment: '', params: {} });
const edge = (from: string, to: string, port = 'first') => ({ from: { node: from, port: 'first' }, to: { node: to, port } });
const document: PipelineDocument = {
  ...emptyDocument('Tidy'),
  nodes: ['data', 'split', 'learner', 'train', 'score', 'other', 'train2'].map(node),
  edges: [
    edge('data', 'split'),
    edge('split', 'train', 'second'),
    edge('learner', 'train'),
    edge('train', 'score'),
    edge('split', 'score', 'second'),
    edge('other', 'train2'),
    edge('split', 'train2', 'second'),
  ],
};

describe('tidy', () => {
  const places = Object.entries(tidy(document, ({ from, to }) => from.port === 'first' && to.port === 'first'));
  const at = Object.fromEntries(places);

  it('lets wires lead downwards', () => {
    for (const { from, to } of document.edges) expect(at[to.node]![1]).toBeGreaterThan(at[from.node]![1]);
  });
  it('lays no card on another', () => {
    for (const [a, [x, y]] of places) for (const [b, [left, top]] of places) if (a < b) expect(Math.abs(x - left) >= 216 || Math.abs(y - top) >= 72).toBe(true);
  });
  it('stands a spine in one column', () => {
    expect(at.score![0]).toBe(at.train![0]);
    expect(at.train![0]).toBe(at.learner![0]);
  });
});
