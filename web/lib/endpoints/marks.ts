/** What happened at a time, in milliseconds. */
export interface Mark {
  readonly at: number;
  readonly words: string;
}

/** Marks whose words would overlap become one at the newest of them, which tells how many there are. */
export function marksTogether(marks: readonly Mark[], apart: number): (Mark & { readonly all: string })[] {
  const groups: Mark[][] = [];
  for (const mark of marks.toSorted((a, b) => b.at - a.at)) {
    const last = groups.at(-1);
    if (last && last[0]!.at - mark.at < apart) last.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => ({
    at: group[0]!.at,
    words: group.length === 1 ? group[0]!.words : `${group.length} changes`,
    all: group
      .toReversed()
      .map(({ words }) => words)
      .join(', '),
  }));
}
