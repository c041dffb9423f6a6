import { beforeEach, describe, expect, test } from 'vitest';
import { column, tableSchema, type TableSchema } from '#nodes/kit/table.ts';
import { check } from './check.ts';
import { setParam } from './edit.ts';
import { createMemo, propagate } from './propagate.ts';
import { documentOf, inferred, people, stubAssets, stubCatalog } from './stub-catalog.ts';

const world = { catalog: stubCatalog, assets: stubAssets };
const source = { dataset: { name: 'people', version: null } };
const names = (schema: unknown): string[] => (schema as TableSchema).columns.map((each) => each.name);

beforeEach(() => void (inferred.length = 0));

describe('propagate', () => {
  test('carries schemas along wires', () => {
    const document = documentOf(['source', 'pick:select', 'scale'], ['source -> pick', 'pick -> scale'], {
      source,
      pick: { columns: { mode: 'names', names: ['age', 'gone'] } },
    });
    const states = propagate(document, world);
    expect(names(states.get('scale')!.inputs.data)).toEqual(['age']);
    expect(states.get('pick')!.issues).toMatchObject([{ code: 'column_missing', param: 'columns' }]);
    expect(states.get('scale')!.params).toEqual({ method: 'zscore', factor: 1, tag: '' });
  });

  test('names the parameter that is wrong, and the port that is not connected', () => {
    const { issues, params } = propagate(documentOf(['scale'], [], { scale: { factor: -1, method: 'x', odd: 1 } }), world).get('scale')!;
    expect(params).toBeNull();
    expect(issues.map(({ code, level, param, port }) => ({ code, level, at: param ?? port }))).toEqual([
      { code: 'parameter_unknown', level: 'warning', at: 'odd' },
      { code: 'parameter_invalid', level: 'error', at: 'method' },
      { code: 'parameter_invalid', level: 'error', at: 'factor' },
      { code: 'port_missing', level: 'error', at: 'data' },
    ]);
    expect(issues.at(-1)!.message).toBe('Connect Dataset.');
  });

  test('a node type that throws breaks nothing else', () => {
    const states = propagate(documentOf(['source', 'broken', 'scale'], ['source -> broken', 'broken -> scale'], { source }), world);
    expect(states.get('broken')!.issues).toMatchObject([{ code: 'step_threw', level: 'warning' }]);
    expect(states.get('scale')!.issues).toEqual([]);
  });

  test('what the last run saw replaces an open guess alone', () => {
    const document = documentOf(['source', 'open', 'scale'], ['source -> open', 'open -> scale'], { source });
    const seen = tableSchema([column('known', 'number'), column('more', 'text')]);
    const outputs = (observed: TableSchema) => propagate(document, { ...world, observed: { open: { data: observed }, source: { data: seen } } });
    expect(names(outputs(seen).get('scale')!.inputs.data)).toEqual(['known', 'more']);
    expect(outputs(seen).get('source')!.outputs.data).toBe(people);
    expect(names(outputs(tableSchema([column('stale', 'text')])).get('scale')!.inputs.data)).toEqual(['known']);
  });

  test('unknown types and newer versions keep the rest alive', () => {
    const document = documentOf(['source', 'odd:from-the-future', 'scale'], ['source -> odd', 'odd -> scale'], { source });
    document.nodes[2]!.version = 9;
    const states = propagate(document, world);
    expect(states.get('odd')!.issues).toMatchObject([{ code: 'node_unknown_type' }]);
    expect(states.get('scale')!.issues).toMatchObject([{ code: 'node_newer_version' }]);
  });

  test('with a memo one edit recomputes what depends on it and stops where nothing changes', () => {
    const ids = ['s1', 's2', 's3', 's4'];
    let document = documentOf(['source', ...ids.map((id) => `${id}:scale`)], ['source -> s1', 's1 -> s2', 's2 -> s3', 's1 -> s4'], {
      source,
      ...Object.fromEntries(ids.map((id) => [id, { tag: id }])),
    });
    const memo = createMemo();
    const first = propagate(document, { ...world, memo });
    expect(inferred).toEqual(['s1', 's2', 's4', 's3']);
    inferred.length = 0;
    document = setParam(document, 's2', 'factor', 3);
    const second = propagate(document, { ...world, memo });
    expect(inferred).toEqual(['s2']);
    expect(second.get('s3')).toBe(first.get('s3'));
    expect(second.get('s2')!.params!.factor).toBe(3);
  });

  test('wiring an input again recomputes its node', () => {
    const memo = createMemo();
    const open = documentOf(['source', 'scale'], [], { source });
    expect(propagate(open, { ...world, memo }).get('scale')!.issues).toMatchObject([{ code: 'port_missing' }]);
    const wired = { ...open, edges: documentOf([], ['source -> scale']).edges };
    expect(propagate(wired, { ...world, memo }).get('scale')!.issues).toEqual([]);
  });
});

/** A grid of lines, as wide as big pipelines are. */
function big(count: number) {
  const nodes = ['source', ...Array.from({ length: count - 1 }, (_, index) => `s${index}:scale`)];
  const wires = Array.from({ length: count - 1 }, (_, index) => `${index < 10 ? 'source' : `s${index - 10}`} -> s${index}`);
  return documentOf(nodes, wires, { source });
}

describe('work', () => {
  test('one keystroke in 200 nodes asks one of them', () => {
    const memo = createMemo();
    const document = big(200);
    propagate(document, { ...world, memo });
    inferred.length = 0;
    propagate(setParam(document, 's5', 'factor', 2), { ...world, memo });
    expect(inferred).toHaveLength(1);
  });

  test('a check of 5,000 nodes asks each once', () => {
    expect(check(big(5_000), world)).toEqual([]);
    expect(inferred).toHaveLength(4_999);
  });
});
