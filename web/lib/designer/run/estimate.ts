import type { PlanStep, Step } from '../../api-types.ts';
import { bytes, count, duration } from '../../format.ts';

export type LastStep = Pick<Step, 'milliseconds' | 'rowsOut' | 'peakBytes' | 'outputs'>;

/**
 * What the next run of a node is likely to take, from how it ran last: time, rows and memory, each where it is known; empty when nothing is. What
 * is taken over from an earlier run takes no time and no memory of its own.
 */
export function estimateWords(plan: Pick<PlanStep, 'will' | 'lastMilliseconds'> | undefined, last: LastStep | undefined): string {
  const reused = plan?.will === 'reuse';
  const milliseconds = plan?.lastMilliseconds ?? last?.milliseconds ?? null;
  const rows = last?.rowsOut ?? last?.outputs.find((output) => output.rowCount !== null)?.rowCount ?? null;
  const parts = [
    reused || milliseconds === null ? '' : `≈ ${duration(milliseconds)}`,
    rows === null ? '' : `≈ ${count(rows)} ${rows === 1 ? 'row' : 'rows'}`,
    reused || !last?.peakBytes ? '' : `≈ ${bytes(last.peakBytes)} of memory`,
  ].filter(Boolean);
  return parts.join(' · ');
}
