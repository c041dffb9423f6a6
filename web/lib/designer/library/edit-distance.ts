/** Letters that must change to make one word of the other (one added, left out, changed, or two swapped), or Infinity when more than `most`. */
export function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return Infinity;
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
