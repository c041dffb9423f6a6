import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BenchRow } from './types.ts';

/** A row of this engine alone: none of its peers can be run beside it in the same process. */
export const row = (what: string, unit: BenchRow['unit'], ours: number): BenchRow => ({ what, unit, ours, peer: null, peerName: null, ratio: null });

/** The smallest value that `share` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('There is no figure to take a percentile of.');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]!;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
/** `p50 1.2, p99 3.4, max 5.6 ms`, for the text of a row. */
export const spread = (values: readonly number[]): string =>
  `p50 ${median(values).toFixed(1)}, p99 ${percentile(values, 0.99).toFixed(1)}, max ${Math.max(...values).toFixed(1)} ms`;

/** The timer of `monitorEventLoopDelay` fires every so many ms; what its intervals last longer is a block. */
export const LOOP_TIMER = 10;

/** Does the work; gives its result, and the longest time in ms that this process's event loop stood still meanwhile. */
export async function watchingLoop<T>(work: () => Promise<T>): Promise<{ result: T; longestBlock: number }> {
  const delay = monitorEventLoopDelay({ resolution: LOOP_TIMER });
  delay.enable();
  try {
    const result = await work();
    // The interval that is under way counts when its timer fires.
    await new Promise((resolve) => setTimeout(resolve, 3 * LOOP_TIMER));
    return { result, longestBlock: Math.max(0, delay.max / 1e6 - LOOP_TIMER) };
  } finally {
    delay.disable();
  }
}
