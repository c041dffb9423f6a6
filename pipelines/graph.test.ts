import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ancestors, descendants, graphOf, topologicalOrder } from './graph.ts';
import { documentOf } from './stub-catalog.ts';

const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
const wire = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).map(([from, to]) => `${from} -> ${to}`);

describe('graph', () => {
  test('orders nodes so that every wire leads forward, or shows a true circle', () => {
    fc.assert(
      fc.property(fc.uniqueArray(wire, { maxLength: 25 }), (wires) => {
        const document = documentOf(names, wires);
        const graph = graphOf(document);
        const { order, cycle, rest } = topologicalOrder(graph);
        expect(new Set([...order, ...rest]).size).toBe(names.length);
        for (const { from, to } of document.edges) if (order.includes(to.node)) expect(order.indexOf(from.node)).toBeLessThan(order.indexOf(to.node));
        expect(cycle.length > 0).toBe(rest.length > 0);
        cycle.forEach((id, index) =>
          expect(document.edges.some(({ from, to }) => from.node === id && to.node === cycle[(index + 1) % cycle.length])).toBe(true),
        );
      }),
    );
  });

  test('finds ancestors and descendants', () => {
    const graph = graphOf(documentOf(['a', 'b', 'c', 'd', 'e'], ['a -> b', 'b -> c', 'd -> c']));
    expect([...ancestors(graph, 'c')].sort()).toEqual(['a', 'b', 'd']);
    expect([...descendants(graph, 'a')].sort()).toEqual(['b', 'c']);
    expect(ancestors(graph, 'e').size).toBe(0);
  });

  test('leaves out wires with an absent end', () => {
    const graph = graphOf(documentOf(['a'], ['a -> gone', 'gone -> a']));
    expect(graph.outgoing.get('a')).toEqual([]);
    expect(graph.incoming.get('a')).toEqual([]);
  });
});
