import type { BinnedColumn } from './binning.server.ts';
import { weightedQuantile } from './boosted-trees-start.ts';
import { numbers, type Exports } from './boosted-trees.server.ts';
import type { Tree, TreeData, TreeOptions } from './boosted-trees.ts';
import type { Kernel } from './load.server.ts';

const NODE_BYTES = 80;
const LEAF_BYTES = 112;

/** Copies the present tree out of the kernel; bins become thresholds and sets of levels. */
export function readTree({ exports, memory }: Kernel<Exports>, columns: readonly BinnedColumn[]): Tree {
  const nodeCount = exports.numberOfNodes();
  const view = new DataView(memory.buffer, exports.nodesAddress() >>> 0, nodeCount * NODE_BYTES);
  const sets = new Map<number, readonly number[]>();
  const tree: Tree = {
    feature: new Int32Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    left: new Int32Array(nodeCount),
    right: new Int32Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    rows: new Uint32Array(nodeCount),
    gain: new Float64Array(nodeCount),
    value: new Float32Array(nodeCount),
    sets,
  };
  for (let node = 0; node < nodeCount; node += 1) {
    const at = node * NODE_BYTES;
    const feature = view.getInt32(at, true);
    tree.feature[node] = feature;
    tree.rows[node] = view.getUint32(at + 20, true);
    tree.value[node] = view.getFloat64(at + 32, true);
    if (feature < 0) continue;
    const { edges, binCount } = columns[feature]!;
    if (view.getUint32(at + 40, true) !== 0) {
      sets.set(
        node,
        Array.from({ length: binCount }, (_, level) => level).filter((level) => (view.getUint8(at + 48 + (level >> 3)) >> (level & 7)) & 1),
      );
    } else {
      // Beyond the last edge, all that is present goes left and what is missing right.
      tree.threshold[node] = edges[view.getUint32(at + 4, true)] ?? Infinity;
    }
    tree.left[node] = view.getUint32(at + 8, true);
    tree.right[node] = view.getUint32(at + 12, true);
    tree.missingLeft[node] = view.getUint32(at + 16, true);
    tree.gain[node] = view.getFloat64(at + 24, true);
  }
  return tree;
}

/** Gives each leaf the learning rate times the quantile of its rows' errors, which least squares on slopes cannot find. */
export function renewLeaves(kernel: Kernel<Exports>, { targets, weights }: TreeData, { loss, quantile = 0.5, learningRate }: TreeOptions): void {
  const { exports, memory } = kernel;
  const trained = targets.length;
  const leaves = new DataView(memory.buffer, exports.leavesAddress() >>> 0, exports.numberOfLeaves() * LEAF_BYTES);
  const nodes = new DataView(memory.buffer, exports.nodesAddress() >>> 0, exports.numberOfNodes() * NODE_BYTES);
  const order = new Uint32Array(memory.buffer, exports.orderAddress() >>> 0);
  const scores = numbers(kernel, exports.scoresAddress(), trained);
  for (let at = 0; at < leaves.byteLength; at += LEAF_BYTES) {
    const rows = order.subarray(leaves.getUint32(at + 4, true), leaves.getUint32(at + 8, true)).filter((row) => row < trained);
    const errors = Float64Array.from(rows, (row) => targets[row]! - scores[row]!);
    const own = weights && Float64Array.from(rows, (row) => weights[row]!);
    const value = learningRate * weightedQuantile(errors, own, loss === 'absolute' ? 0.5 : quantile);
    nodes.setFloat64(leaves.getUint32(at, true) * NODE_BYTES + 32, Math.fround(value), true);
  }
}
