import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDangling, checkIds, hasErrors } from './check.ts';
import type { PipelineDocument } from './document.ts';
import { connect, disconnect, duplicateNodes, moveNodes, removeNodes, renameNode, setParam, setRunPolicy } from './edit.ts';
import { carryOver, conflictKey, merge, shared, type Side } from './merge.ts';
import { open } from './merge-tree.ts';
import { serialize } from './serialize.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

const plain = documentOf(['source', 'a:scale', 'b:scale', 'c:scale', 'd:scale'], ['source -> a', 'a -> b', 'source -> c'], {
  a: { factor: 2, method: 'minmax' },
});
const base: PipelineDocument = {
  ...plain,
  layout: Object.fromEntries(plain.nodes.map(({ id }, index) => [id, [0, index * 104] as [number, number]])),
  notes: [{ id: 'note', text: 'Mind this', x: 1, y: 2 }],
  parameters: [{ name: 'factor', description: '', node: 'a', param: 'factor' }],
};
const set = (document: PipelineDocument, node: string, param: string, value: unknown) => setParam(document, node, param, value);
const valueAt = (document: PipelineDocument, node: string, param: string) => document.nodes.find(({ id }) => id === node)?.params[param];
const wire = (from: string, to: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 'data' } });

/** Every place of a document with its value, as text. */
function places(document: PipelineDocument): Map<string, string> {
  const flat = new Map<string, string>();
  const walk = (value: unknown, path: readonly string[]): void => {
    const parts = open(value, path);
    if (parts) for (const [key, each] of parts) walk(each, [...path, key]);
    else flat.set(path.join('\n'), JSON.stringify(value));
  };
  walk(document, []);
  return flat;
}

describe('merge', () => {
  test('joins changes of different nodes and of different fields of one node', () => {
    const mine = renameNode(set(base, 'a', 'factor', 3), 'b', 'Mine');
    const theirs = set(set(base, 'a', 'method', 'zscore'), 'b', 'factor', 9);
    const { document, conflicts } = merge(base, mine, theirs);
    expect(conflicts).toEqual([]);
    expect([valueAt(document, 'a', 'factor'), valueAt(document, 'a', 'method'), valueAt(document, 'b', 'factor')]).toEqual([3, 'zscore', 9]);
    expect(document.nodes.find(({ id }) => id === 'b')?.name).toBe('Mine');
  });

  test('names a field that both changed, with the values of all three, and takes the side that is chosen', () => {
    const [mine, theirs] = [set(base, 'a', 'factor', 3), set(base, 'a', 'factor', 4)];
    const { conflicts } = merge(base, mine, theirs);
    expect(conflicts).toEqual([{ path: ['nodes', 'a', 'params', 'factor'], base: 2, mine: 3, theirs: 4 }]);
    const choose = (side: Side) => valueAt(merge(base, mine, theirs, () => side).document, 'a', 'factor');
    expect([choose('mine'), choose('theirs')]).toEqual([3, 4]);
  });

  test('the same change on both sides is no conflict', () => {
    expect(merge(base, set(base, 'a', 'factor', 3), set(base, 'a', 'factor', 3)).conflicts).toEqual([]);
  });

  test('two new nodes under one id are two nodes, each with its wires', () => {
    const add = (factor: number) => {
      const { document, ids } = duplicateNodes(base, ['c']);
      return connect(set(document, Object.values(ids)[0]!, 'factor', factor), stubCatalog, wire('a', Object.values(ids)[0]!));
    };
    const { document, conflicts, renamed } = merge(base, add(5), add(6));
    expect(conflicts).toEqual([]);
    expect(renamed.size).toBe(1);
    const fresh = document.nodes.filter(({ id }) => !base.nodes.some((node) => node.id === id));
    expect(fresh.map(({ params }) => params.factor).sort()).toEqual([5, 6]);
    for (const { id } of fresh) {
      expect(document.edges.filter(({ from, to }) => from.node === 'a' && to.node === id)).toHaveLength(1);
      expect(document.layout[id]).toBeDefined();
    }
  });

  test('a node that one removed and the other changed is asked for, and comes back with its wires', () => {
    const [mine, theirs] = [removeNodes(base, stubCatalog, ['b']), set(base, 'b', 'factor', 7)];
    const { document, conflicts } = merge(base, mine, theirs);
    expect(conflicts.map(conflictKey)).toEqual(['nodes\nb']);
    expect(document.nodes.some(({ id }) => id === 'b')).toBe(false);
    const kept = merge(base, mine, theirs, () => 'theirs').document;
    expect(valueAt(kept, 'b', 'factor')).toBe(7);
    expect(kept.edges).toContainEqual(wire('a', 'b'));
  });

  test('a new wire holds the node that the other removed', () => {
    const [mine, theirs] = [connect(base, stubCatalog, wire('c', 'd')), removeNodes(base, stubCatalog, ['c'])];
    expect(merge(base, mine, theirs).conflicts.map(conflictKey)).toEqual(['nodes\nc']);
    expect(merge(base, mine, theirs).document.edges).toEqual(expect.arrayContaining([wire('source', 'c'), wire('c', 'd')]));
    expect(merge(base, mine, theirs, () => 'theirs').document.edges.some(({ to }) => to.node === 'd')).toBe(false);
  });

  test('two wires into one input are a conflict', () => {
    const [mine, theirs] = [connect(base, stubCatalog, wire('a', 'd')), connect(base, stubCatalog, wire('c', 'd'))];
    const { document, conflicts } = merge(base, mine, theirs);
    expect(conflicts.map(({ path }) => path[0])).toEqual(['edges']);
    expect(document.edges.filter(({ to }) => to.node === 'd')).toEqual([wire('a', 'd')]);
  });

  test('of places on the canvas nobody is asked', () => {
    const [mine, theirs] = [moveNodes(base, { a: [1, 1], b: [5, 5] }), moveNodes(base, { a: [2, 2], c: [6, 6] })];
    const { document, conflicts } = merge(base, mine, theirs);
    expect(conflicts).toEqual([]);
    expect([document.layout.a, document.layout.b, document.layout.c]).toEqual([
      [1, 1],
      [5, 5],
      [6, 6],
    ]);
  });

  test('lists that a later version adds merge by the ids of their items, and their members one by one', () => {
    const grouped = (nodes: readonly string[], title = 'Clean') => ({ ...base, groups: [{ id: 'g', title, nodes }] }) as PipelineDocument;
    const { document, conflicts } = merge(grouped(['a', 'b']), grouped(['a', 'b', 'c']), grouped(['b'], 'Prepare'));
    expect(conflicts).toEqual([]);
    expect(document).toMatchObject({ groups: [{ id: 'g', title: 'Prepare', nodes: ['b', 'c'] }] });
  });

  test('an earlier state keeps what another person changed since', () => {
    const mine = set(base, 'a', 'factor', 3);
    const after = renameNode(set(mine, 'b', 'factor', 8), 'c', 'Theirs');
    const undone = carryOver(mine, after, base);
    expect([valueAt(undone, 'a', 'factor'), valueAt(undone, 'b', 'factor'), undone.nodes.find(({ id }) => id === 'c')?.name]).toEqual([2, 8, 'Theirs']);
    const touched = set(mine, 'a', 'factor', 5);
    expect(valueAt(carryOver(mine, touched, base), 'a', 'factor')).toBe(5);
  });
});

