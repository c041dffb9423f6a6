import type { DrawnTree, DrawnTreeNode } from '../../kit/reports.ts';
import type { Tree } from '../../kernels/boosted-trees.ts';
import type { Features } from '../features.server.ts';

const DRAWN_TREES = 3;
const DRAWN_NODES = 63;

type ToldTree = Pick<Tree, 'feature' | 'threshold' | 'left' | 'right' | 'missingLeft' | 'rows'> & Partial<Pick<Tree, 'sets'>>;

/** Shares of the total gain by feature. */
export function gainImportance(
  trees: readonly Pick<Tree, 'feature' | 'gain'>[],
  { inputs, columns }: Pick<Features, 'inputs' | 'columns'>,
): Map<string, number> {
  const gains = new Float64Array(columns.length);
  for (const { feature, gain } of trees) for (let node = 0; node < feature.length; node += 1) if (feature[node]! >= 0) gains[feature[node]!]! += gain[node]!;
  const total = gains.reduce((sum, each) => sum + each, 0) || 1;
  const importance = new Map(inputs.map((each) => [each.name, 0]));
  columns.forEach(({ feature }, index) => importance.set(feature, importance.get(feature)! + gains[index]! / total));
  return importance;
}

/** The first three trees, from the root down to 63 nodes each; a split below that is drawn as a leaf. */
export function drawnTrees(
  trees: readonly ToldTree[],
  { columns }: Pick<Features, 'columns'>,
  value: (tree: number, node: number) => number,
  className?: (tree: number) => string | undefined,
): DrawnTree[] {
  return trees.slice(0, DRAWN_TREES).map((tree, index) => {
    const name = className?.(index);
    return { ...(name === undefined ? {} : { className: name }), nodes: drawnNodes(tree, columns, (node) => value(index, node)) };
  });
}

function drawnNodes(tree: ToldTree, columns: Features['columns'], value: (node: number) => number): DrawnTreeNode[] {
  const order = [0];
  const children = new Map<number, readonly [number, number]>();
  for (let place = 0; place < order.length; place += 1) {
    const node = order[place]!;
    if (tree.feature[node]! < 0 || order.length + 2 > DRAWN_NODES) continue;
    children.set(node, [order.length, order.length + 1]);
    order.push(tree.left[node]!, tree.right[node]!);
  }
  return order.map((node): DrawnTreeNode => {
    const own = { rows: tree.rows[node]!, value: value(node) };
    const places = children.get(node);
    if (!places) return own;
    const { feature, level, levels } = columns[tree.feature[node]!]!;
    // An indicator asks whether the value is its level: those go right in the tree, all others and missing ones left.
    if (level !== undefined) return { feature, levels: [level], missing: 'right', left: places[1], right: places[0], ...own };
    const set = tree.sets?.get(node);
    const threshold = tree.threshold[node]!;
    const split = levels
      ? { levels: set ? set.map((level) => levels[level]!) : levels.filter((_, level) => level <= threshold) }
      : Number.isFinite(threshold)
        ? { threshold }
        : {};
    return { feature, ...split, missing: tree.missingLeft[node] ? 'left' : 'right', left: places[0], right: places[1], ...own };
  });
}
