import { describe, expect, test } from 'vitest';
import { difference } from './diff.ts';
import { tidy } from './layout.ts';
import { readDocument } from './migrations/index.ts';
import { outlineOf } from './outline.ts';
import { serialize } from './serialize.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

const plain = documentOf(['source', 'a:scale', 'b:scale'], ['source -> a', 'a -> b'], { a: { method: 'minmax', factor: 2 } });
const document = {
  ...plain,
  layout: tidy(plain),
  notes: [{ id: 'note-1', text: 'Mind\n"this"', x: 1, y: 2 }],
  parameters: [{ name: 'factor', description: '', node: 'a', param: 'factor' }],
};

describe('serialize', () => {
  test('gives a file that reads back as the same pipeline', () => {
    const { document: read, issues } = readDocument(JSON.parse(serialize(document)), stubCatalog);
    expect(issues).toEqual([]);
    expect(difference(document, read!)).toMatchObject({ same: true, moved: [] });
    expect(serialize(read!)).toBe(serialize(document));
  });

  test('keeps what is disabled, pinned, grouped and coloured', () => {
    const [first, ...rest] = document.nodes;
    const dressed = {
      ...document,
      nodes: [{ ...first!, disabled: true as const, pin: { run: 2, outputs: { data: 'b'.repeat(64) } } }, ...rest],
      notes: [{ ...document.notes[0]!, width: 300, height: 80, colour: 'learn' as const }],
      groups: [{ id: 'group-1', title: 'Two', colour: 'text' as const, collapsed: true, nodes: ['a', 'b'] }],
    };
    const { document: read } = readDocument(JSON.parse(serialize(dressed)), stubCatalog);
    expect(read).toEqual({ ...dressed, nodes: read!.nodes });
    expect(difference(dressed, read!).same).toBe(true);
    expect(difference(document, dressed).nodes.changed[0]!.changes.map(({ name }) => name)).toEqual(['disabled', 'pin']);
  });

  test('does not depend on the order of nodes, wires and keys', () => {
    const turned = {
      ...document,
      nodes: document.nodes.toReversed().map((node) => ({ ...node, params: Object.fromEntries(Object.entries(node.params).reverse()) })),
      edges: document.edges.toReversed(),
    };
    expect(serialize(turned)).toBe(serialize(document));
  });

  test('moving a card touches one line', () => {
    const lines = serialize(document).split('\n');
    const moved = serialize({ ...document, layout: { ...document.layout, b: [7, 9] } }).split('\n');
    expect(moved.filter((line, index) => line !== lines[index])).toEqual(['    "b": [7, 9],']);
  });
});

describe('difference', () => {
  test('names nodes, parameters, wires and moves', () => {
    const after = {
      ...document,
      name: 'Other',
      nodes: [
        ...document.nodes.filter((node) => node.id !== 'b').map((node) => (node.id === 'a' ? { ...node, params: { method: 'zscore', factor: 2 } } : node)),
        { ...document.nodes[2]!, id: 'c' },
      ],
      edges: documentOf([], ['source -> a', 'a -> c']).edges,
      layout: { ...document.layout, a: [5, 5] as [number, number] },
    };
    expect(difference(document, after)).toMatchObject({
      nodes: { added: ['c'], removed: ['b'], changed: [{ id: 'a', changes: [{ kind: 'param', name: 'method', before: 'minmax', after: 'zscore' }] }] },
      edges: { added: [{ to: { node: 'c' } }], removed: [{ to: { node: 'b' } }] },
      fields: [{ name: 'name', before: 'Test', after: 'Other' }],
      moved: ['a'],
      same: false,
    });
  });
});

describe('layout and outline', () => {
  test('no two cards overlap, and wires lead down', () => {
    const wide = documentOf(
      ['source', 'l:learner', 'x:scale', 'y:scale', 'z:scale', 'train'],
      ['source -> x', 'source -> y', 'x -> z', 'z -> train', 'l.learner -> train.learner'],
    );
    const places = tidy(wide);
    const cards = Object.values(places);
    cards.forEach(([x, y], index) => cards.slice(index + 1).forEach(([u, v]) => expect(Math.abs(x - u) >= 216 || Math.abs(y - v) >= 72).toBe(true)));
    for (const { from, to } of wide.edges) expect(places[from.node]![1]).toBeLessThan(places[to.node]![1]);
    expect(places.l![1]).toBe(places.train![1] - 104);
    expect(tidy(documentOf([]))).toEqual({});
  });

  test('the outline begins at zero, with or without a layout', () => {
    expect(outlineOf({ ...plain, layout: { source: [100, 50], a: [100, 150], b: [90, 250] } })).toEqual({
      nodes: [
        { id: 'source', type: 'source', x: 10, y: 0 },
        { id: 'a', type: 'scale', x: 10, y: 100 },
        { id: 'b', type: 'scale', x: 0, y: 200 },
      ],
      edges: [
        { from: 'source', to: 'a' },
        { from: 'a', to: 'b' },
      ],
    });
    expect(outlineOf(plain).nodes.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0, 104],
      [0, 208],
    ]);
    expect(outlineOf(documentOf([]))).toEqual({ nodes: [], edges: [] });
  });
});
