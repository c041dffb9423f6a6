import type { DrawnTree, DrawnTreeNode } from '#nodes/kit/reports.ts';
import type { ChartTable } from '../charts/chart-table.ts';
import { count, figure } from '../format.ts';

export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 36;
const ACROSS = NODE_WIDTH + 48;
const DOWN = NODE_HEIGHT + 8;
export const MARGIN = 12;

export interface PlacedNode {
  readonly node: DrawnTreeNode;
  readonly at: number;
  readonly parent?: number;
  /** The split of the parent is met. */
  readonly met?: boolean;
  readonly x: number;
  readonly y: number;
}
export interface PlacedTree {
  readonly nodes: readonly PlacedNode[];
  readonly width: number;
  readonly height: number;
}

/** A tree that grows to the right: leaves below each other, each split half-way between its sides. Places are upper left corners. */
export function placeTree({ nodes }: DrawnTree): PlacedTree {
  const placed: PlacedNode[] = [];
  let leaves = 0;
  let deepest = 0;
  const place = (at: number, depth: number, from: Pick<PlacedNode, 'parent' | 'met'>): number => {
    const node = nodes[at]!;
    deepest = Math.max(deepest, depth);
    let y: number;
    if (node.left === undefined || node.right === undefined) {
      y = MARGIN + DOWN * leaves;
      leaves += 1;
    } else {
      const upper = place(node.left, depth + 1, { parent: at, met: true });
      y = (upper + place(node.right, depth + 1, { parent: at, met: false })) / 2;
    }
    placed[at] = { node, at, x: MARGIN + ACROSS * depth, y, ...from };
    return y;
  };
  if (nodes.length > 0) place(0, 0, {});
  return { nodes: placed.filter(Boolean), width: 2 * MARGIN + ACROSS * deepest + NODE_WIDTH, height: 2 * MARGIN + DOWN * Math.max(1, leaves) - 8 };
}

/** The question that a split asks, in words; `most` levels are named. */
export function conditionText({ feature, threshold, levels }: DrawnTreeNode, most = Number.POSITIVE_INFINITY): string {
  if (feature === undefined) return '';
  if (threshold !== undefined) return `${feature} ≤ ${figure(threshold)}`;
  if (!levels) return `${feature} is known`;
  if (levels.length === 0) return `${feature} is no known level`;
  const named = levels.slice(0, most).join(', ') + (levels.length > most ? ` +${levels.length - most}` : '');
  return `${feature} ${levels.length === 1 ? 'is' : 'in'} ${named}`;
}

/** Where rows with a missing value go. */
export const missingText = ({ feature, missing }: DrawnTreeNode): string =>
  feature === undefined || missing === undefined ? '' : `missing ${missing === 'left' ? 'counts as yes' : 'counts as no'}`;

export const valueText = ({ rows, value }: DrawnTreeNode): string =>
  `${count(rows)} rows · ${value > 0 ? '+' : value < 0 ? '−' : ''}${figure(Math.abs(value))}`;

/** As many letters as fit, the last of them an ellipsis. */
export const cutText = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`);

/** A tree as a table: a row for each node, numbered from 1, with the numbers of the nodes that it leads to. */
export function treeTable({ nodes }: DrawnTree): ChartTable {
  const to = (at: number | undefined) => (at === undefined ? '' : String(at + 1));
  return {
    head: ['Node', 'Condition', 'Yes', 'No', 'Missing', 'Rows', 'Value'],
    rows: nodes.map((node, at) => [
      String(at + 1),
      conditionText(node),
      to(node.left),
      to(node.right),
      node.feature === undefined ? '' : to(node.missing === 'left' ? node.left : node.missing === 'right' ? node.right : undefined),
      count(node.rows),
      figure(node.value),
    ]),
  };
}
