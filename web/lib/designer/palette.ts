import { nameFit } from './library/library.ts';

/** One line of what Ctrl+K finds. */
export interface Found {
  readonly key: string;
  readonly title: string;
  readonly icon: string | undefined;
  /** Quiet words after the title. */
  readonly words?: string;
  readonly keys?: string;
  /** Words that find it besides its title. */
  readonly also?: string;
  run(): void;
}
export interface FoundGroup {
  readonly title: string;
  readonly entries: readonly Found[];
}

const MOST = 8;
/** What is found by other words than its title stands below all that is found by that. */
const ALSO = 0.5;
const fitOf = ({ title, also = '' }: Found, typed: string): number => nameFit(title, typed) || (nameFit(`${title} ${also}`, typed) > 0 ? ALSO : 0);

/**
 * What fits the typed words, in its groups: the best first within each, and the group with the best before the others; groups that fit equally
 * keep their order. At most 8 of a group. All of what is given when nothing is typed.
 */
export function rank(groups: readonly FoundGroup[], typed: string): FoundGroup[] {
  if (typed.trim() === '') return groups.filter(({ entries }) => entries.length > 0);
  const scored = groups.map(({ title, entries }) => {
    const fitting = entries.map((entry) => ({ entry, fit: fitOf(entry, typed) })).filter(({ fit }) => fit > 0);
    const best = fitting.sort((one, other) => other.fit - one.fit).slice(0, MOST);
    return { title, entries: best.map(({ entry }) => entry), fit: best[0]?.fit ?? 0 };
  });
  return scored.filter(({ fit }) => fit > 0).sort((one, other) => other.fit - one.fit);
}
