import type { BenchRow } from '../types.ts';

interface Family {
  /** How the rows of this family begin. */
  readonly rows: readonly string[];
  /** Measures the rows whose name has `only` in it. */
  readonly measure: (only: string) => Promise<readonly BenchRow[]>;
}

const families: readonly Family[] = [
  { rows: ['boosted trees 160k', 'boosted trees 1M'], measure: async (only) => (await import('./boosted-trees.ts')).boostedTrees(only) },
  { rows: ['forest'], measure: async () => (await import('./forest.ts')).forest() },
  { rows: ['logistic tall'], measure: async () => (await import('./logistic-tall.ts')).logisticTall() },
  { rows: ['logistic wide'], measure: async () => (await import('./logistic-wide.ts')).logisticWide() },
  { rows: ['tune'], measure: async () => [await (await import('./tune.ts')).tuneRow()] },
  { rows: ['network'], measure: async () => (await import('./network.ts')).network() },
  { rows: ['k-means'], measure: async () => (await import('./k-means.ts')).kMeans() },
  { rows: ['pca'], measure: async () => (await import('./pca.ts')).pca() },
];

export interface LearningOptions {
  /** Measures only rows whose name has this in it. */
  readonly only?: string;
  /** Told of each row as soon as it is there. */
  readonly measured?: (row: BenchRow) => void;
}

/** Whole fits from columns in memory to the finished model, ours and the peer's in turn. */
export async function learning({ only = '', measured = () => {} }: LearningOptions = {}): Promise<BenchRow[]> {
  const wanted = families.filter((family) => family.rows.some((name) => name.includes(only)));
  if (wanted.length === 0) throw new Error(`No row has "${only}" in its name. There are: ${families.flatMap((family) => family.rows).join(', ')}.`);
  const rows: BenchRow[] = [];
  for (const { measure } of wanted) {
    for (const each of await measure(only)) {
      rows.push(each);
      measured(each);
    }
  }
  return rows;
}
