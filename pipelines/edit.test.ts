import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkStructure } from './check.ts';
import { anyCommand } from './any-command.ts';
import { emptyDocument, pipelineDocument, type PipelineDocument } from './document.ts';
import * as edit from './edit.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

const structural = (document: PipelineDocument) => checkStructure(document, stubCatalog);
const wires = (document: PipelineDocument) => document.edges.map(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}`).sort();
const edge = (text: string) => documentOf([], [text]).edges[0]!;

describe('commands', () => {
  test('any sequence leaves a sound document, and changes none that came before', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { minLength: 5, maxLength: 60 }), (commands) => {
        let document = emptyDocument('Test');
        for (const each of commands) {
          const before = structuredClone(document);
          const next = each(document);
          expect(document).toEqual(before);
          document = next;
        }
        expect(structural(document)).toEqual([]);
        expect(pipelineDocument.safeParse(document).success).toBe(true);
        const grouped = edit.groupsOf(document).flatMap((group) => group.nodes);
        expect(new Set(grouped).size).toBe(grouped.length);
        expect(grouped.filter((id) => !document.nodes.some((node) => node.id === id))).toEqual([]);
        expect(Object.keys(document.layout).sort()).toEqual(document.nodes.map((node) => node.id).sort());
      }),
      { numRuns: 200 },
    );
  });

  test('addNode gives a free id', () => {
    let document = emptyDocument('Test');
    const ids = Array.from({ length: 3 }, () => {
      const added = edit.addNode(document, stubCatalog, { type: 'scale', position: [10, 20] });
      document = added.document;
      return added.id;
    });
    expect(ids).toEqual(['scale', 'scale-2', 'scale-3']);
    expect(document.layout['scale-2']).toEqual([10, 20]);
    expect(document.nodes[0]!.version).toBe(2);
  });

  test('connect replaces the wire of an occupied input and refuses what is impossible', () => {
    const document = documentOf(['a:source', 'b:source', 'c:scale', 'd:scale', 'train', 'learner'], ['a -> c', 'c -> d']);
    expect(wires(edit.connect(document, stubCatalog, edge('b -> c')))).toEqual(['b.data -> c.data', 'c.data -> d.data']);
    for (const impossible of ['d -> c', 'c -> c', 'learner.learner -> train.data', 'a.none -> c', 'gone -> c'])
      expect(edit.connect(document, stubCatalog, edge(impossible))).toBe(document);
    expect(edit.whyNotConnect(document, stubCatalog, edge('d -> c'))).toBe('This would make a circle.');
    expect(edit.whyNotConnect(document, stubCatalog, edge('learner.learner -> train.data'))).toBe('Takes a table, not a learner.');
  });

  test('removing nodes of a line closes it', () => {
    const document = documentOf(
      ['source', 'a:scale', 'b:scale', 'split', 'c:scale', 'join'],
      ['source -> a', 'a -> b', 'b -> split', 'split.first -> c', 'split.second -> join.left', 'c -> join.right'],
    );
    expect(wires(edit.removeNodes(document, stubCatalog, ['a', 'b', 'split']))).toEqual([
      'c.data -> join.right',
      'source.data -> c.data',
      'source.data -> join.left',
    ]);
    expect(
      wires(
        edit.removeNodes(documentOf(['a:source', 'b:source', 'join', 'c:scale'], ['a -> join.left', 'b -> join.right', 'join -> c']), stubCatalog, ['join']),
      ),
    ).toEqual([]);
  });

  test('removing a node takes its place and its pipeline parameters', () => {
    const added = edit.addNode(emptyDocument('Test'), stubCatalog, { type: 'scale', position: [0, 0] });
    const promoted = edit.promoteParameter(added.document, { node: 'scale', param: 'factor' });
    expect(promoted.parameters).toEqual([{ name: 'factor', description: '', node: 'scale', param: 'factor' }]);
    expect(edit.promoteParameter(promoted, { node: 'scale', param: 'factor' })).toBe(promoted);
    expect(edit.removeNodes(promoted, stubCatalog, ['scale'])).toEqual(emptyDocument('Test'));
  });

  test('duplicates keep the wires among them, and what feeds them', () => {
    const document = documentOf(['source', 'a:scale', 'b:scale'], ['source -> a', 'a -> b']);
    const { document: copied, ids } = edit.duplicateNodes(document, ['a', 'b']);
    expect(ids).toEqual({ a: 'a-2', b: 'b-2' });
    expect(wires(copied)).toEqual(['a-2.data -> b-2.data', 'a.data -> b.data', 'source.data -> a-2.data', 'source.data -> a.data']);
  });

  test('a node goes into a wire when its kinds fit', () => {
    const document = documentOf(['source', 'b:scale'], ['source -> b']);
    const inserted = edit.insertOnEdge(document, stubCatalog, edge('source -> b'), { type: 'select', position: [0, 50] })!;
    expect(wires(inserted.document)).toEqual(['select.data -> b.data', 'source.data -> select.data']);
    expect(edit.insertOnEdge(document, stubCatalog, edge('source -> b'), { type: 'learner', position: [0, 0] })).toBeNull();
  });

  test('a node that stands alone goes into a wire, one with wires does not', () => {
    const document = documentOf(['source', 'b:scale', 'alone:select', 'lone:learner'], ['source -> b']);
    expect(wires(edit.threadOnEdge(document, stubCatalog, edge('source -> b'), 'alone')!)).toEqual(['alone.data -> b.data', 'source.data -> alone.data']);
    expect(edit.threadOnEdge(document, stubCatalog, edge('source -> b'), 'lone')).toBeNull();
    expect(edit.threadOnEdge(document, stubCatalog, edge('source -> b'), 'b')).toBeNull();
    expect(edit.threadOnEdge(document, stubCatalog, edge('source -> alone'), 'alone')).toBeNull();
    const unknown = { ...document, nodes: document.nodes.map((node) => (node.id === 'alone' ? { ...node, type: 'from-elsewhere' } : node)) };
    expect(edit.threadOnEdge(unknown, stubCatalog, edge('source -> b'), 'alone')).toBeNull();
  });

  test('an end of a wire goes to another port, where it may', () => {
    const document = documentOf(['source', 'other:source', 'a:scale', 'b:scale', 'lone:learner'], ['source -> a', 'a -> b']);
    expect(wires(edit.reroute(document, stubCatalog, edge('source -> a'), 'from', { node: 'other', port: 'data' }))).toEqual([
      'a.data -> b.data',
      'other.data -> a.data',
    ]);
    expect(wires(edit.reroute(document, stubCatalog, edge('source -> a'), 'to', { node: 'b', port: 'data' }))).toEqual(['source.data -> b.data']);
    for (const place of [
      { node: 'a', port: 'data' },
      { node: 'lone', port: 'learner' },
      { node: 'nowhere', port: 'data' },
    ])
      expect(edit.reroute(document, stubCatalog, edge('source -> a'), 'to', place)).toBe(document);
    expect(edit.reroute(document, stubCatalog, edge('source -> a'), 'from', { node: 'b', port: 'data' })).toBe(document);
    expect(edit.reroute(document, stubCatalog, edge('other -> a'), 'to', { node: 'b', port: 'data' })).toBe(document);
  });

  test('setParam, resetParam and setParams change nothing without need', () => {
    const document = documentOf(['a:scale'], [], { a: { factor: 2 } });
    expect(edit.setParam(document, 'a', 'factor', 2)).toBe(document);
    expect(edit.resetParam(document, 'a', 'method')).toBe(document);
    expect(edit.resetParam(document, 'a', 'factor').nodes[0]!.params).toEqual({});
    expect(edit.setParams(document, 'a', { factor: 3, method: 'minmax' }).nodes[0]!.params).toEqual({ factor: 3, method: 'minmax' });
  });
});

describe('several nodes', () => {
  test('are set and reset alike, and stay the same document where nothing changes', () => {
    const document = documentOf(['a:scale', 'b:scale', 'c:scale'], [], { a: { factor: 2 }, b: { factor: 3 } });
    const factors = (each: typeof document): unknown[] => each.nodes.map(({ params }) => params.factor);
    const set = edit.setParamOfAll(document, ['a', 'b', 'nowhere'], 'factor', 5);
    expect(factors(set)).toEqual([5, 5, undefined]);
    expect(edit.setParamOfAll(set, ['a', 'b'], 'factor', 5)).toBe(set);
    expect(factors(edit.resetParamOfAll(set, ['a', 'b', 'c'], 'factor'))).toEqual([undefined, undefined, undefined]);
    expect(edit.resetParamOfAll(document, ['c'], 'factor')).toBe(document);
  });
});

describe('targets', () => {
  test('say for each port whether a wire may go there, just as connect does', () => {
    const document = documentOf(['source', 'a:scale', 'b:scale', 'train', 'score'], ['source -> a', 'a -> b']);
    const targets = edit.legalTargets(document, stubCatalog, { node: 'b', port: 'data' });
    expect(targets.filter((each) => each.legal).map(({ node, port }) => `${node}.${port}`)).toEqual(['train.data', 'score.data']);
    expect(targets.find((each) => each.node === 'a')).toMatchObject({ legal: false, reason: 'This would make a circle.', occupied: true });
    for (const { node, port, reason } of targets)
      expect(edit.whyNotConnect(document, stubCatalog, { from: { node: 'b', port: 'data' }, to: { node, port } })).toBe(reason);
    const sources = edit.legalTargets(document, stubCatalog, { node: 'a', port: 'data' }, 'input');
    expect(sources.filter((each) => each.legal).map(({ node, port }) => `${node}.${port}`)).toEqual(['source.data', 'score.data']);
  });

  test('new node types for a port', () => {
    expect(edit.newNodesFor(stubCatalog, 'learner', 'input').map((each) => `${each.definition.type}.${each.port}`)).toEqual(['train.learner']);
    expect(edit.newNodesFor(stubCatalog, 'model', 'output').map((each) => each.definition.type)).toEqual(['train', 'register']);
  });
});

test('what comes from the clipboard is checked', () => {
  const clip = edit.copyNodes(documentOf(['a:scale', 'constructor:scale'], ['a -> constructor']), ['a', 'constructor']);
  expect(edit.readClip(JSON.parse(JSON.stringify(clip)))).toEqual(clip);
  expect(edit.pasteNodes(emptyDocument('Test'), clip, [5, 6])).toMatchObject({
    ids: { a: 'a', constructor: 'constructor' },
    document: { layout: { a: [5, 6], constructor: [5, 6] } },
  });
  for (const wrong of [null, 'text', { nodes: [] }, { ...clip, nodes: [...clip.nodes, ...clip.nodes] }, { ...clip, edges: [{}] }])
    expect(edit.readClip(wrong)).toBeNull();
});

test('cards are lined up and spread', () => {
  const places: PipelineDocument['layout'] = { a: [0, 5], b: [101, 40], c: [300, 9] };
  const document = { ...documentOf(['a:scale', 'b:scale', 'c:scale']), layout: places };
  const all = ['a', 'b', 'c'];
  expect(edit.alignNodes(document, all, 'left').layout).toEqual({ a: [0, 5], b: [0, 40], c: [0, 9] });
  expect(edit.alignNodes(document, all, 'centre').layout).toEqual({ a: [150, 5], b: [150, 40], c: [150, 9] });
  expect(edit.alignNodes(document, all, 'bottom').layout).toEqual({ a: [0, 40], b: [101, 40], c: [300, 40] });
  expect(edit.distributeNodes(document, all, 'x').layout).toEqual({ a: [0, 5], b: [150, 40], c: [300, 9] });
  expect(edit.alignNodes(document, ['a'], 'top')).toBe(document);
  expect(edit.distributeNodes(document, ['a', 'b'], 'y')).toBe(document);
  expect(edit.boundsOf(document, all)).toEqual({ x: 0, y: 5, width: 516, height: 107 });
});

describe('groups', () => {
  const document = documentOf(['a:scale', 'b:scale', 'c:scale'], ['a -> b']);

  test('hold a node once, follow what is removed, and go when empty', () => {
    const first = edit.addGroup(document, { nodes: ['a', 'b', 'gone'], title: 'First' });
    expect(first).toMatchObject({ id: 'group-1', document: { groups: [{ title: 'First', colour: 'data', collapsed: false, nodes: ['a', 'b'] }] } });
    const second = edit.addGroup(first.document, { nodes: ['b', 'c'] });
    expect(edit.groupsOf(second.document).map(({ nodes }) => nodes)).toEqual([['a'], ['b', 'c']]);
    expect(edit.groupsOf(edit.removeNodes(second.document, stubCatalog, ['a'])).map(({ id }) => id)).toEqual(['group-2']);
    expect(edit.groupOfNode(edit.moveToGroup(second.document, ['c'], 'group-1'), 'c')?.id).toBe('group-1');
    expect(edit.removeGroup(edit.removeGroup(second.document, 'group-1'), 'group-2')).toEqual(document);
    expect(edit.addGroup(document, { nodes: [] })).toEqual({ document, id: null });
  });

  test('are copied whole, with pins left behind', () => {
    const grouped = edit.pinNode(edit.addGroup(document, { nodes: ['a', 'b'], title: 'Both', colour: 'learn' }).document, 'a', { run: 1, outputs: {} });
    const pasted = edit.pasteNodes(grouped, edit.copyNodes(grouped, ['a', 'b']), [0, 0]).document;
    expect(edit.groupsOf(pasted)[1]).toEqual({ id: 'group-2', title: 'Both', colour: 'learn', collapsed: false, nodes: ['a-2', 'b-2'] });
    expect(pasted.nodes.filter((node) => node.pin).map((node) => node.id)).toEqual(['a']);
    expect(edit.copyNodes(grouped, ['a']).groups).toBeUndefined();
  });
});

test('nodes of unknown types can be disabled, grouped, copied and brought back', () => {
  const document = {
    ...emptyDocument('Test'),
    nodes: [{ id: 'x', type: 'from-elsewhere', version: 9, name: '', comment: '', params: { deep: { kept: [1] } } }],
    layout: { x: [1, 2] as [number, number] },
  };
  const disabled = edit.disableNodes(document, ['x'], true);
  expect(disabled.nodes[0]).toEqual({ ...document.nodes[0], disabled: true });
  expect(edit.disableNodes(disabled, ['x'], false)).toEqual(document);
  expect(edit.disableNodes(document, ['x'], false)).toBe(document);
  expect(edit.duplicateNodes(document, ['x']).document.nodes[1]).toEqual({ ...document.nodes[0], id: 'x-2' });
  expect(pipelineDocument.parse(edit.addGroup(disabled, { nodes: ['x'] }).document).nodes[0]!.params).toEqual({ deep: { kept: [1] } });
});
