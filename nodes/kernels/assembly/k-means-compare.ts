import { biases, centres, places, points, width } from './k-means-state';

let best: v128 = f32x4.splat(0);
let runnerUp: v128 = f32x4.splat(0);
let chosen: v128 = i32x4.splat(0);

@inline
function better(scores: v128, numbers: v128): void {
  const larger = f32x4.gt(scores, best);
  runnerUp = f32x4.pmax(runnerUp, f32x4.pmin(best, scores));
  best = v128.bitselect(scores, best, larger);
  chosen = v128.bitselect(numbers, chosen, larger);
}

@inline
function largestOf(four: v128): f32 {
  const two = f32x4.pmax(four, i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return max(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
}

@inline
function leastOf(four: v128): u32 {
  const two = i32x4.min_u(four, i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return min(<u32>i32x4.extract_lane(two, 0), <u32>i32x4.extract_lane(two, 1));
}

let place: u32 = 0;
let top: f32 = 0;
let others: v128 = f32x4.splat(0);
let otherOthers: v128 = f32x4.splat(0);

/** Leaves the place with the largest score, of equal ones the lowest, in `place`, and what the eight groups have beside it. */
@inline
function choose(a: v128, b: v128, chosenA: v128, chosenB: v128, runnersA: v128, runnersB: v128): void {
  top = largestOf(f32x4.pmax(a, b));
  const none = i32x4.splat(-1);
  const tops = f32x4.splat(top);
  place = leastOf(i32x4.min_u(v128.bitselect(chosenA, none, f32x4.eq(a, tops)), v128.bitselect(chosenB, none, f32x4.eq(b, tops))));
  const own = i32x4.splat(<i32>place);
  others = v128.bitselect(runnersA, a, i32x4.eq(chosenA, own));
  otherOthers = v128.bitselect(runnersB, b, i32x4.eq(chosenB, own));
}

// What `compare` found for its four rows: the nearest place, its score, and the largest score of any other place by group, 0 to 3 and 4 to 7. Globals
// belong to a thread, memory does not.
export let place0: u32 = 0, place1: u32 = 0, place2: u32 = 0, place3: u32 = 0;
export let top0: f32 = 0, top1: f32 = 0, top2: f32 = 0, top3: f32 = 0;
export let low0: v128 = f32x4.splat(0), low1: v128 = low0, low2: v128 = low0, low3: v128 = low0;
export let high0: v128 = f32x4.splat(0), high1: v128 = high0, high2: v128 = high0, high3: v128 = high0;

/** Compares four rows with all centres. Places whose numbers leave the same rest when divided by 8 are a group. */
export function compare(r0: u32, r1: u32, r2: u32, r3: u32): void {
  const pitch = <usize>width * 4;
  const none = f32x4.splat(-Infinity);
  let bestA0 = none, bestA1 = none, bestA2 = none, bestA3 = none, bestB0 = none, bestB1 = none, bestB2 = none, bestB3 = none;
  let nextA0 = none, nextA1 = none, nextA2 = none, nextA3 = none, nextB0 = none, nextB1 = none, nextB2 = none, nextB3 = none;
  const first = i32x4(0, 1, 2, 3), second = i32x4(4, 5, 6, 7);
  let whichA0 = first, whichA1 = first, whichA2 = first, whichA3 = first, whichB0 = second, whichB1 = second, whichB2 = second, whichB3 = second;
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
    if (group == 0) {
      bestA0 = a0;
      bestA1 = a1;
      bestA2 = a2;
      bestA3 = a3;
      bestB0 = b0;
      bestB1 = b1;
      bestB2 = b2;
      bestB3 = b3;
      continue;
    }
    const numbersA = i32x4.add(first, i32x4.splat(<i32>group));
    const numbersB = i32x4.add(second, i32x4.splat(<i32>group));
    best = bestA0;
    runnerUp = nextA0;
    chosen = whichA0;
    better(a0, numbersA);
    bestA0 = best;
    nextA0 = runnerUp;
    whichA0 = chosen;
    best = bestB0;
    runnerUp = nextB0;
    chosen = whichB0;
    better(b0, numbersB);
    bestB0 = best;
    nextB0 = runnerUp;
    whichB0 = chosen;
    best = bestA1;
    runnerUp = nextA1;
    chosen = whichA1;
    better(a1, numbersA);
    bestA1 = best;
    nextA1 = runnerUp;
    whichA1 = chosen;
    best = bestB1;
    runnerUp = nextB1;
    chosen = whichB1;
    better(b1, numbersB);
    bestB1 = best;
    nextB1 = runnerUp;
    whichB1 = chosen;
    best = bestA2;
    runnerUp = nextA2;
    chosen = whichA2;
    better(a2, numbersA);
    bestA2 = best;
    nextA2 = runnerUp;
    whichA2 = chosen;
    best = bestB2;
    runnerUp = nextB2;
    chosen = whichB2;
    better(b2, numbersB);
    bestB2 = best;
    nextB2 = runnerUp;
    whichB2 = chosen;
    best = bestA3;
    runnerUp = nextA3;
    chosen = whichA3;
    better(a3, numbersA);
    bestA3 = best;
    nextA3 = runnerUp;
    whichA3 = chosen;
    best = bestB3;
    runnerUp = nextB3;
    chosen = whichB3;
    better(b3, numbersB);
    bestB3 = best;
    nextB3 = runnerUp;
    whichB3 = chosen;
  }
  choose(bestA0, bestB0, whichA0, whichB0, nextA0, nextB0);
  place0 = place;
  top0 = top;
  low0 = others;
  high0 = otherOthers;
  choose(bestA1, bestB1, whichA1, whichB1, nextA1, nextB1);
  place1 = place;
  top1 = top;
  low1 = others;
  high1 = otherOthers;
  choose(bestA2, bestB2, whichA2, whichB2, nextA2, nextB2);
  place2 = place;
  top2 = top;
  low2 = others;
  high2 = otherOthers;
  choose(bestA3, bestB3, whichA3, whichB3, nextA3, nextB3);
  place3 = place;
  top3 = top;
  low3 = others;
  high3 = otherOthers;
}
