import { measureFamilies, type Family, type MeasureOptions } from '../families.ts';
import type { BenchRow } from '../types.ts';

const families: readonly Family[] = [
  { rows: ['designer: scripts'], measure: async () => (await import('./first-load.ts')).firstLoad() },
  { rows: ['keystroke', 'laying'], measure: async () => (await import('./keystroke.ts')).edits() },
  { rows: ['library search'], measure: async () => (await import('./library-search.ts')).librarySearch() },
  {
    rows: [
      ...['300 nodes: pan', '300 nodes: zoom'],
      ...['1,500', '5,000'].flatMap((count) => [`${count} nodes open`, `${count} nodes frame, pan`, `${count} nodes frame, drag`]),
    ],
    measure: async (only) => (await import('./drawing.ts')).drawing(only),
  },
];

/** Speed and weight of the designer. */
export const canvas = (options?: MeasureOptions): Promise<BenchRow[]> => measureFamilies(families, options);
