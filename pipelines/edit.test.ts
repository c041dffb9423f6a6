import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkStructure } from './check.ts';
import { emptyDocument, pipelineDocument, type PipelineDocument } from './document.ts';
import * as edit from './edit.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

const structural = (document: PipelineDocument) => checkStructure(document, stubCatalog);
const wires = (document: PipelineDocument) => document.edges.map(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}`).sort();
const edge = (text: string) => documentOf([], [text]).edges[0]!;

type Command = (document: PipelineDocument) => PipelineDocument;
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];
const types = Object.keys(stubCatalog);
const number = fc.nat(1000);

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom(...types).map(
    (type): Command =>
      (document) =>
        edit.addNode(document, stubCatalog, { type, position: [0, 0] }).document,
  ),
  fc.tuple(number, number, number, number).map(([a, b, c, d]): Command => (document) => {
    const [from, to] = [pick(document.nodes, a), pick(document.nodes, b)];
    if (!from || !to) return document;
    const [leaves, enters] = [pick(Object.keys(stubCatalog[from.type]!.outputs), c), pick(Object.keys(stubCatalog[to.type]!.inputs), d)];
    return edit.connect(document, stubCatalog, { from: { node: from.id, port: leaves ?? 'none' }, to: { node: to.id, port: enters ?? 'none' } });
  }),
  fc.array(number, { maxLength: 3 }).map(
    (at): Command =>
      (document) =>
        edit.removeNodes(
          document,
          stubCatalog,
          at.flatMap((each) => pick(document.nodes, each)?.id ?? []),
        ),
  ),
  fc.array(number, { maxLength: 4 }).map(
    (at): Command =>
      (document) =>
        edit.duplicateNodes(
          document,
          at.flatMap((each) => pick(document.nodes, each)?.id ?? []),
        ).document,
  ),
  number.map((at): Command => (document) => {
    const wire = pick(document.edges, at);
    return wire ? edit.disconnect(document, wire) : document;
  }),
  fc.tuple(number, fc.constantFrom(...types)).map(([at, type]): Command => (document) => {
    const wire = pick(document.edges, at);
    return (wire && edit.insertOnEdge(document, stubCatalog, wire, { type, position: [1, 1] })?.document) ?? document;
  }),
  fc.tuple(number, fc.constantFrom('method', 'label', 'columns'), fc.jsonValue()).map(
    ([at, name, value]): Command =>
      (document) =>
        edit.setParam(document, pick(document.nodes, at)?.id ?? 'none', name, value),
  ),
  fc.tuple(number, number, fc.string()).map(([at, param, name]): Command => (document) => {
    const node = pick(document.nodes, at);
    const field = node && pick(Object.keys(stubCatalog[node.type]!.params.shape), param);
    return node && field ? edit.promoteParameter(document, { node: node.id, param: field, name }) : document;
  }),
  fc.tuple(number, fc.string()).map(
    ([at, name]): Command =>
      (document) =>
        edit.editParameter(document, pick(document.parameters, at)?.name ?? 'none', { name }),
  ),
  fc.tuple(number, fc.string()).map(
    ([at, name]): Command =>
      (document) =>
        edit.renameNode(document, pick(document.nodes, at)?.id ?? 'none', name),
  ),
  fc.string().map(
    (text): Command =>
      (document) =>
        edit.addNote(document, { text, x: 1, y: 2 }).document,
  ),
  number.map(
    (at): Command =>
      (document) =>
        edit.removeNote(document, pick(document.notes, at)?.id ?? 'none'),
  ),
);

describe('commands', () => {
  test('any sequence leaves a sound document, and changes none that came before', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 5, maxLength: 60 }), (commands) => {
        let document = emptyDocument('Test');
        for (const each of commands) {
          const before = structuredClone(document);
          const next = each(document);
          expect(document).toEqual(before);
          document = next;
        }
        expect(structural(document)).toEqual([]);
        expect(pipelineDocument.safeParse(document).success).toBe(true);
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

  test('duplicates keep the wires among them', () => {
    const document = documentOf(['source', 'a:scale', 'b:scale'], ['source -> a', 'a -> b']);
    const { document: copied, ids } = edit.duplicateNodes(document, ['a', 'b']);
    expect(ids).toEqual({ a: 'a-2', b: 'b-2' });
    expect(wires(copied)).toEqual(['a-2.data -> b-2.data', 'a.data -> b.data', 'source.data -> a.data']);
  });

  test('a node goes into a wire when its kinds fit', () => {
    const document = documentOf(['source', 'b:scale'], ['source -> b']);
    const inserted = edit.insertOnEdge(document, stubCatalog, edge('source -> b'), { type: 'select', position: [0, 50] })!;
    expect(wires(inserted.document)).toEqual(['select.data -> b.data', 'source.data -> select.data']);
    expect(edit.insertOnEdge(document, stubCatalog, edge('source -> b'), { type: 'learner', position: [0, 0] })).toBeNull();
  });

  test('setParam, resetParam and setParams change nothing without need', () => {
    const document = documentOf(['a:scale'], [], { a: { factor: 2 } });
    expect(edit.setParam(document, 'a', 'factor', 2)).toBe(document);
    expect(edit.resetParam(document, 'a', 'method')).toBe(document);
    expect(edit.resetParam(document, 'a', 'factor').nodes[0]!.params).toEqual({});
    expect(edit.setParams(document, 'a', { factor: 3, method: 'minmax' }).nodes[0]!.params).toEqual({ factor: 3, method: 'minmax' });
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
