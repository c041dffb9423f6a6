import { describe, expect, test } from 'vitest';
import { documentOf, stubCatalog } from '../stub-catalog.ts';
import { migrateFormat, readDocument } from './index.ts';

const minimal = { formatVersion: 1, name: 'Test' };

describe('readDocument', () => {
  test('fills what a short file leaves out', () => {
    expect(readDocument(minimal, stubCatalog)).toMatchObject({ document: { kind: 'training', nodes: [], edges: [] }, issues: [] });
  });

  test('says where a file is wrong', () => {
    const places = (input: unknown) => readDocument(input, stubCatalog).issues.map(({ code, message, node }) => ({ code, message, node }));
    expect(places([])[0]!.message).toContain('JSON object');
    expect(places({ ...minimal, nodes: [{ id: 'a', type: 'scale', version: 0 }], edges: [{ from: { node: 'a' } }] })).toMatchObject([
      { code: 'data_unparsable', node: 'a', message: expect.stringContaining('nodes[0].version') },
      { node: null, message: expect.stringContaining('edges[0].from.port') },
      { message: expect.stringContaining('edges[0].to') },
    ]);
    expect(places({ formatVersion: 7, name: 'x' })[0]!.message).toContain('newer');
    expect(places({ name: 'x' })[0]!.message).toContain('formatVersion');
  });

  test('refuses two nodes with one id', () => {
    expect(readDocument(documentOf(['a:scale', 'a:scale']), stubCatalog)).toMatchObject({ document: null, issues: [{ code: 'node_duplicate', node: 'a' }] });
  });

  test('keeps unknown types, newer versions and dangling wires', () => {
    const file = documentOf(['a:later', 'b:scale'], ['a -> b', 'b -> gone']);
    file.nodes[1]!.version = 9;
    const { document, issues } = readDocument(file, stubCatalog);
    expect(document).toEqual(file);
    expect(issues.map(({ code, node }) => `${code}@${node}`)).toEqual(['wire_dangling@b', 'node_unknown_type@a', 'node_newer_version@b']);
  });

  test('brings older nodes up to date', () => {
    const file = documentOf(['a:scale'], [], { a: { kind: 'minmax', factor: 2 } });
    file.nodes[0]!.version = 1;
    expect(readDocument(file, stubCatalog)).toMatchObject({ document: { nodes: [{ version: 2, params: { method: 'minmax', factor: 2 } }] }, issues: [] });
  });

  test('a name like a property of all objects is no node type', () => {
    expect(readDocument(documentOf(['a:constructor']), stubCatalog).issues).toMatchObject([{ code: 'node_unknown_type' }]);
  });

  test('refuses more than the limits', () => {
    const nodes = Array.from({ length: 10_001 }, (_, index) => ({ id: `n${index}`, type: 'scale', version: 2 }));
    expect(readDocument({ ...minimal, nodes }, stubCatalog)).toMatchObject({ document: null, issues: [{ code: 'data_unparsable' }] });
  });
});

describe('format steps', () => {
  const steps = {
    1: (document: Record<string, unknown>) => ({ ...document, one: true }),
    2: ({ one, ...rest }: Record<string, unknown>) => ({ ...rest, two: one }),
  };

  test('run in order up to the newest format', () => {
    expect(migrateFormat({ formatVersion: 1 }, steps, 3)).toEqual({ document: { formatVersion: 3, two: true } });
    expect(migrateFormat({ formatVersion: 2, one: 5 }, steps, 3)).toEqual({ document: { formatVersion: 3, two: 5 } });
  });

  test('a format without a step is refused', () => {
    expect(migrateFormat({ formatVersion: 0 }, steps, 3)).toMatchObject({ issue: { code: 'data_unparsable' } });
  });
});
