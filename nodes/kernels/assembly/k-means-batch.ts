import { compare, place0, place1, place2, place3, top0, top1, top2, top3 } from './k-means-compare';
import { candidates, lengths, points, stride, sums, weights, width } from './k-means-state';
import { addRow } from './k-means-sums';

@inline
function addToBatch(row: u32, where: u32, score: f32): f64 {
  const weight = <f64>load<f32>(weights + <usize>row * 4);
  addRow(sums, where, points + <usize>row * width * 4, weight);
  return weight * max<f64>(0, <f64>(load<f32>(lengths + <usize>row * 4) - 2 * score));
}

/**
 * For mini-batches: adds the `count` rows whose numbers stand at `batchAddress` to the sums of their nearest centres, in the first block, which
 * begins at nothing. Gives the weighted sum of their squared distances.
 */
export function addBatch(count: u32): f64 {
  memory.fill(sums, 0, stride);
  let total: f64 = 0;
  for (let from: u32 = 0; from < count; from += 4) {
    const last = count - 1;
    const numbers = candidates + <usize>from * 4;
    const end = candidates + <usize>last * 4;
    compare(load<u32>(numbers), load<u32>(min(numbers + 4, end)), load<u32>(min(numbers + 8, end)), load<u32>(min(numbers + 12, end)));
    total += addToBatch(load<u32>(numbers), place0, top0);
    if (from + 1 < count) total += addToBatch(load<u32>(numbers, 4), place1, top1);
    if (from + 2 < count) total += addToBatch(load<u32>(numbers, 8), place2, top2);
    if (from + 3 < count) total += addToBatch(load<u32>(numbers, 12), place3, top3);
  }
  return total;
}
