// Finds the best split of a leaf over a range of features.
import { binCounts, countShift, gradientUnit, hessianMask, hessianUnit, l2, minSamples, minWeight, missingFlags, offsets } from './state';
import { sumOf } from './math';

let bestGain: f64 = 0;
let bestFeature: u32 = 0;
let bestBin: u32 = 0;
let bestMissingLeft: bool = false;
let bestGradient: i64 = 0;
let bestPacked: i64 = 0;

/** Tries every edge of a feature with its missing rows on one side; missing rows are in `gradient`, `packed` when they go left. */
function scan(cells: usize, bins: u32, feature: u32, missingLeft: bool, gradient: i64, packed: i64, leafGradient: f64, leafHessian: f64, leafRows: i64, parentScore: f64): void {
  const regularization = f64x2.splat(l2);
  const shift = countShift;
  const mask = hessianMask;
  const least = minSamples;
  const lightest = minWeight;
  const gradientUnits = f64x2.splat(gradientUnit);
  const hessianUnits = f64x2.splat(hessianUnit);
  for (let bin: u32 = 0; bin < bins; bin++) {
    const cell = cells + (<usize>bin << 4);
    const here = load<i64>(cell, 8);
    if (here == 0) continue;
    gradient += load<i64>(cell);
    packed += here;
    const leftRows = packed >> shift;
    if (leftRows < least) continue;
    if (leafRows - leftRows < least) break;
    const leftGradient = <f64>gradient;
    const leftHessian = <f64>(packed & mask);
    const g = f64x2.mul(f64x2.replace_lane(f64x2.splat(leftGradient), 1, leafGradient - leftGradient), gradientUnits);
    const h = f64x2.mul(f64x2.replace_lane(f64x2.splat(leftHessian), 1, leafHessian - leftHessian), hessianUnits);
    if (f64x2.extract_lane(h, 0) < lightest || f64x2.extract_lane(h, 1) < lightest) continue;
    const gain = sumOf(f64x2.div(f64x2.mul(g, g), f64x2.add(h, regularization))) - parentScore;
    if (gain > bestGain) {
      bestGain = gain;
      bestFeature = feature;
      bestBin = bin;
      bestMissingLeft = missingLeft;
      bestGradient = gradient;
      bestPacked = packed;
    }
  }
}

/**
 * Writes the best split over the features from..to: gain 0 (0 where none is allowed or none gains), left gradient 8, left packed 16, feature 24,
 * bin 28, missing left 32.
 */
export function findSplit(gradient: i64, packed: i64, histogram: usize, from: u32, to: u32, found: usize): void {
  const leafRows = packed >> countShift;
  const leafGradient = <f64>gradient;
  const leafHessian = <f64>(packed & hessianMask);
  const scaled = leafGradient * gradientUnit;
  const parentScore = (scaled * scaled) / (leafHessian * hessianUnit + l2);
  const least = 1e-12 * parentScore;
  bestGain = least;
  for (let feature = from; feature < to; feature++) {
    const bins = load<u32>(binCounts + (<usize>feature << 2));
    const cells = histogram + load<u32>(offsets + (<usize>feature << 2));
    const missing = load<u8>(missingFlags + <usize>feature) ? cells + (<usize>bins << 4) : 0;
    const missingPacked = missing ? load<i64>(missing, 8) : 0;
    const before = bestGain;
    scan(cells, bins, feature, false, 0, 0, leafGradient, leafHessian, leafRows, parentScore);
    if (missingPacked != 0) {
      scan(cells, bins, feature, true, load<i64>(missing), missingPacked, leafGradient, leafHessian, leafRows, parentScore);
    } else if (bestGain > before) {
      // None missing here: should one come, it goes with the larger child.
      bestMissingLeft = (bestPacked >> countShift) * 2 >= leafRows;
    }
  }
  store<f64>(found, bestGain > least ? bestGain : 0);
  store<i64>(found, bestGradient, 8);
  store<i64>(found, bestPacked, 16);
  store<u32>(found, bestFeature, 24);
  store<u32>(found, bestBin, 28);
  store<u32>(found, bestMissingLeft ? 1 : 0, 32);
}
