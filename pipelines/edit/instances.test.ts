import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyCommand } from '../any-command.ts';
import { emptyDocument, pipelineDocument, type PipelineDocument } from '../document.ts';
import * as edit from '../edit.ts';
import { serialize } from '../serialize.ts';
import { documentOf, stubCatalog } from '../stub-catalog.ts';
import { detachGroup, differsFromSource, linkGroup, placeSubPipeline, publishedFrom, subPipelineOf, updateGroup } from './instances.ts';

const source = (version: string) => ({ pipeline: 'p1', version, name: 'Prepare' });
const wires = (document: PipelineDocument) => document.edges.map(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}`).sort();
const set = (document: PipelineDocument, node: string, param: string, value: unknown) => edit.setParam(document, node, param, value);
const param = (document: PipelineDocument, node: string, name: string) => document.nodes.find(({ id }) => id === node)?.params[name];

const laid = (document: PipelineDocument): PipelineDocument => ({
  ...document,
  layout: Object.fromEntries(document.nodes.map(({ id }, at) => [id, [20, 100 * at]])),
});

/** A sub-pipeline of three nodes, the last two of them in a group of its own. */
const first: PipelineDocument = (() => {
  const document = laid(documentOf(['a:scale', 'b:scale', 'c:select'], ['a -> b', 'b -> c']));
  return { ...edit.addGroup(document, { nodes: ['b', 'c'], title: 'End' }).document, kind: 'sub-pipeline', name: 'Prepare' };
})();

function placed(): { document: PipelineDocument; group: string } {
  const around = laid(documentOf(['source', 'a:scale', 'join'], ['source -> a']));
  const { document, id, nodes } = placeSubPipeline(around, { source: source('v1'), from: first, at: [500, 300] });
  expect(nodes).toEqual(['a-2', 'b', 'c']);
  const wired = documentOf([], ['a -> a-2', 'c -> join.left']).edges.reduce((now, wire) => edit.connect(now, stubCatalog, wire), document);
  return { document: wired, group: id };
}

describe('a sub-pipeline of another pipeline', () => {
  test('stands on the canvas as plain nodes in a group that names its source', () => {
    const { document, group } = placed();
    expect(wires(document)).toEqual(['a-2.data -> b.data', 'a.data -> a-2.data', 'b.data -> c.data', 'c.data -> join.left', 'source.data -> a.data']);
    expect(document.layout['a-2']).toEqual([500, 300]);
    const whole = edit.groupsOf(document).find(({ id }) => id === group)!;
    expect(whole).toMatchObject({ title: 'Prepare', collapsed: true, nodes: ['a-2'], source: { ...source('v1'), ids: { a: 'a-2', b: 'b', c: 'c' } } });
    expect(edit.groupsOf(document).find(({ title }) => title === 'End')).toMatchObject({ parent: group, nodes: ['b', 'c'] });
    expect(differsFromSource(document, group, first)!.same).toBe(true);
    expect(pipelineDocument.parse(JSON.parse(serialize(document)))).toEqual({
      ...document,
      nodes: expect.any(Array),
      edges: expect.any(Array),
      groups: expect.any(Array),
    });
  });

  test('tells what was changed in it, and neither moves nor pins', () => {
    const { document, group } = placed();
    const still = edit.pinNode(edit.moveNodes(document, { b: [1, 1] }), 'b', { run: 1, outputs: { data: 'a'.repeat(64) } });
    expect(differsFromSource(still, group, first)!.same).toBe(true);
    const { nodes } = differsFromSource(edit.removeNodes(set(document, 'b', 'factor', 2), stubCatalog, ['c']), group, first)!;
    expect(nodes.changed).toMatchObject([{ id: 'b', changes: [{ name: 'factor', after: 2 }] }]);
    expect(nodes.removed).toHaveLength(1);
  });

  test('takes a new version in and keeps what was changed here, in one step', () => {
    const { document, group } = placed();
    const mine = edit.moveNodes(set(set(document, 'b', 'factor', 5), 'b', 'tag', 'mine'), { b: [700, 900] });
    let next = set(set(set(first, 'a', 'factor', 3), 'b', 'factor', 9), 'b', 'method', 'minmax');
    next = edit.addNode(next, stubCatalog, { type: 'scale', position: [0, 400] }).document;
    next = edit.connect(next, stubCatalog, documentOf([], ['c -> scale']).edges[0]!);
    const updated = updateGroup(mine, group, { source: source('v2'), base: first, next });
    expect([param(updated, 'a-2', 'factor'), param(updated, 'b', 'factor'), param(updated, 'b', 'method'), param(updated, 'b', 'tag')]).toEqual([
      3,
      5,
      'minmax',
      'mine',
    ]);
    expect(param(updated, 'a', 'factor')).toBeUndefined();
    expect(wires(updated)).toEqual([...wires(document), 'c.data -> scale.data'].sort());
    expect(updated.layout.b).toEqual([700, 900]);
    expect(updated.layout.scale![1] - updated.layout['a-2']![1]).toBe(400 - first.layout.a![1]);
    const whole = edit.groupsOf(updated).find(({ id }) => id === group)!;
    expect(whole.source).toMatchObject({ version: 'v2', ids: { scale: 'scale' } });
    expect(differsFromSource(updated, group, next)!.nodes.changed.map(({ id }) => id)).toEqual(['b']);
    expect(updateGroup(updated, group, { source: source('v2'), base: next, next })).toEqual(updated);
  });

  test('loses what a new version dropped, also where it was changed, and stays without what was removed here', () => {
    const { document, group } = placed();
    const mine = edit.removeNodes(set(document, 'c', 'columns', { mode: 'none' }), stubCatalog, ['a-2']);
    const next = edit.removeNodes(set(first, 'a', 'factor', 3), stubCatalog, ['c']);
    const updated = updateGroup(mine, group, { source: source('v2'), base: first, next });
    expect(updated.nodes.map(({ id }) => id)).toEqual(['source', 'a', 'join', 'b']);
    expect(wires(updated)).toEqual(['a.data -> b.data', 'source.data -> a.data']);
  });

  test('gives its changes back to its source, beside what was changed there', () => {
    const { document, group } = placed();
    let mine = set(document, 'b', 'factor', 5);
    mine = edit.insertOnEdge(mine, stubCatalog, documentOf([], ['a-2 -> b']).edges[0]!, { type: 'select', position: [1, 1] })!.document;
    mine = edit.moveToGroup(mine, ['select'], group);
    const draft = set(first, 'a', 'factor', 3);
    const given = publishedFrom(mine, group, { base: first, draft })!;
    expect(given.draft).toMatchObject({ kind: 'sub-pipeline', name: 'Prepare' });
    expect([param(given.draft, 'a', 'factor'), param(given.draft, 'b', 'factor')]).toEqual([3, 5]);
    expect(wires(given.draft)).toEqual(['a.data -> select.data', 'b.data -> c.data', 'select.data -> b.data']);
    const own = edit.groupsOf(mine).find(({ id }) => id === group)!;
    const told = { ...mine, groups: edit.groupsOf(mine).map((each) => (each === own ? { ...own, source: { ...own.source!, ids: { ...given.ids } } } : each)) };
    const updated = updateGroup(told, group, { source: source('v2'), base: first, next: given.draft });
    expect(differsFromSource(updated, group, given.draft)!.same).toBe(true);
    expect(param(updated, 'a-2', 'factor')).toBe(3);
  });

  test('is made of a group, which then follows it until it is detached', () => {
    const document = edit.addGroup(laid(documentOf(['source', 'a:scale', 'b:scale'], ['source -> a', 'a -> b'])), {
      nodes: ['a', 'b'],
      title: 'Mine',
    }).document;
    const [group] = edit.groupsOf(document);
    const saved = subPipelineOf(document, group!.id, 'Mine');
    expect(saved).toMatchObject({ kind: 'sub-pipeline', name: 'Mine', nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ from: { node: 'a' } }] });
    expect(saved.layout.a).toEqual([0, 0]);
    const linked = linkGroup(document, group!.id, source('v1'));
    expect(differsFromSource(linked, group!.id, saved)!.same).toBe(true);
    expect(detachGroup(linked, group!.id)).toEqual(document);
  });

  test('stays one when it is copied, within a pipeline or into another', () => {
    const { document, group } = placed();
    const members = ['a-2', 'b', 'c'];
    for (const into of [document, emptyDocument('Other')]) {
      const pasted = edit.pasteNodes(into, edit.copyNodes(document, members), [10, 10]);
      const copy = pasted.groups[group]!;
      expect(differsFromSource(pasted.document, copy, first)!.same).toBe(true);
      expect(
        param(updateGroup(pasted.document, copy, { source: source('v2'), base: first, next: set(first, 'c', 'columns', 1) }), pasted.ids.c!, 'columns'),
      ).toBe(1);
    }
  });

  test('is brought to any version after any edits, soundly and without a change outside', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 12 }), fc.array(anyCommand, { maxLength: 12 }), (here, there) => {
        const { document, group } = placed();
        const mine = here.reduce((now, command) => command(now), document);
        const next = there.reduce((now, command) => command(now), first);
        const inside = new Set(edit.groupsOf(mine).flatMap((each) => (each.id === group || each.parent === group ? each.nodes : [])));
        const updated = updateGroup(mine, group, { source: source('v2'), base: first, next });
        expect(pipelineDocument.safeParse(updated).success).toBe(true);
        const ids = updated.nodes.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(Object.keys(updated.layout).sort()).toEqual(ids.toSorted());
        const grouped = edit.groupsOf(updated).flatMap((each) => each.nodes);
        expect(new Set(grouped).size).toBe(grouped.length);
        expect(grouped.filter((id) => !ids.includes(id))).toEqual([]);
        const inputs = updated.edges.map(({ to }) => `${to.node}.${to.port}`);
        expect(new Set(inputs).size).toBe(inputs.length);
        const loose = updated.edges.filter(({ from, to }) => !ids.includes(from.node) || !ids.includes(to.node));
        expect(loose).toEqual([]);
        if (edit.groupsOf(mine).some((each) => each.id === group)) {
          const outside = mine.nodes.filter(({ id }) => !inside.has(id) && !edit.groupsOf(mine).some((each) => each.nodes.includes(id)));
          for (const node of outside) expect(updated.nodes).toContainEqual(node);
        }
      }),
      { numRuns: 150 },
    );
  });
});
