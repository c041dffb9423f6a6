// Adds a tree to the scores.
import { leaves, LEAF_BYTES, nodes, NODE_BYTES, order, rows, scores } from './state';

/** Adds each leaf's value to the scores, of one class, of its rows among order[begin..end). */
export function addValues(which: u32, leafCount: u32, begin: u32, end: u32): void {
  const present = scores + <usize>which * (<usize>rows << 3);
  for (let index: u32 = 0; index < leafCount; index++) {
    const leaf = leaves + <usize>index * LEAF_BYTES;
    const value = load<f64>(nodes + <usize>load<u32>(leaf) * NODE_BYTES, 32);
    const last = order + (<usize>min(load<u32>(leaf, 8), end) << 2);
    for (let at = order + (<usize>max(load<u32>(leaf, 4), begin) << 2); at < last; at += 4) {
      const score = present + (<usize>load<u32>(at) << 3);
      store<f64>(score, load<f64>(score) + value);
    }
  }
}
