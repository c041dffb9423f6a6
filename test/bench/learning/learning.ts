import { measureFamilies, type Family, type MeasureOptions } from '../families.ts';
import type { BenchRow } from '../types.ts';

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

/** Whole fits from columns in memory to the finished model, ours and the peer's in turn. */
export const learning = (options?: MeasureOptions): Promise<BenchRow[]> => measureFamilies(families, options);
