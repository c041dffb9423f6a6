import { AppError } from '../errors.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

export const iso = (time: number): string => new Date(time).toISOString();

/** A place in a list that is sorted by a number and then by a text; opaque to callers. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}

export const encodeCursor = ({ at, id }: Cursor): string => Buffer.from(JSON.stringify([at, id])).toString('base64url');

export function decodeCursor(text: string): Cursor {
  try {
    const [at, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof at === 'number' && typeof id === 'string') return { at, id };
  } catch {
    // Told below.
  }
  throw new AppError(400, 'The cursor is not one that this server gave. Start without a cursor.', { code: 'cursor_invalid' });
}

/** Cuts rows (one more than the limit was asked for) into a page. */
export function pageOf<R, T>(rows: readonly R[], limit: number, view: (row: R) => T, place: (row: R) => Cursor): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(place(last)) : null };
}
