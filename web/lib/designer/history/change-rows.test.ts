import { describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { difference } from '#pipelines/diff.ts';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { merge } from '#pipelines/merge.ts';
import { changeRows, conflictWords, valueWords } from './change-rows.ts';

const node = (id: string, type: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, name: '', comment: '', params });
const before: PipelineDocument = {
  ...emptyDocument('Churn'),
  nodes: [node('data', 'dataset'), node('split', 'split-data', { fraction: 0.7 }), node('odd', 'of-a-plugin', { depth: 1 })],
  edges: [{ from: { node: 'data', port: 'data' }, to: { node: 'split', port: 'data' } }],
};

describe('valueWords', () => {
  it('says which columns are chosen', () => {
    expect(valueWords({ mode: 'names', names: ['age', 'city'] })).toBe('age, city');
    expect(valueWords({ mode: 'names', names: [] })).toBe('no column');
    expect(valueWords({ mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['id'] }] })).toBe('all columns, without id');
    const rules = [
      { action: 'include', by: 'type', values: ['number', 'integer'] },
      { action: 'exclude', by: 'pattern', values: ['x_*'] },
    ];
    expect(valueWords({ mode: 'rules', start: 'none', rules })).toBe('type number, integer, without named like x_*');
  });
});

describe('changeRows', () => {
  it('says field by field what differs, also of unknown node types', () => {
    const after: PipelineDocument = {
      ...before,
      name: '<b>Churn</b>',
      nodes: [
        node('split', 'split-data', { fraction: 0.8 }),
        { ...node('odd', 'of-a-plugin', { depth: 2 }), name: 'Odd one' },
        node('clean', 'clean-missing-data'),
      ],
      edges: [],
      notes: [{ id: 'n', text: 'Why', x: 0, y: 0 }],
    };
    const rows = changeRows(difference(before, after), before, after, catalog);
    const fraction = rows.find((row) => row.what === 'Split Data');
    expect(fraction).toMatchObject({ mark: 'changed', before: '0.7', after: '0.8', node: 'split' });
    expect(fraction!.field).not.toBe('fraction');
    expect(rows.map(({ mark, what, field }) => [mark, what, field].filter(Boolean).join(' '))).toEqual([
      'added Clean Missing Data',
      'removed Dataset',
      `changed Split Data ${fraction!.field}`,
      'changed Odd one Name',
      'changed Odd one depth',
      'removed Wire',
      'added Note',
      'changed Pipeline Name',
    ]);
  });
});

describe('conflictWords', () => {
  const words = (mine: PipelineDocument, theirs: PipelineDocument) =>
    merge(before, mine, theirs).conflicts.map((conflict) => conflictWords(conflict, [mine, theirs, before], catalog));
  const withNodes = (nodes: PipelineDocument['nodes']): PipelineDocument => ({ ...before, nodes });

  it('names the field and what each side has', () => {
    const side = (fraction: number) => withNodes([before.nodes[0]!, node('split', 'split-data', { fraction }), before.nodes[2]!]);
    expect(words(side(0.8), side(0.6))).toMatchObject([{ base: '0.7', mine: '0.8', theirs: '0.6' }]);
    expect(words(side(0.8), side(0.6))[0]!.place).toMatch(/^Split Data · /);
  });

  it('names a node that one removed, and two wires into one input', () => {
    const removed = { ...withNodes(before.nodes.slice(0, 2)) };
    const changed = withNodes([before.nodes[0]!, before.nodes[1]!, node('odd', 'of-a-plugin', { depth: 9 })]);
    expect(words(removed, changed)).toEqual([{ place: 'of-a-plugin', base: 'there', mine: 'removed', theirs: 'kept and changed' }]);
    const wired = (from: string): PipelineDocument => ({ ...before, edges: [{ from: { node: from, port: 'data' }, to: { node: 'split', port: 'data' } }] });
    const [wire] = words(wired('odd'), { ...before, edges: [] });
    expect(wire).toMatchObject({ mine: 'of-a-plugin (data)', theirs: 'no wire' });
    expect(wire!.place).toMatch(/^Wire into Split Data · /);
  });
});

it('a parameter that is not set shows its default', () => {
  const unset: PipelineDocument = { ...before, nodes: [before.nodes[0]!, node('split', 'split-data'), before.nodes[2]!] };
  expect(changeRows(difference(unset, before), unset, before, catalog)).toMatchObject([{ before: '0.5 (default)', after: '0.7' }]);
});

it('values are short and readable', () => {
  expect([valueWords(undefined), valueWords(true), valueWords(0), valueWords(['a', 'b']), valueWords('x'.repeat(5_000)).length]).toEqual([
    '',
    'on',
    '0',
    'a, b',
    2_002,
  ]);
});
