import { blockRows, candidates, centres, nearest, places, points, rows, stride, sums, takeBlock, trials, weights, width } from './k-means-state';

/**
 * For the seeding: of the rows of the blocks up to `to` that are to be had the smaller of `nearest` and their squared distances from the first `trials` centres, into
 * `candidates`; their weighted sums by centre go to the block's weights.
 */
export function tryCentres(to: u32): void {
  const pitch = <usize>width * 4;
  for (let which = takeBlock(); which < to; which = takeBlock()) {
    const totals = sums + <usize>which * stride + <usize>places * width * 8;
    memory.fill(totals, 0, <usize>places * 8);
    const end = min(rows, (which + 1) * blockRows);
    for (let row = which * blockRows; row < end; row += 4) {
      const first = points + <usize>row * pitch;
      for (let group: u32 = 0; group < trials; group += 4) {
        let d0 = f32x4.splat(0), d1 = d0, d2 = d0, d3 = d0;
        let centre = centres + <usize>group * 4;
        let at = first;
        for (let column: u32 = 0; column < width; column++) {
          const c = v128.load(centre);
          const e0 = f32x4.sub(v128.load32_splat(at), c);
          const e1 = f32x4.sub(v128.load32_splat(at + pitch), c);
          const e2 = f32x4.sub(v128.load32_splat(at + 2 * pitch), c);
          const e3 = f32x4.sub(v128.load32_splat(at + 3 * pitch), c);
          d0 = f32x4.add(d0, f32x4.mul(e0, e0));
          d1 = f32x4.add(d1, f32x4.mul(e1, e1));
          d2 = f32x4.add(d2, f32x4.mul(e2, e2));
          d3 = f32x4.add(d3, f32x4.mul(e3, e3));
          at += 4;
          centre += <usize>places * 4;
        }
        keepTry(totals, row, group, d0);
        if (row + 1 < end) keepTry(totals, row + 1, group, d1);
        if (row + 2 < end) keepTry(totals, row + 2, group, d2);
        if (row + 3 < end) keepTry(totals, row + 3, group, d3);
      }
    }
  }
}

@inline
function keepTry(totals: usize, row: u32, group: u32, distances: v128): void {
  const shorter = f32x4.pmin(f32x4.splat(load<f32>(nearest + <usize>row * 4)), distances);
  v128.store(candidates + (<usize>row * trials + group) * 4, shorter);
  const many = f64x2.splat(<f64>load<f32>(weights + <usize>row * 4));
  const at = totals + <usize>group * 8;
  v128.store(at, f64x2.add(v128.load(at), f64x2.mul(many, f64x2.promote_low_f32x4(shorter))));
  const high = i8x16.shuffle(shorter, shorter, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(many, f64x2.promote_low_f32x4(high))), 16);
}

/** Makes the distances from one of the candidates the nearest ones. */
export function keepCentre(to: u32, chosenOne: u32): void {
  for (let which = takeBlock(); which < to; which = takeBlock()) {
    const end = min(rows, (which + 1) * blockRows);
    for (let row = which * blockRows; row < end; row++) {
      store<f32>(nearest + <usize>row * 4, load<f32>(candidates + (<usize>row * trials + chosenOne) * 4));
    }
  }
}
