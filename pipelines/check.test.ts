import { describe, expect, test } from 'vitest';
import { check } from './check.ts';
import { documentOf, stubAssets, stubCatalog } from './stub-catalog.ts';

const world = { catalog: stubCatalog, assets: stubAssets };
const source = { dataset: { name: 'people', version: null } };
const codes = (document: ReturnType<typeof documentOf>) => check(document, world).map(({ code, node }) => `${code}@${node}`);

describe('check', () => {
  test('a sound pipeline has no issue', () => {
    expect(codes(documentOf(['source', 'scale'], ['source -> scale'], { source }))).toEqual([]);
  });

  test('finds a circle, and names it', () => {
    const issues = check(documentOf(['a:scale', 'b:scale', 'c:scale'], ['a -> b', 'b -> a', 'b -> c']), world);
    expect(issues[0]).toMatchObject({ code: 'cycle', level: 'error' });
    expect(issues[0]!.message).toMatch(/(a → b → a|b → a → b)/);
    expect(issues[0]!.edge).toBeDefined();
  });

  test('a node that feeds itself is a circle', () => {
    expect(codes(documentOf(['a:scale'], ['a -> a']))).toContain('cycle@a');
  });

  test('finds wires of differing kinds, doubled wires, absent ports and absent nodes', () => {
    const document = documentOf(
      ['source', 'other:source', 'scale', 'train', 'learner'],
      [
        'source -> scale',
        'other -> scale',
        'learner.learner -> train.data',
        'source.none -> train.learner',
        'gone -> scale',
        'scale.transform -> train.nothing',
      ],
      { source, other: source, train: { label: 'left' } },
    );
    expect(codes(document)).toEqual(['wire_dangling@scale', 'wire_duplicate@scale', 'wire_kind@train', 'wire_dangling@source', 'wire_dangling@train']);
  });

  test('finds doubled ids and lost pipeline parameters', () => {
    const document = documentOf(['source', 'source'], [], { source });
    document.parameters = [
      { name: 'a', description: '', node: 'gone', param: 'x' },
      { name: 'a', description: '', node: 'source', param: 'nothing' },
    ];
    expect(codes(document)).toEqual(['node_duplicate@source', 'parameter_unknown@null', 'parameter_invalid@source', 'parameter_unknown@source']);
  });

  test('an inference pipeline is refused for a run, not for editing', () => {
    const document = { ...documentOf(['source'], [], { source }), kind: 'inference' as const };
    expect(check(document, world)).toMatchObject([{ code: 'scoring_note', level: 'warning' }]);
    expect(check(document, { ...world, purpose: 'run' })).toMatchObject([{ code: 'scoring_refused', level: 'error' }]);
  });
});

test('names that every object has are no node types, ports or parameters', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty'];
  const document = documentOf(
    ['source', 'a:constructor', 'constructor:scale', 'toString:scale'],
    ['source.constructor -> constructor.toString', 'a.constructor -> toString.data', 'source -> constructor.data'],
    { source },
  );
  document.parameters = names.map((name) => ({ name, description: '', node: name, param: 'toString' }));
  expect(codes(document)).toEqual([
    'wire_dangling@source',
    'wire_dangling@constructor',
    'parameter_unknown@constructor',
    'parameter_unknown@toString',
    'parameter_unknown@null',
    'node_unknown_type@a',
  ]);
});
