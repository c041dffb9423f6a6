/** The name that is most like the given one; undefined when none is within a third of its length. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let [best, least]: [string | undefined, number] = [undefined, limit + 1];
  for (const other of names) {
    const distance = editDistance(name.toLowerCase(), other.toLowerCase(), least);
    if (distance < least) [best, least] = [other, distance];
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let at = 1; at <= b.length; at += 1) next.push(Math.min(previous[at]! + 1, next[at - 1]! + 1, previous[at - 1]! + Number(a[row - 1] !== b[at - 1])));
    previous = next;
  }
  return previous[b.length]!;
}
