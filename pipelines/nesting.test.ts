import { expect, it } from 'vitest';
import { emptyDocument, type DocumentGroup, type PipelineDocument } from './document.ts';
import { copyNodes, pasteNodes } from './edit/clip.ts';
import { addGroup, groupOfNode, groupsOf, moveToGroup, removeGroup } from './edit/groups.ts';
import { removeNodes } from './edit/nodes.ts';
import { merge } from './merge.ts';
import { groupsAround, livingGroups, wholeGroups } from './nesting.ts';
import { stubCatalog } from './stub-catalog.ts';

const base: PipelineDocument = {
  ...emptyDocument('Nested'),
  nodes: ['a', 'b', 'c', 'd'].map((id) => ({ id, type: 'source', version: 1, name: '', comment: '', params: {} })),
};
/** group-1 holds a and b, group-2 holds group-1 and c. */
const nested = (): PipelineDocument =>
  addGroup(addGroup(base, { nodes: ['a', 'b'], title: 'Inner' }).document, { nodes: ['a', 'b', 'c'], title: 'Outer' }).document;
const tree = (document: PipelineDocument) => Object.fromEntries(groupsOf(document).map(({ id, nodes, parent }) => [id, [parent ?? '', ...nodes]]));

it('a group comes along whole with its nodes, and a part of one stays in it', () => {
  const outer = nested();
  expect(tree(outer)).toEqual({ 'group-1': ['group-2', 'a', 'b'], 'group-2': ['', 'c'] });
  expect(wholeGroups(groupsOf(outer)).map(({ nodes }) => nodes)).toEqual([
    ['a', 'b'],
    ['c', 'a', 'b'],
  ]);
  expect(groupsAround(groupsOf(outer), 'group-1').map(({ id }) => id)).toEqual(['group-2']);
  const deepest = addGroup(outer, { nodes: ['a'] });
  expect(tree(deepest.document)).toEqual({ 'group-1': ['group-2', 'b'], 'group-2': ['', 'c'], [deepest.id!]: ['group-1', 'a'] });
});

it('inside a group all of its nodes become one group in it', () => {
  const { document, id } = addGroup(nested(), { nodes: ['a', 'b'], within: 'group-1' });
  expect(tree(document)).toEqual({ 'group-1': ['group-2'], 'group-2': ['', 'c'], [id!]: ['group-1', 'a', 'b'] });
});

it('taking a group apart leaves what was in it where the group was', () => {
  expect(tree(removeGroup(nested(), 'group-1'))).toEqual({ 'group-2': ['', 'c', 'a', 'b'] });
  expect(tree(removeGroup(nested(), 'group-2'))).toEqual({ 'group-1': ['', 'a', 'b'] });
});

it('nodes move into a group with the groups of which all nodes move', () => {
  const other = addGroup(nested(), { nodes: ['d'], title: 'Other' });
  const moved = moveToGroup(other.document, ['a', 'b', 'c'], other.id);
  expect(tree(moved)).toEqual({ 'group-1': ['group-2', 'a', 'b'], 'group-2': ['group-3', 'c'], 'group-3': ['', 'd'] });
  expect(moveToGroup(moved, ['a', 'b', 'c'], other.id)).toBe(moved);
  expect(groupOfNode(moveToGroup(moved, ['a'], null), 'a')).toBeUndefined();
});

it('a group without nodes in it at any depth is gone', () => {
  expect(tree(removeNodes(nested(), stubCatalog, ['c']))).toEqual({ 'group-1': ['group-2', 'a', 'b'], 'group-2': [''] });
  expect(groupsOf(removeNodes(nested(), stubCatalog, ['a', 'b', 'c']))).toEqual([]);
});

it('groups are copied with the groups in them', () => {
  const pasted = pasteNodes(nested(), copyNodes(nested(), ['a', 'b', 'c']), [10, 10]).document;
  expect(tree(pasted)).toMatchObject({ 'group-3': ['group-4', 'a-2', 'b-2'], 'group-4': ['', 'c-2'] });
  expect(copyNodes(nested(), ['a', 'b']).groups).toEqual([{ id: 'group-1', title: 'Inner', colour: 'data', collapsed: false, nodes: ['a', 'b'] }]);
});

it('two that put two groups into each other get one in the other', () => {
  const apart = addGroup(addGroup(base, { nodes: ['a'] }).document, { nodes: ['b'] }).document;
  const into = (id: string, parent: string): PipelineDocument => ({
    ...apart,
    groups: groupsOf(apart).map((group) => (group.id === id ? { ...group, parent } : group)),
  });
  const { document } = merge(apart, into('group-1', 'group-2'), into('group-2', 'group-1'));
  expect(tree(document)).toEqual({ 'group-1': ['group-2', 'a'], 'group-2': ['', 'b'] });
});

it('odd files neither hang nor lose nodes', () => {
  const group = (id: string, parent: string, nodes: string[]): DocumentGroup => ({ id, title: '', colour: 'data', collapsed: true, nodes, parent });
  const round = [group('x', 'y', ['a']), group('y', 'x', ['b']), group('z', 'gone', ['c']), group('self', 'self', ['d'])];
  expect(wholeGroups(round).map(({ nodes }) => nodes.length)).toEqual([2, 2, 1, 1]);
  expect(livingGroups(round).map(({ id, parent }) => [id, parent])).toEqual([
    ['x', 'y'],
    ['y', undefined],
    ['z', undefined],
    ['self', undefined],
  ]);
});
