import { measureFamilies, type Family, type MeasureOptions } from '../families.ts';
import type { BenchRow } from '../types.ts';

const families: readonly Family[] = [
  { rows: ['start to ready', 'idle memory'], measure: async () => (await import('./start.ts')).start() },
  { rows: ['overhead per step'], measure: async () => (await import('./overhead.ts')).overhead() },
  { rows: ['all cached'], measure: async () => (await import('./all-cached.ts')).allCached() },
  { rows: ['1,000-step run'], measure: async () => (await import('./wide-run.ts')).wideRun() },
  { rows: ['runs finished'], measure: async () => (await import('./runs-finished.ts')).runsFinished() },
  { rows: ['trigger p99'], measure: async () => (await import('./trigger.ts')).trigger() },
  { rows: ['run list p99', 'trigger latency beside it'], measure: async () => (await import('./run-list.ts')).runList() },
  { rows: ['queued runs'], measure: async () => (await import('./queued-runs.ts')).queuedRuns() },
];

/** What the engine itself costs, and what it holds under load. */
export const engine = (options?: MeasureOptions): Promise<BenchRow[]> => measureFamilies(families, options);
