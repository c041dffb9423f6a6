import type { ColumnType } from './table.ts';

/** A label value in words: as signatures, reports and messages show it. */
export function labelText(value: number | string | null, type: ColumnType): string {
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  return String(value);
}