type Edit = (document: PipelineDocument) => PipelineDocument;
const ids = ['source', 'a', 'b', 'c', 'd'];
/** Edits of one person: values that only that person writes. */
const edits = (who: string): fc.Arbitrary<Edit[]> => {
  const id = fc.constantFrom(...ids);
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.tuple(id, fc.constantFrom('factor', 'method', 'other'), fc.nat(3)).map(
      ([node, param, value]): Edit =>
        (document) =>
          document.nodes.some((each) => each.id === node) ? setParam(document, node, param, `${who}${value}`) : document,
    ),
    fc.tuple(id, fc.nat(3)).map(
      ([node, value]): Edit =>
        (document) =>
          renameNode(document, node, `${who}${value}`),
    ),
    id.map(
      (node): Edit =>
        (document) =>
          removeNodes(document, stubCatalog, [node]),
    ),
    fc.tuple(id, id).map(([from, to]): Edit => (document) => {
      try {
        return connect(document, stubCatalog, wire(from, to));
      } catch {
        return document;
      }
    }),
    fc.nat(3).map(
      (index): Edit =>
        (document) =>
          document.edges[index] ? disconnect(document, document.edges[index]) : document,
    ),
    fc.tuple(id, fc.nat(99)).map(
      ([node, x]): Edit =>
        (document) =>
          moveNodes(document, { [node]: [x, x] }),
    ),
    fc.nat(99).map((index): Edit => (document) => ({
      ...document,
      nodes: [
        ...document.nodes.filter((node) => node.id !== `${who}${index}`),
        { id: `${who}${index}`, type: 'scale', version: 1, name: '', comment: '', params: {} },
      ],
    })),
    fc.constant((document: PipelineDocument) => ({ ...document, description: who })),
    fc.nat(3).map(
      (value): Edit =>
        (document) =>
          setRunPolicy(document, { priority: value }),
    ),
    fc
      .string({ maxLength: 3 })
      .map((text): Edit => (document) => ({ ...document, notes: [...document.notes, { id: `${who}-${document.notes.length}`, text, x: 0, y: 0 }] })),
  );
  return fc.array(edit, { maxLength: 8 });
};
const apply = (changes: readonly Edit[]): PipelineDocument => changes.reduce((document, change) => change(document), base);
const both = fc.tuple(edits('m'), edits('t'));

