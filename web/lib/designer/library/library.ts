import { CATEGORIES, type AnyNode, type Catalog, type Category } from '#nodes/kit/define.ts';
import { editDistance, lettersWrong } from '#nodes/kit/edit-distance.ts';

/** Lower-case words; `OneHotEncoder` is three, as `one-hot encoder` is. */
const words = (text: string): string[] =>
  text
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

interface Indexed {
  readonly title: readonly string[];
  readonly joinedTitle: string;
  readonly initials: string;
  readonly keywords: readonly string[];
  /** Keywords of several words as one, so that `randomforest` is found. */
  readonly joined: readonly string[];
  readonly summary: readonly string[];
  readonly category: readonly string[];
}
const indexes = new WeakMap<AnyNode, Indexed>();

function indexOf(node: AnyNode): Indexed {
  const known = indexes.get(node);
  if (known) return known;
  const title = words(node.title);
  const keywords = node.keywords.map(words);
  const made: Indexed = {
    title,
    joinedTitle: title.join(''),
    initials: title.map((each) => each[0]).join(''),
    keywords: keywords.flat(),
    joined: keywords.map((each) => each.join('')),
    summary: words(node.summary),
    category: words(node.category),
  };
  indexes.set(node, made);
  return made;
}

/** How well one typed word fits a node type: the beginning of its title, its title, a keyword, its summary, its category; 0 = not at all. */
function fit(word: string, { title, joinedTitle, initials, keywords, joined, summary, category }: Indexed): number {
  if (title[0] === word) return 60;
  if (title[0]!.startsWith(word)) return 55;
  if (title.includes(word)) return 50;
  if (title.some((each) => each.startsWith(word))) return 45;
  if (word.length > 1 && initials === word) return 40;
  if (word.length > 4 && joinedTitle.startsWith(word)) return 40;
  if (keywords.includes(word)) return 32;
  if (joined.includes(word)) return 31;
  if (keywords.some((each) => each.startsWith(word))) return 28;
  if (joined.some((each) => each.startsWith(word))) return 25;
  if (word.length > 2 && title.some((each) => each.includes(word))) return 20;
  if (summary.some((each) => each.startsWith(word))) return 10;
  return category.some((each) => each.startsWith(word)) ? 5 : 0;
}

/** How well a mistyped word fits: 4 and less. What is typed may be the beginning of a longer word. */
function fitMistyped(word: string, { title, keywords }: Indexed): number {
  const most = lettersWrong(word.length);
  if (most === 0) return 0;
  const nearest = (list: readonly string[]): number =>
    Math.min(
      ...list.map((each) =>
        Math.min(editDistance(word, each, most), each.length > word.length ? editDistance(word, each.slice(0, word.length), most) + 0.5 : Infinity),
      ),
    );
  return Math.max(0, 4 - nearest(title), 3 - nearest(keywords));
}

/** A score for every node type that fits all typed words. A word that fits nothing as it is typed may have letters wrong. */
function scores(nodes: readonly AnyNode[], wanted: readonly string[]): Map<AnyNode, number> {
  const all = nodes.map((node) => ({ node, index: indexOf(node) }));
  const byWord = wanted.map((word) => {
    const exact = all.map(({ index }) => fit(word, index));
    return exact.some((score) => score > 0) ? exact : all.map(({ index }) => fitMistyped(word, index));
  });
  const found = new Map<AnyNode, number>();
  for (const [at, { node, index }] of all.entries()) {
    const fits = byWord.map((each) => each[at]!);
    if (fits.includes(0)) continue;
    const whole = wanted.length > 1 && index.title.join(' ').startsWith(wanted.join(' ')) ? 100 : 0;
    found.set(
      node,
      fits.reduce((sum, each) => sum + each, whole),
    );
  }
  return found;
}

/**
 * Node types that fit every typed word, the best first: the beginning of a title before the rest of it, then keywords, the summary, and last words
 * with letters wrong. Of equal ones the more used come first. All of them, by title, when nothing is typed.
 */
export function searchNodes(catalog: Catalog, typed: string, uses: (type: string) => number = () => 0): AnyNode[] {
  const all = Object.values(catalog).filter((node) => !node.hidden);
  const wanted = words(typed);
  if (wanted.length === 0) return all.toSorted((a, b) => a.title.localeCompare(b.title));
  const found = scores(all, wanted);
  return [...found.keys()].sort(
    (a, b) => found.get(b)! - found.get(a)! || uses(b.type) - uses(a.type) || a.title.length - b.title.length || a.title.localeCompare(b.title),
  );
}

/** How well a name fits all typed words, from 0 (not at all) to 4 for each word: its beginning, the beginning of a word, any part, letters wrong. */
export function nameFit(name: string, typed: string): number {
  const parts = words(name);
  const fits = words(typed).map((word) => {
    if (parts[0]?.startsWith(word)) return 4;
    if (parts.some((each) => each.startsWith(word))) return 3;
    if (name.toLowerCase().includes(word)) return 2;
    return parts.some((each) => editDistance(word, each, lettersWrong(word.length)) !== Infinity) ? 1 : 0;
  });
  return fits.includes(0) ? 0 : fits.reduce((sum: number, each) => sum + each, 0);
}

/** Named things, such as datasets, whose name holds every typed word, also with letters wrong; those whose name begins so come first. */
export function searchNames<T extends { readonly name: string }>(things: readonly T[], typed: string): T[] {
  if (words(typed).length === 0) return [...things];
  const scored = things.map((thing) => ({ thing, score: nameFit(thing.name, typed) })).filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score).map(({ thing }) => thing);
}

/** Node types by category, in the order of the catalogue; categories without any are left out. */
export function byCategory(nodes: readonly AnyNode[]): { category: Category; nodes: AnyNode[] }[] {
  return CATEGORIES.map((category) => ({ category, nodes: nodes.filter((node) => node.category === category) })).filter((each) => each.nodes.length > 0);
}
