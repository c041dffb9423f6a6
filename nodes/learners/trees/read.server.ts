import type { AttributeProto, NodeProto } from 'onnx-buf';
import type { GraphTree } from './graph.ts';

/** A tree as it stands in a graph. */
export interface ReadTree extends Required<Pick<GraphTree, 'feature' | 'threshold' | 'left' | 'right' | 'missingLeft'>> {
  /** By node: the places of levels that go left. */
  readonly sets: ReadonlyMap<number, ReadonlySet<number>>;
  /** Of the training rows in each split the share that goes left. */
  readonly leftShare: Float32Array;
  /** By target: what each leaf adds. A target that is not here gets nothing. */
  readonly values: ReadonlyMap<number, Float32Array>;
}

export const isTrees = ({ opType }: NodeProto): boolean => opType in readers;

/** The trees of an operator that `sumOfTrees` or `sumOfWideTrees` wrote; null without hit rates. */
export const readTrees = (node: NodeProto): ReadTree[] | null => readers[node.opType as keyof typeof readers](attributesOf(node));

const readers = { TreeEnsemble: readSum, TreeEnsembleRegressor: readWideSum };

type Attributes = ReturnType<typeof attributesOf>;

function attributesOf({ attribute }: NodeProto) {
  const byName = new Map(attribute.map((each) => [each.name, each]));
  const numbers = (name: string): Float32Array => numbersOf(byName.get(name));
  const ints = (name: string): Int32Array => Int32Array.from(byName.get(name)?.ints ?? [], Number);
  const texts = (name: string): string[] => (byName.get(name)?.strings ?? []).map((each) => new TextDecoder().decode(each));
  return { numbers, ints, texts };
}

function numbersOf(attribute: AttributeProto | undefined): Float32Array {
  if (!attribute) return new Float32Array();
  if (!attribute.t) return Float32Array.from(attribute.floats);
  // A copy: the bytes may lie at any place.
  const bytes = new Uint8Array(attribute.t.rawData);
  return attribute.t.dataType === 2 ? Float32Array.from(bytes) : new Float32Array(bytes.buffer);
}

const MEMBER = 6;

interface Growing {
  feature: number[];
  threshold: number[];
  left: number[];
  right: number[];
  missingLeft: number[];
  leftShare: number[];
  sets: Map<number, ReadonlySet<number>>;
  values: Map<number, number[]>;
}

function grown({ feature, threshold, left, right, missingLeft, leftShare, sets, values }: Growing): ReadTree {
  return {
    feature: Int32Array.from(feature),
    threshold: Float32Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(missingLeft),
    leftShare: Float32Array.from(leftShare),
    sets,
    values: new Map([...values].map(([target, list]) => [target, Float32Array.from(feature, (_, node) => list[node] ?? 0)])),
  };
}

function readSum({ numbers, ints }: Attributes): ReadTree[] | null {
  const [features, missing, modes, splits, hitRates] = [
    ints('nodes_featureids'),
    ints('nodes_missing_value_tracks_true'),
    numbers('nodes_modes'),
    numbers('nodes_splits'),
    numbers('nodes_hitrates'),
  ];
  if (hitRates.length !== features.length) return null;
  const [left, leftLeaf] = [ints('nodes_truenodeids'), ints('nodes_trueleafs')];
  const [right, rightLeaf] = [ints('nodes_falsenodeids'), ints('nodes_falseleafs')];
  const [targets, weights] = [ints('leaf_targetids'), numbers('leaf_weights')];
  const sets = membersOf(modes, numbers('membership_values'));
  return Array.from(ints('tree_roots'), (root) => {
    const tree: Growing = { feature: [], threshold: [], left: [], right: [], missingLeft: [], leftShare: [], sets: new Map(), values: new Map() };
    const add = (place: number, isLeaf: boolean): number => {
      const node = tree.feature.length;
      tree.feature.push(isLeaf ? -1 : features[place]!);
      tree.threshold.push(isLeaf ? 0 : splits[place]!);
      tree.missingLeft.push(isLeaf ? 0 : missing[place]!);
      tree.leftShare.push(isLeaf ? 1 : hitRates[place]!);
      if (isLeaf) {
        const target = targets[place]!;
        if (!tree.values.has(target)) tree.values.set(target, []);
        tree.values.get(target)![node] = weights[place]!;
        return node;
      }
      if (sets.has(place)) tree.sets.set(node, sets.get(place)!);
      tree.left[node] = add(left[place]!, leftLeaf[place] === 1);
      tree.right[node] = add(right[place]!, rightLeaf[place] === 1);
      return node;
    };
    add(root, false);
    return grown(tree);
  });
}

/** The sets stand one after another in the order of the nodes, each with NaN at its end. */
function membersOf(modes: Float32Array, members: Float32Array): Map<number, ReadonlySet<number>> {
  const sets = new Map<number, ReadonlySet<number>>();
  let from = 0;
  modes.forEach((mode, place) => {
    if (mode !== MEMBER) return;
    let to = from;
    while (to < members.length && !Number.isNaN(members[to]!)) to += 1;
    sets.set(place, new Set(members.subarray(from, to)));
    from = to + 1;
  });
  return sets;
}

function readWideSum({ numbers, ints, texts }: Attributes): ReadTree[] | null {
  const [treeIds, features, hitRates] = [ints('nodes_treeids'), ints('nodes_featureids'), numbers('nodes_hitrates')];
  if (hitRates.length !== features.length) return null;
  const modes = texts('nodes_modes');
  const [thresholds, missing, left, right] = [
    numbers('nodes_values'),
    ints('nodes_missing_value_tracks_true'),
    ints('nodes_truenodeids'),
    ints('nodes_falsenodeids'),
  ];
  const trees: Growing[] = [];
  treeIds.forEach((id, at) => {
    const tree = (trees[id] ??= { feature: [], threshold: [], left: [], right: [], missingLeft: [], leftShare: [], sets: new Map(), values: new Map() });
    tree.feature.push(modes[at] === 'LEAF' ? -1 : features[at]!);
    tree.threshold.push(thresholds[at]!);
    tree.left.push(left[at]!);
    tree.right.push(right[at]!);
    tree.missingLeft.push(missing[at]!);
    tree.leftShare.push(hitRates[at]!);
  });
  const [leafTrees, leafNodes, targets, weights] = [ints('target_treeids'), ints('target_nodeids'), ints('target_ids'), numbers('target_weights')];
  leafTrees.forEach((id, at) => {
    const { values } = trees[id]!;
    const target = targets[at]!;
    if (!values.has(target)) values.set(target, []);
    values.get(target)![leafNodes[at]!] = weights[at]!;
  });
  return trees.map(grown);
}
