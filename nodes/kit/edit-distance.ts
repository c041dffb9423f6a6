/** Which letters a word has, as bits; letters that share a bit only make words seem more alike. */
function letters(word: string): number {
  let bits = 0;
  for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31);
  return bits;
}
function count(bits: number): number {
  let found = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) found++;
  return found;
}

/** Letters that must change to make one word of the other (one added, left out, changed, or two swapped), or Infinity when more than `most`. */
export function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return Infinity;
  const [own, others] = [letters(one), letters(other)];
  // Each change takes at most one letter out of a word: most words are told apart by this alone.
  if (count(own & ~others) > most || count(others & ~own) > most) return Infinity;
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let best = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) best = Math.min(best, before[column - 2]! + 1);
      next.push(best);
    }
    if (Math.min(...next) > most) return Infinity;
    [before, last] = [last, next];
  }
  return last[other.length]! <= most ? last[other.length]! : Infinity;
}

/** How many letters a typed word of a given length may have wrong. */
export const lettersWrong = (length: number): number => (length < 4 ? 0 : length < 8 ? 1 : 2);
