import { biases, centres, places, points, width } from './k-means-state';

let best: v128 = f32x4.splat(0);
let runnerUp: v128 = f32x4.splat(0);
let chosen: v128 = i32x4.splat(0);

@inline
function better(scores: v128, group: u32): void {
  const larger = f32x4.gt(scores, best);
  runnerUp = f32x4.pmax(runnerUp, f32x4.pmin(best, scores));
  best = v128.bitselect(scores, best, larger);
  chosen = v128.bitselect(i32x4.splat(group), chosen, larger);
}

/** The place with the largest score out of four lanes, of equal ones the lowest; leaves the score in `top` and the next largest in `next`. */
let top: f32 = 0;
let next: f32 = 0;
@inline
function place(scores: v128, groups: v128, runners: v128): u32 {
  top = f32x4.extract_lane(scores, 0);
  next = max(max(f32x4.extract_lane(runners, 0), f32x4.extract_lane(runners, 1)), max(f32x4.extract_lane(runners, 2), f32x4.extract_lane(runners, 3)));
  let found = i32x4.extract_lane(groups, 0) * 4;
  found = lane(f32x4.extract_lane(scores, 1), i32x4.extract_lane(groups, 1) * 4 + 1, found);
  found = lane(f32x4.extract_lane(scores, 2), i32x4.extract_lane(groups, 2) * 4 + 2, found);
  return lane(f32x4.extract_lane(scores, 3), i32x4.extract_lane(groups, 3) * 4 + 3, found);
}

@inline
function lane(score: f32, other: u32, found: u32): u32 {
  if (score > top || (score == top && other < found)) {
    next = max(next, top);
    top = score;
    return other;
  }
  next = max(next, score);
  return found;
}

// What `compare` found for its four rows: the nearest place, its score, the next largest score. Globals belong to a thread, memory does not.
export let place0: u32 = 0, place1: u32 = 0, place2: u32 = 0, place3: u32 = 0;
export let top0: f32 = 0, top1: f32 = 0, top2: f32 = 0, top3: f32 = 0;
export let next0: f32 = 0, next1: f32 = 0, next2: f32 = 0, next3: f32 = 0;

/** Compares four rows with all centres. */
export function compare(r0: u32, r1: u32, r2: u32, r3: u32): void {
  const pitch = <usize>width * 4;
  let best0 = f32x4.splat(-Infinity), best1 = best0, best2 = best0, best3 = best0;
  let runner0 = best0, runner1 = best0, runner2 = best0, runner3 = best0;
  let chosen0 = i32x4.splat(0), chosen1 = chosen0, chosen2 = chosen0, chosen3 = chosen0;
  for (let group: u32 = 0; group < places; group += 8) {
    let a0 = v128.load(biases + <usize>group * 4), b0 = v128.load(biases + <usize>group * 4, 16);
    let a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
    let centre = centres + <usize>group * 4;
    let p0 = points + <usize>r0 * pitch, p1 = points + <usize>r1 * pitch, p2 = points + <usize>r2 * pitch, p3 = points + <usize>r3 * pitch;
    for (let column: u32 = 0; column < width; column++) {
      const a = v128.load(centre);
      const b = v128.load(centre, 16);
      const x0 = v128.load32_splat(p0);
      const x1 = v128.load32_splat(p1);
      const x2 = v128.load32_splat(p2);
      const x3 = v128.load32_splat(p3);
      a0 = f32x4.add(a0, f32x4.mul(x0, a));
      b0 = f32x4.add(b0, f32x4.mul(x0, b));
      a1 = f32x4.add(a1, f32x4.mul(x1, a));
      b1 = f32x4.add(b1, f32x4.mul(x1, b));
      a2 = f32x4.add(a2, f32x4.mul(x2, a));
      b2 = f32x4.add(b2, f32x4.mul(x2, b));
      a3 = f32x4.add(a3, f32x4.mul(x3, a));
      b3 = f32x4.add(b3, f32x4.mul(x3, b));
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
      centre += <usize>places * 4;
    }
    const low = group >> 2;
    best = best0;
    runnerUp = runner0;
    chosen = chosen0;
    better(a0, low);
    better(b0, low + 1);
    best0 = best;
    runner0 = runnerUp;
    chosen0 = chosen;
    best = best1;
    runnerUp = runner1;
    chosen = chosen1;
    better(a1, low);
    better(b1, low + 1);
    best1 = best;
    runner1 = runnerUp;
    chosen1 = chosen;
    best = best2;
    runnerUp = runner2;
    chosen = chosen2;
    better(a2, low);
    better(b2, low + 1);
    best2 = best;
    runner2 = runnerUp;
    chosen2 = chosen;
    best = best3;
    runnerUp = runner3;
    chosen = chosen3;
    better(a3, low);
    better(b3, low + 1);
    best3 = best;
    runner3 = runnerUp;
    chosen3 = chosen;
  }
  place0 = place(best0, chosen0, runner0);
  top0 = top;
  next0 = next;
  place1 = place(best1, chosen1, runner1);
  top1 = top;
  next1 = next;
  place2 = place(best2, chosen2, runner2);
  top2 = top;
  next2 = next;
  place3 = place(best3, chosen3, runner3);
  top3 = top;
  next3 = next;
}
