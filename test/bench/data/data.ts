import { measureFamilies, type Family, type MeasureOptions } from '../families.ts';
import type { BenchRow } from '../types.ts';

const families: readonly Family[] = [
  { rows: ['csv import', 'preview', 'profile'], measure: async () => (await import('./csv-import.ts')).csvImport() },
  { rows: ['flights', 'preview of flights', 'join'], measure: async (only) => (await import('./flights.ts')).flights(only) },
  { rows: ['out of core'], measure: async () => (await import('./out-of-core.ts')).outOfCore() },
  { rows: ['infer'], measure: async () => (await import('./infer.ts')).inferRow() },
];

/** Bringing data in, looking at it and shaping it, through the same step processes that serve people. */
export const data = (options?: MeasureOptions): Promise<BenchRow[]> => measureFamilies(families, options);
