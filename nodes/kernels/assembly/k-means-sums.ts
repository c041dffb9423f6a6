import { places, width } from './k-means-state';

/** Adds the row times `factor` to the sums of a place. */
@inline
export function addRow(block: usize, where: u32, row: usize, factor: f64): void {
  const to = block + <usize>where * width * 8;
  const many = f64x2.splat(factor);
  let column: u32 = 0;
  for (; column + 4 <= width; column += 4) {
    const four = v128.load(row + <usize>column * 4);
    const at = to + <usize>column * 8;
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(many, f64x2.promote_low_f32x4(four))));
    const high = i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(many, f64x2.promote_low_f32x4(high))), 16);
  }
  for (; column < width; column++) {
    const at = to + <usize>column * 8;
    store<f64>(at, load<f64>(at) + factor * <f64>load<f32>(row + <usize>column * 4));
  }
  const total = block + <usize>places * width * 8 + <usize>where * 8;
  store<f64>(total, load<f64>(total) + factor);
}
