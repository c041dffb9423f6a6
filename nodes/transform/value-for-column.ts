import { FALSE_WORDS, TRUE_WORDS } from '../kit/onnx/cast.ts';
import { isTextual, type ColumnSchema } from '../kit/table.ts';

const LARGEST = 3.4e38;

/** A text as a value of the column: number, 0 or 1 for booleans, or text; null when it is none, or the empty text. Dates have none. */
export function valueFor({ type }: Pick<ColumnSchema, 'type'>, text: string): number | string | null {
  if (isTextual(type)) return text === '' ? null : text;
  if (type === 'datetime') return null;
  if (type === 'boolean') return TRUE_WORDS.includes(text.trim()) ? 1 : FALSE_WORDS.includes(text.trim()) ? 0 : null;
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && Math.abs(value) <= LARGEST ? value : null;
}