describe('any edits of two people', () => {
  test('none of the chosen side is lost, and none that only one side made', () => {
    fc.assert(
      fc.property(both, fc.constantFrom<Side>('mine', 'theirs'), (changes, side) => {
        const [mine, theirs] = [apply(changes[0]), apply(changes[1])];
        const { document, conflicts } = merge(base, mine, theirs, () => side);
        const [before, own, other, after] = [base, mine, theirs, document].map(places) as [
          Map<string, string>,
          Map<string, string>,
          Map<string, string>,
          Map<string, string>,
        ];
        const chosen = side === 'mine' ? own : other;
        const decided = conflicts.map(conflictKey);
        const goneNodes = new Set([...ids].filter((id) => !document.nodes.some((node) => node.id === id)));
        for (const place of new Set([...before.keys(), ...own.keys(), ...other.keys()])) {
          const path = place.split('\n');
          // A card that was moved and is gone has no place any more; where both moved a card, nobody is asked.
          if (path[0] === 'layout' && (goneNodes.has(path[1]!) || own.get(place) !== other.get(place))) continue;
          const [was, m, t] = [before.get(place), own.get(place), other.get(place)];
          // A wire that went with its node leaves the input free for the other's new one.
          if (path[0] === 'edges' && chosen.get(place) === undefined && [...goneNodes].some((id) => was?.includes(`"from":{"node":"${id}"`))) continue;
          if (chosen.get(place) !== was) expect([place, after.get(place)]).toEqual([place, chosen.get(place)]);
          else if (m !== was || t !== was) {
            const wanted = m !== was ? m : t;
            const about = decided.some((key) => place === key || place.startsWith(`${key}\n`));
            const loose = path[0] === 'edges' || path[0] === 'parameters';
            if (!about && !(loose && conflicts.length > 0)) expect([place, after.get(place)]).toEqual([place, wanted]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('it does not matter whose is whose where nothing had to be chosen', () => {
    fc.assert(
      fc.property(both, (changes) => {
        const [mine, theirs] = [apply(changes[0]), apply(changes[1])];
        const [one, other] = [merge(base, mine, theirs), merge(base, theirs, mine)];
        const withoutPlaces = (document: PipelineDocument) => serialize({ ...document, layout: {} });
        if (one.conflicts.length === 0) expect(withoutPlaces(one.document)).toBe(withoutPlaces(other.document));
        const swapped = merge(base, theirs, mine, () => 'theirs');
        expect(one.conflicts.map(conflictKey).sort()).toEqual(swapped.conflicts.map(conflictKey).sort());
        expect(withoutPlaces(one.document)).toBe(withoutPlaces(swapped.document));
      }),
      { numRuns: 300 },
    );
  });

  test('the result is a whole document', () => {
    fc.assert(
      fc.property(both, fc.constantFrom<Side>('mine', 'theirs'), (changes, side) => {
        const { document } = merge(base, apply(changes[0]), apply(changes[1]), () => side);
        expect(hasErrors([...checkIds(document), ...checkDangling(document)])).toBe(false);
        expect(new Set(document.edges.map(({ to }) => `${to.node} ${to.port}`)).size).toBe(document.edges.length);
      }),
      { numRuns: 200 },
    );
  });

  test('a document that shares its parts with another is the same document', () => {
    fc.assert(
      fc.property(edits('t'), (changes) => {
        const theirs = JSON.parse(JSON.stringify(apply(changes))) as PipelineDocument;
        const joined = shared(base, theirs);
        expect(serialize(joined)).toBe(serialize(theirs));
        for (const node of joined.nodes) {
          const old = base.nodes.find(({ id }) => id === node.id);
          if (JSON.stringify(old) === JSON.stringify(node)) expect(node).toBe(old);
        }
      }),
    );
  });

  test('nothing changed on one side gives the other', () => {
    fc.assert(
      fc.property(edits('m'), (changes) => {
        const mine = apply(changes);
        expect(serialize(merge(base, mine, base).document)).toBe(serialize(mine));
        expect(serialize(merge(base, base, mine).document)).toBe(serialize(mine));
        expect(serialize(merge(base, mine, mine).document)).toBe(serialize(mine));
      }),
    );
  });
});
