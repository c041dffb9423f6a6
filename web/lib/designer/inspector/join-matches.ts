import type { JoinRates } from '../../api-types.ts';

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';

/** Which parts of the two tables a join keeps. */
export interface Kept {
  readonly leftAlone: boolean;
  readonly leftMatched: boolean;
  readonly rightMatched: boolean;
  readonly rightAlone: boolean;
}

export const keptBy = (type: JoinType): Kept => ({
  leftAlone: ['left', 'full', 'anti', 'cross'].includes(type),
  leftMatched: type !== 'anti',
  rightMatched: !['semi', 'anti'].includes(type),
  rightAlone: ['right', 'full', 'cross'].includes(type),
});

/** Rows of the result. */
export function joinedRows({ left, right, matches }: JoinRates, type: JoinType): number {
  const [leftAlone, rightAlone] = [left.rowCount - left.matched, right.rowCount - right.matched];
  return {
    inner: matches,
    left: matches + leftAlone,
    right: matches + rightAlone,
    full: matches + leftAlone + rightAlone,
    semi: left.matched,
    anti: leftAlone,
    cross: left.rowCount * right.rowCount,
  }[type];
}

/** How many rows of either side share a key; null where no key is common. */
export function multiplicity({ left, right, commonKeys }: JoinRates): '1 : 1' | '1 : n' | 'n : 1' | 'n : m' | null {
  if (commonKeys === 0) return null;
  return left.most > 1 ? (right.most > 1 ? 'n : m' : 'n : 1') : right.most > 1 ? '1 : n' : '1 : 1';
}

/** What the multiplicity means. */
export const MEANING = {
  '1 : 1': 'Each key comes once on both sides.',
  '1 : n': 'A row of the left table may have several partners.',
  'n : 1': 'Several rows of the left table may share a partner.',
  'n : m': 'Keys come several times on both sides: rows multiply.',
} as const;
