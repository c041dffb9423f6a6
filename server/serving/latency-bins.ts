/** Bounds rise by 5 %, from 0.01 ms: 300 of them reach past 20 s, and no quantile is off by more than that. */
const BASE = 0.01;
const GROWTH = 1.05;
export const LATENCY_BINS = 300;
const PER_LOG = 1 / Math.log(GROWTH);

/** The bin of a latency in milliseconds. */
export function binOf(milliseconds: number): number {
  return milliseconds <= BASE ? 0 : Math.min(LATENCY_BINS - 1, Math.floor(Math.log(milliseconds / BASE) * PER_LOG));
}

/** The latency in milliseconds below which a share of what was counted lies; null when nothing was. */
export function quantile(bins: Uint32Array, share: number): number | null {
  const total = bins.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil(total * share));
  for (let bin = 0; bin < bins.length; bin++) {
    left -= bins[bin]!;
    if (left <= 0) return BASE * GROWTH ** (bin + 0.5);
  }
  return BASE * GROWTH ** LATENCY_BINS;
}

/** The upper bound of a bin, in milliseconds. */
export const boundOf = (bin: number): number => BASE * GROWTH ** (bin + 1);
