import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyParameters, plan } from './plan.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

const document = documentOf(['source', 'a:scale', 'b:scale', 'c:scale', 'd:scale'], ['source -> a', 'a -> b', 'source -> c', 'b -> d']);
const ids = (scope: Parameters<typeof plan>[2]) => plan(document, stubCatalog, scope).steps.map(({ node, needed }) => (needed ? node : `(${node})`));

describe('plan', () => {
  test('takes all, to a node, from a node, or one node', () => {
    expect(ids({ kind: 'all' })).toEqual(['source', 'c', 'a', 'b', 'd']);
    expect(ids({ kind: 'to', node: 'b' })).toEqual(['source', 'a', 'b']);
    expect(ids({ kind: 'from', node: 'b' })).toEqual(['(source)', '(a)', 'b', 'd']);
    expect(ids({ kind: 'node', node: 'b' })).toEqual(['b']);
    expect(ids({ kind: 'node', node: 'gone' })).toEqual([]);
  });

  test('gives parameters with defaults and where each input comes from', () => {
    expect(plan(document, stubCatalog, { kind: 'node', node: 'b' }).steps).toEqual([
      { node: 'b', type: 'scale', version: 2, params: { method: 'zscore', factor: 1, tag: '' }, inputs: { data: { node: 'a', port: 'data' } }, needed: true },
    ]);
  });

  test('every step comes after all that it needs', () => {
    const edge = fc.tuple(fc.nat(14), fc.nat(14)).filter(([from, to]) => from < to);
    fc.assert(
      fc.property(fc.uniqueArray(edge, { maxLength: 30 }), fc.nat(14), fc.constantFrom('to', 'from', 'all'), (edges, at, kind) => {
        const graph = documentOf(
          Array.from({ length: 15 }, (_, index) => `n${index}:scale`),
          edges.map(([from, to]) => `n${from} -> n${to}`),
        );
        const { steps } = plan(graph, stubCatalog, kind === 'all' ? { kind } : { kind: kind as 'to', node: `n${at}` });
        const done = new Set<string>();
        for (const step of steps) {
          for (const { node } of Object.values(step.inputs)) expect(done.has(node)).toBe(true);
          expect(done.has(step.node)).toBe(false);
          done.add(step.node);
        }
        if (kind === 'all') expect(steps.length).toBe(15);
      }),
    );
  });
});

describe('pipeline parameters', () => {
  const open = { ...document, parameters: [{ name: 'factor', description: '', node: 'a', param: 'factor' }] };

  test('set the field of their node and leave the document as it was', () => {
    const { document: set, issues } = applyParameters(open, { factor: 4 }, stubCatalog);
    expect(issues).toEqual([]);
    expect(set.nodes[1]!.params).toEqual({ factor: 4 });
    expect(open.nodes[1]!.params).toEqual({});
  });

  test('refuse unknown names and wrong values', () => {
    expect(applyParameters(open, { other: 1 }).issues).toMatchObject([{ code: 'parameter_unknown', message: expect.stringContaining('It has: factor.') }]);
    expect(applyParameters(open, { factor: 'many' }, stubCatalog).issues).toMatchObject([{ code: 'parameter_invalid', node: 'a', param: 'factor' }]);
    expect(applyParameters(open, { factor: '4.5' }, stubCatalog)).toMatchObject({
      issues: [],
      document: { nodes: expect.arrayContaining([expect.objectContaining({ params: expect.objectContaining({ factor: 4.5 }) as unknown })]) as unknown },
    });
    expect(applyParameters(open, { factor: ' ' }, stubCatalog).issues).toMatchObject([{ code: 'parameter_invalid' }]);
    expect(applyParameters(open, { factor: -1 }, stubCatalog).issues).toMatchObject([{ code: 'parameter_invalid' }]);
    const saved = { ...open, nodes: open.nodes.map((node) => ({ ...node, params: { factor: 2 } })) };
    expect(applyParameters(saved, { factor: 'many' }).issues).toMatchObject([{ code: 'parameter_invalid' }]);
  });
});
