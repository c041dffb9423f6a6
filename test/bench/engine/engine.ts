import type { BenchRow } from '../types.ts';

interface Family {
  /** How the rows of this family begin. */
  readonly rows: readonly string[];
  readonly measure: () => Promise<readonly BenchRow[]>;
}

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

export interface EngineOptions {
  /** Measures only families with a row whose name has this in it. */
  readonly only?: string;
  /** Told of each row as soon as it is there. */
  readonly measured?: (row: BenchRow) => void;
}

/** What the engine itself costs, and what it holds under load. */
export async function engine({ only = '', measured = () => {} }: EngineOptions = {}): Promise<BenchRow[]> {
  const wanted = families.filter((family) => family.rows.some((name) => name.includes(only)));
  if (wanted.length === 0) throw new Error(`No row has "${only}" in its name. There are: ${families.flatMap((family) => family.rows).join(', ')}.`);
  const rows: BenchRow[] = [];
  for (const { measure } of wanted) {
    for (const each of await measure()) {
      rows.push(each);
      measured(each);
    }
  }
  return rows;
}
