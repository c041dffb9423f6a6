import { measureFamilies, type Family, type MeasureOptions } from '../families.ts';
import type { BenchRow } from '../types.ts';

const families: readonly Family[] = [
  { rows: ['one-row JSON', 'open model p99'], measure: async (only) => (await import('./one-row.ts')).oneRow(only) },
  { rows: ['v2 binary'], measure: async () => (await import('./binary.ts')).binary() },
  { rows: ['cold start'], measure: async () => (await import('./cold-start.ts')).coldStart() },
  { rows: ['against MLServer'], measure: async () => (await import('./mlserver.ts')).againstMlserver() },
  { rows: ['trigger to first step'], measure: async () => (await import('./first-step.ts')).firstStep() },
  { rows: ['batch'], measure: async () => (await import('./batch.ts')).batch() },
  { rows: ['isolation'], measure: async () => (await import('./isolation.ts')).isolation() },
  { rows: ['telco sample', 'deploy'], measure: async () => (await import('./telco.ts')).telco() },
];

/** What scoring costs, and what it holds under load. */
export const serving = (options?: MeasureOptions): Promise<BenchRow[]> => measureFamilies(families, options);
