import { describe, expect, it } from 'vitest';
import type { DrawnTree } from '#nodes/kit/reports.ts';
import { conditionText, cutText, missingText, NODE_HEIGHT, NODE_WIDTH, placeTree, treeTable, valueText } from './tree-diagram.ts';

const tree: DrawnTree = {
  nodes: [
    { feature: 'tenure', threshold: 5.5, missing: 'left', left: 1, right: 2, rows: 1000, value: 0 },
    { rows: 300, value: 0.25 },
    { feature: 'contract', levels: ['One year', 'Two year'], missing: 'right', left: 3, right: 4, rows: 700, value: -0.1 },
    { rows: 400, value: -0.5 },
    { rows: 300, value: 0.1 },
  ],
};

describe('a drawn tree', () => {
  it('has a place for every node, in the picture and clear of the others', () => {
    const { nodes, width, height } = placeTree(tree);
    expect(nodes.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4]);
    expect(nodes.map(({ parent, met }) => [parent, met])).toEqual([
      [undefined, undefined],
      [0, true],
      [0, false],
      [2, true],
      [2, false],
    ]);
    for (const one of nodes) {
      expect(one.x + NODE_WIDTH).toBeLessThan(width);
      expect(one.y + NODE_HEIGHT).toBeLessThan(height);
      for (const other of nodes) if (one !== other && one.x === other.x) expect(Math.abs(one.y - other.y)).toBeGreaterThan(NODE_HEIGHT);
    }
    expect(nodes[2]!.y).toBe((nodes[3]!.y + nodes[4]!.y) / 2);
  });

  it('is a table with the numbers of the nodes that each split leads to', () => {
    expect(treeTable(tree).rows.slice(0, 3)).toEqual([
      ['1', 'tenure ≤ 5.5', '2', '3', '2', '1,000', '0'],
      ['2', '', '', '', '', '300', '0.25'],
      ['3', 'contract in One year, Two year', '4', '5', '5', '700', '−0.1'],
    ]);
  });

  it('may be one leaf', () => {
    expect(placeTree({ nodes: [{ rows: 3, value: 1 }] }).nodes).toHaveLength(1);
  });

  it('is told in words', () => {
    expect(tree.nodes.map((each) => conditionText(each))).toEqual(['tenure ≤ 5.5', '', 'contract in One year, Two year', '', '']);
    expect(conditionText(tree.nodes[2]!, 1)).toBe('contract in One year +1');
    expect(conditionText({ feature: 'age', rows: 1, value: 0 })).toBe('age is known');
    expect(missingText(tree.nodes[0]!)).toBe('missing counts as yes');
    expect(valueText(tree.nodes[3]!)).toBe('400 rows · −0.5');
    expect(cutText('monthly charges ≤ 70', 10)).toBe('monthly c…');
  });
});
