import type { PlanStep, Step } from '../../api-types.ts';
import { bytes, count, duration } from '../../format.ts';

export type LastStep = Pick<Step, 'milliseconds' | 'rowsIn' | 'rowsOut' | 'peakBytes' | 'outputs'>;

/**
 * What the next run of a node is likely to take, from how it ran last: time, rows and memory, each where it is known; empty when nothing is. With
 * the rows that will enter now, time and rows grow as those do. What is taken over from an earlier run takes no time and no memory of its own.
 */
export function estimateWords(
  plan: Pick<PlanStep, 'will' | 'lastMilliseconds'> | undefined,
  last: LastStep | undefined,
  rowsNow: number | null = null,
): string {
  const reused = plan?.will === 'reuse';
  const growth = !reused && last?.rowsIn && rowsNow !== null ? rowsNow / last.rowsIn : 1;
  const milliseconds = plan?.lastMilliseconds ?? last?.milliseconds ?? null;
  const rows = last?.rowsOut ?? last?.outputs.find((output) => output.rowCount !== null)?.rowCount ?? null;
  const parts = [
    reused || milliseconds === null ? '' : `≈ ${duration(milliseconds * growth)}`,
    rows === null ? '' : rowsText(Math.round(rows * growth)),
    reused || !last?.peakBytes ? '' : `≈ ${bytes(last.peakBytes)} of memory`,
    growth === 1 ? '' : `for ${count(rowsNow!)} rows in, ${count(last!.rowsIn!)} before`,
  ].filter(Boolean);
  return parts.join(' · ');
}

const rowsText = (rows: number): string => `≈ ${count(rows)} ${rows === 1 ? 'row' : 'rows'}`;

/** The rows that enter a node now, by the newest artifacts at its wires; null where one of its tables is not there yet. */
export function rowsInto(artifacts: readonly ({ readonly kind: string; readonly rowCount: number | null } | undefined)[]): number | null {
  if (artifacts.some((artifact) => artifact === undefined)) return null;
  const counts = artifacts.flatMap((artifact) => artifact?.rowCount ?? []);
  return counts.length === 0 ? null : counts.reduce((sum, rows) => sum + rows, 0);
}
