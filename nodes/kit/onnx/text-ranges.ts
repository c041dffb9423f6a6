/**
 * Characters of texts that a graph takes at once, with all rows as long as the longest: where it cuts texts into characters or words, each row of a
 * tensor has as many places as the longest has.
 */
const CHARACTERS_AT_ONCE = 500_000;

/** Rows `from` to before `to`. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Stretches of rows whose texts a graph takes at once; a row that is longer stands alone. */
export function textRanges(columns: readonly (readonly (string | null)[])[], first: number, end: number, limit = CHARACTERS_AT_ONCE): TextRange[] {
  const ranges: TextRange[] = [];
  let [from, longest] = [first, 0];
  for (let row = first; row < end; row += 1) {
    let length = longest;
    for (const column of columns) length = Math.max(length, column[row]?.length ?? 0);
    if (row > from && length * (row + 1 - from) > limit) {
      ranges.push({ from, to: row });
      from = row;
      length = 0;
      for (const column of columns) length = Math.max(length, column[row]?.length ?? 0);
    }
    longest = length;
  }
  if (end > from) ranges.push({ from, to: end });
  return ranges;
}
