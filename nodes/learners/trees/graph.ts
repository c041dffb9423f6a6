import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, type AttributeProto } from 'onnx-buf';
import type { Tree } from '../../kernels/boosted-trees.ts';
import { floats, floatTensor, int, strings, tensor, uint8Tensor, type GraphBuilder } from '../../kit/onnx/builder.ts';

/** A tree to be written: node 0 is the root, `feature` −1 marks a leaf. */
export type GraphTree = Pick<Tree, 'feature' | 'threshold' | 'left' | 'right' | 'missingLeft'> & Partial<Pick<Tree, 'sets' | 'rows'>>;

const LESS_OR_EQUAL = 0;
const MEMBER = 6;
const SUM = 1;

/** Of the training rows in a split the share that goes left; a half where no one counted. */
const leftShare = ({ rows, left }: GraphTree, node: number): number => (rows && rows[node]! > 0 ? rows[left[node]!]! / rows[node]! : 0.5);

/** Whole numbers of an attribute in the packed form of the wire, which all readers take: millions of them at once. */
function packedInts(values: ArrayLike<number>): AttributeProto {
  const bytes = new Uint8Array(values.length * 5 + 5);
  let at = 0;
  const put = (value: number) => {
    while (value > 127) {
      bytes[at++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[at++] = value;
  };
  for (let index = 0; index < values.length; index += 1) put(values[index]!);
  const length = at;
  put(length);
  const data = new Uint8Array(at);
  data.set(bytes.subarray(length, at));
  data.set(bytes.subarray(0, length), at - length);
  const attribute = create(AttributeProtoSchema, { type: AttributeProto_AttributeType.INTS });
  attribute.$unknown = [{ no: 8, wireType: 2, data }];
  return attribute;
}

/**
 * The sum of trees of which each gives one number, as the operator `TreeEnsemble`: [rows, targets]. Tree i counts for target i mod `targets`;
 * `value` is that of a leaf. Hit rates hold the share of each split's training rows that goes left, from which explanations know what is usual.
 */
export function sumOfTrees(
  builder: GraphBuilder,
  matrix: string,
  trees: readonly GraphTree[],
  targets: number,
  value: (tree: number, node: number) => number,
): string {
  const [inner, leaves] = trees.reduce(
    ([inner, leaves], { feature }) => {
      const own = feature.reduce((count, each) => count + Number(each < 0), 0);
      return feature.length === 1 ? [inner + 1, leaves + 2] : [inner + feature.length - own, leaves + own];
    },
    [0, 0],
  );
  const ints = () => new Uint32Array(inner);
  const [features, missing, modes, splits, hitRates] = [ints(), ints(), new Uint8Array(inner), new Float32Array(inner), new Float32Array(inner).fill(0.5)];
  const [left, right, leftLeaf, rightLeaf] = [ints(), ints(), ints(), ints()];
  const [leafTargets, leafValues] = [new Uint32Array(leaves), new Float32Array(leaves)];
  const roots = new Uint32Array(trees.length);
  const members: number[] = [];
  let [nextNode, nextLeaf] = [0, 0];
  trees.forEach((tree, index) => {
    roots[index] = nextNode;
    const { feature } = tree;
    const addLeaf = (node: number): number => {
      leafTargets[nextLeaf] = index % targets;
      leafValues[nextLeaf] = value(index, node);
      return nextLeaf++;
    };
    if (feature.length === 1) {
      // A root must be a split: both of its sides are the same leaf.
      left[nextNode] = addLeaf(0);
      right[nextNode] = addLeaf(0);
      leftLeaf[nextNode] = rightLeaf[nextNode] = 1;
      nextNode += 1;
      return;
    }
    const places = new Uint32Array(feature.length);
    for (let node = 0; node < feature.length; node += 1) if (feature[node]! >= 0) places[node] = nextNode++;
    for (let node = 0; node < feature.length; node += 1) {
      if (feature[node]! < 0) continue;
      const at = places[node]!;
      const set = tree.sets?.get(node);
      features[at] = feature[node]!;
      missing[at] = tree.missingLeft[node]!;
      hitRates[at] = leftShare(tree, node);
      modes[at] = set ? MEMBER : LESS_OR_EQUAL;
      if (set) members.push(...set, NaN);
      else splits[at] = tree.threshold[node]!;
      const [l, r] = [tree.left[node]!, tree.right[node]!];
      leftLeaf[at] = Number(feature[l]! < 0);
      rightLeaf[at] = Number(feature[r]! < 0);
      left[at] = leftLeaf[at] ? addLeaf(l) : places[l]!;
      right[at] = rightLeaf[at] ? addLeaf(r) : places[r]!;
    }
  });
  return builder.ml('TreeEnsemble', [matrix], {
    n_targets: int(targets),
    aggregate_function: int(SUM),
    post_transform: int(0),
    tree_roots: packedInts(roots),
    nodes_featureids: packedInts(features),
    nodes_modes: tensor(uint8Tensor(modes)),
    nodes_splits: tensor(floatTensor(splits)),
    nodes_hitrates: tensor(floatTensor(hitRates)),
    nodes_truenodeids: packedInts(left),
    nodes_trueleafs: packedInts(leftLeaf),
    nodes_falsenodeids: packedInts(right),
    nodes_falseleafs: packedInts(rightLeaf),
    nodes_missing_value_tracks_true: packedInts(missing),
    ...(members.length > 0 ? { membership_values: tensor(floatTensor(members)) } : {}),
    leaf_targetids: packedInts(leafTargets),
    leaf_weights: tensor(floatTensor(leafValues)),
  });
}

/**
 * The sum of trees whose leaves each give a number for every target, as `TreeEnsembleRegressor`: [rows, targets]. `values` are those of a leaf; zeros
 * take no space. Trees must not have sets. Hit rates as in `sumOfTrees`.
 */
export function sumOfWideTrees(
  builder: GraphBuilder,
  matrix: string,
  trees: readonly GraphTree[],
  targets: number,
  values: (tree: number, node: number) => ArrayLike<number>,
): string {
  const count = trees.reduce((sum, { feature }) => sum + feature.length, 0);
  const ints = () => new Uint32Array(count);
  const [treeIds, nodeIds, features, left, right, missing] = [ints(), ints(), ints(), ints(), ints(), ints()];
  const [thresholds, hitRates] = [new Float32Array(count), new Float32Array(count)];
  const modes: string[] = [];
  const [targetTrees, targetNodes, targetIds, weights]: [number[], number[], number[], number[]] = [[], [], [], []];
  let at = 0;
  trees.forEach((tree, index) => {
    for (let node = 0; node < tree.feature.length; node += 1, at += 1) {
      const isLeaf = tree.feature[node]! < 0;
      treeIds[at] = index;
      nodeIds[at] = node;
      features[at] = Math.max(0, tree.feature[node]!);
      thresholds[at] = tree.threshold[node]!;
      left[at] = tree.left[node]!;
      right[at] = tree.right[node]!;
      missing[at] = tree.missingLeft[node]!;
      hitRates[at] = isLeaf ? 1 : leftShare(tree, node);
      modes.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      if (!isLeaf) continue;
      const own = values(index, node);
      for (let target = 0; target < targets; target += 1) {
        if (own[target] === 0) continue;
        targetTrees.push(index);
        targetNodes.push(node);
        targetIds.push(target);
        weights.push(own[target]!);
      }
    }
  });
  return builder.ml('TreeEnsembleRegressor', [matrix], {
    n_targets: int(targets),
    nodes_treeids: packedInts(treeIds),
    nodes_nodeids: packedInts(nodeIds),
    nodes_featureids: packedInts(features),
    nodes_values: floats(thresholds),
    nodes_modes: strings(modes),
    nodes_hitrates: floats(hitRates),
    nodes_truenodeids: packedInts(left),
    nodes_falsenodeids: packedInts(right),
    nodes_missing_value_tracks_true: packedInts(missing),
    target_treeids: packedInts(targetTrees),
    target_nodeids: packedInts(targetNodes),
    target_ids: packedInts(targetIds),
    target_weights: floats(weights),
  });
}

/** value · factor, and a number to each column; nothing where there is nothing to do. */
export function shifted(builder: GraphBuilder, value: string, starts: readonly number[], factor = 1): string {
  const scaled = factor === 1 ? value : builder.node('Mul', [value, builder.floats([factor], [1, 1])]);
  return starts.every((each) => each === 0) ? scaled : builder.node('Add', [scaled, builder.floats(starts, [1, starts.length])]);
}
