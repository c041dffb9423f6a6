import { isTextual, type ColumnType } from '../table.ts';

/**
 * How a column travels in a graph: `float` is float32, missing NaN; `string` has "" for missing. Dates travel as texts of ISO 8601 in UTC
 * (`2026-01-31T09:30:00.000Z`), since float32 tells milliseconds since 1970 apart only by minutes.
 */
export type GraphType = 'float' | 'string';
/** What a graph gives: classes that are numbers and that float32 does not hold are float64. */
export type OutputType = GraphType | 'double';

export const graphTypeOf = (type: ColumnType): GraphType => (isTextual(type) || type === 'datetime' ? 'string' : 'float');

const FIRST = Date.UTC(-1, 12);
const LAST = Date.UTC(10_000, 0);

/** Milliseconds since 1970 as a graph takes them: an ISO time in UTC; "" where they are missing or the year is not of four digits. */
export const datetimeText = (milliseconds: number): string =>
  milliseconds >= FIRST && milliseconds < LAST ? new Date(Math.floor(milliseconds)).toISOString() : '';
