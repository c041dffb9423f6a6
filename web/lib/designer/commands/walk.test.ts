import { describe, expect, it } from 'vitest';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { walk } from './walk.ts';

const node = (id: string) => ({ id, type: 't', version: 1, name: '', comment: '', params: {} });
const document: PipelineDocument = {
  ...emptyDocument('Walk'),
  nodes: ['a', 'b', 'c', 'd'].map(node),
  edges: [
    { from: { node: 'a', port: 'o' }, to: { node: 'c', port: 'i' } },
    { from: { node: 'a', port: 'o' }, to: { node: 'b', port: 'i' } },
  ],
  layout: { a: [0, 0], b: [0, 104], c: [284, 104], d: [568, 104] },
};

describe('walk', () => {
  it('follows wires down and up, the straightest first', () => {
    expect(walk(document, 'a', 'down')).toBe('b');
    expect(walk(document, 'c', 'up')).toBe('a');
  });
  it('goes beside by place', () => {
    expect(walk(document, 'b', 'right')).toBe('c');
    expect(walk(document, 'd', 'left')).toBe('c');
  });
  it('goes by place where no wire leads, and stays at the end', () => {
    expect(walk(document, 'd', 'up')).toBe('a');
    expect(walk(document, 'd', 'right')).toBeNull();
  });
});
