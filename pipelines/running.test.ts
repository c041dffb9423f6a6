import { describe, expect, test } from 'vitest';
import type { PipelineDocument } from './document.ts';
import { check, hasErrors } from './check.ts';
import { disableNodes, pinNode } from './edit.ts';
import { plan, planned } from './plan.ts';
import { createMemo, propagate } from './propagate.ts';
import { runningPart } from './running.ts';
import { createInference } from './scoring.ts';
import { documentOf, stubAssets, stubCatalog } from './stub-catalog.ts';

const world = { catalog: stubCatalog, assets: stubAssets };
const line = documentOf(['source', 'a:scale', 'b:select', 'c:scale'], ['source -> a', 'a -> b', 'b -> c'], {
  source: { dataset: { name: 'people', version: 1 } },
});
const wires = ({ edges }: Pick<PipelineDocument, 'edges'>) => edges.map(({ from, to }) => `${from.node}.${from.port} -> ${to.node}.${to.port}`).sort();
const steps = (document: PipelineDocument, scope: Parameters<typeof plan>[2] = { kind: 'all' }) =>
  plan(document, stubCatalog, scope).steps.map((step) => step.node);
const HASH = 'a'.repeat(64);

describe('a disabled node', () => {
  test('changes nothing where there is none', () => {
    expect(runningPart(line, stubCatalog).running).toBe(line);
  });

  test('passes its input through, also where several stand in a line', () => {
    const { running, off } = runningPart(disableNodes(line, ['a', 'b'], true), stubCatalog);
    expect(wires(running)).toEqual(['source.data -> c.data']);
    expect([...off]).toEqual([
      ['a', null],
      ['b', null],
    ]);
  });

  test('keeps what cannot do without it from running, and says why', () => {
    const document = documentOf(
      ['source', 'learner', 'train', 'score', 'd:scale'],
      ['learner.learner -> train.learner', 'source -> train.data', 'train.model -> score.model', 'source -> score.data', 'score -> d'],
      { source: { dataset: { name: 'people', version: 1 } } },
    );
    const off = disableNodes(document, ['train'], true);
    expect(steps(off).sort()).toEqual(['learner', 'source']);
    const states = propagate(off, world);
    expect(states.get('score')!.issues).toMatchObject([{ code: 'node_off', level: 'warning', message: expect.stringContaining('is disabled') }]);
    expect(states.get('d')!.issues).toMatchObject([{ code: 'node_off', message: expect.stringContaining('does not run') }]);
    expect(states.get('train')!.issues).toEqual([]);
    expect(hasErrors(check(off, world).filter((issue) => issue.node !== 'source' && issue.node !== 'learner'))).toBe(false);
    expect(steps(off, { kind: 'to', node: 'score' })).toEqual([]);
  });

  test('gives the schema that enters it, with or without memory of the edit before', () => {
    const memo = createMemo();
    const renamed = documentOf(['source', 'r:rename', 'c:scale'], ['source -> r', 'r -> c'], {
      source: { dataset: { name: 'people', version: 1 } },
      r: { from: 'age', to: 'years' },
    });
    const names = (document: PipelineDocument) =>
      (propagate(document, { ...world, memo }).get('c')!.inputs.data as { columns: { name: string }[] }).columns.map((each) => each.name);
    expect(names(renamed)).toContain('years');
    expect(names(disableNodes(renamed, ['r'], true))).not.toContain('years');
    expect(names(renamed)).toContain('years');
  });

  test('is out of what is wrong with the pipeline', () => {
    const broken = documentOf(['source', 'b:select', 'c:scale'], ['source -> b', 'b -> c'], {
      b: { columns: 7 },
      source: { dataset: { name: 'people', version: 1 } },
    });
    expect(check(broken, world).map((issue) => issue.node)).toContain('b');
    expect(check(disableNodes(broken, ['b'], true), world).map((issue) => issue.node)).not.toContain('b');
  });

  test('is passed by at scoring', () => {
    const document = documentOf(
      ['source', 'a:scale', 'learner', 'train', 'score'],
      ['source -> a', 'learner.learner -> train.learner', 'a -> train.data', 'train.model -> score.model', 'a -> score.data'],
      { source: { dataset: { name: 'people', version: 1 } }, train: { label: 'left' } },
    );
    const stages = (each: PipelineDocument) => createInference(each, world).stages.map((stage) => stage.node);
    expect(stages(document)).toEqual(['a']);
    const without = createInference(disableNodes(document, ['a'], true), world);
    expect(without.issues.filter((issue) => issue.level === 'error')).toEqual([]);
    expect(without.stages).toEqual([]);
  });

  test('that stands in a circle breaks none', () => {
    const circle = documentOf(['a:scale', 'b:scale'], ['a -> b', 'b -> a']);
    expect(runningPart(disableNodes(circle, ['a', 'b'], true), stubCatalog).running).toEqual({ nodes: [], edges: [] });
    expect(steps(disableNodes(circle, ['a'], true))).toEqual([]);
  });
});

describe('a pinned node', () => {
  const pinned = pinNode(line, 'b', { run: 3, outputs: { data: HASH } });

  test('waits for nothing and carries its pin', () => {
    expect(wires(planned(pinned, stubCatalog))).toEqual(['b.data -> c.data', 'source.data -> a.data']);
    const step = plan(pinned, stubCatalog, { kind: 'to', node: 'c' }).steps;
    expect(step.map(({ node, inputs, pin }) => ({ node, inputs, pin }))).toEqual([
      { node: 'b', inputs: {}, pin: { run: 3, outputs: { data: HASH } } },
      { node: 'c', inputs: { data: { node: 'b', port: 'data' } }, pin: undefined },
    ]);
  });

  test('runs on where what is before it is disabled or wrong', () => {
    const document = pinNode(documentOf(['b:select'], [], {}), 'b', { run: 3, outputs: { data: HASH } });
    expect(
      propagate(document, world)
        .get('b')!
        .issues.map(({ level }) => level),
    ).toEqual(['warning']);
    expect(steps(disableNodes(pinned, ['a'], true))).toContain('b');
  });

  test('gives the schema of its results', () => {
    const schema = { columns: [{ name: 'seen', type: 'number' }], open: false } as never;
    expect(propagate(pinned, { ...world, observed: { b: { data: schema } } }).get('b')!.outputs.data).toBe(schema);
  });
});
