import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { addNote, removeNodes, renameNode, setNoteText, setParam } from './edit.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

const plain = documentOf(['source', 'a:scale', 'b:scale'], ['source -> a', 'a -> b']);
const before = { ...addNote(plain, { text: 'One', x: 0, y: 0 }).document, layout: { a: [10, 20] as [number, number] } };

test('what went stands at its place, and everything that differs is marked', () => {
  const fresh = { ...documentOf(['c:scale']).nodes[0]! };
  const removed = removeNodes(before, stubCatalog, ['a']);
  const after = setNoteText(setParam({ ...removed, nodes: [...removed.nodes, fresh] }, 'b', 'factor', 3), 'note-1', 'Two');
  const { document, nodes, edges, notes } = compare(before, after);
  expect(Object.fromEntries(nodes)).toEqual({ a: 'removed', b: 'changed', c: 'added' });
  expect(Object.fromEntries(edges)).toEqual({ 'source/data>b/data': 'added', 'source/data>a/data': 'removed', 'a/data>b/data': 'removed' });
  expect(Object.fromEntries(notes)).toEqual({ 'note-1': 'changed' });
  expect(document.nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'source']);
  expect(document.layout.a).toEqual([10, 20]);
});

test('a document and itself differ in nothing', () => {
  const { difference, nodes, edges } = compare(before, before);
  expect([difference.same, nodes.size, edges.size]).toEqual([true, 0, 0]);
  expect(compare(before, renameNode(before, 'a', 'Other')).nodes.get('a')).toBe('changed');
});
