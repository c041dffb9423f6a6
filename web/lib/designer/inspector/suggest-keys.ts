import { agree, type KeyPair } from '#nodes/kit/key-pairs.ts';
import { isNumeric, isTextual, type ColumnSchema, type TableSchema } from '#nodes/kit/table.ts';

/** What a profile tells of a column, as far as it helps to find keys. */
export interface KeyFacts {
  readonly missing: number;
  readonly distinct: number;
  readonly minimum: number | string | null;
  readonly maximum: number | string | null;
  readonly top: readonly { readonly value: string }[] | null;
}
type Facts = ReadonlyMap<string, KeyFacts> | undefined;
interface Side {
  readonly schema: TableSchema;
  /** By the name of the column; without it only names and types count. */
  readonly facts: Facts;
  readonly rowCount: number | undefined;
}

export interface KeySuggestion extends KeyPair {
  /** Why, in a few words. */
  readonly reason: string;
}

export interface KeyOffer {
  /** Whether they join the chosen keys or take their place. */
  readonly further: boolean;
  readonly suggestions: readonly KeySuggestion[];
}
const NOTHING: KeyOffer = { further: false, suggestions: [] };

/**
 * The keys that are worth a look beside the chosen ones: others where none is chosen or these cannot meet, further ones by name where rows would
 * multiply, and none where they do their work. `met` tells how the chosen ones meet: null where they do not, undefined where that is not known.
 */
export function offerKeys(left: Side, right: Side, chosen: readonly KeyPair[], met: 'once' | 'multiply' | null | undefined): KeyOffer {
  const isChosen = (each: KeyPair): boolean => chosen.some((pair) => pair.left.name === each.left.name && pair.right.name === each.right.name);
  if (chosen.length === 0 || met === null || !chosen.every((pair) => agree(pair.left.type, pair.right.type)))
    return { further: false, suggestions: suggestKeys(left, right).filter((each) => chosen.length > 1 || !isChosen(each)) };
  if (met !== 'multiply') return NOTHING;
  const rest = suggestKeys(
    without(
      left,
      chosen.map((pair) => pair.left.name),
    ),
    without(
      right,
      chosen.map((pair) => pair.right.name),
    ),
  );
  return { further: true, suggestions: rest.filter((each) => alikeNames(each.left.name, each.right.name) > 0 && each.left.type !== 'number') };
}

const without = (side: Side, names: readonly string[]): Side => ({
  ...side,
  schema: { ...side.schema, columns: side.schema.columns.filter(({ name }) => !names.includes(name)) },
});

const MOST = 3;
/** Tables of very many columns are compared by equal names alone. */
const MOST_PAIRS = 40_000;

/** Pairs of columns that may be keys, the likeliest first: by names, types, common values, and whether they tell rows apart. */
export function suggestKeys(left: Side, right: Side): KeySuggestion[] {
  const all = left.schema.columns.length * right.schema.columns.length <= MOST_PAIRS;
  const byName = new Map(right.schema.columns.map((each) => [plain(each.name), each]));
  const found: { suggestion: KeySuggestion; score: number }[] = [];
  for (const one of left.schema.columns) {
    const partner = byName.get(plain(one.name));
    for (const other of all ? right.schema.columns : partner ? [partner] : []) {
      const judged = agree(one.type, other.type) ? judge(one, other, left, right) : null;
      if (judged) found.push(judged);
    }
  }
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ suggestion }) => suggestion);
}

function judge(one: ColumnSchema, other: ColumnSchema, left: Side, right: Side): { suggestion: KeySuggestion; score: number } | null {
  const names = alikeNames(one.name, other.name);
  const [facts, otherFacts] = [left.facts?.get(one.name), right.facts?.get(other.name)];
  const values = facts && otherFacts ? commonValues(one, facts, otherFacts) : null;
  // Ranges of numbers meet often, so that they support a name but do not stand for one.
  if (names === 0 && (values === null || values < 0.5 || isNumeric(one.type))) return null;
  if (values === 0) return null;
  const tells = tellsApart(one, facts, left.rowCount) || tellsApart(other, otherFacts, right.rowCount);
  // What is measured is rarely a key.
  const measured = one.type === 'number' && !tells;
  const score = names * 3 + (values ?? 0.5) * 2 + (tells ? 2 : 0) - (measured ? 2 : 0) - (one.type === 'boolean' ? 3 : 0);
  const reasons = [
    one.name === other.name ? 'same name' : names > 0 ? 'similar name' : '',
    values !== null && values > 0 ? (isTextual(one.type) ? 'common values' : 'same range') : '',
    tells ? 'tells rows apart' : '',
  ].filter(Boolean);
  return { suggestion: { left: one, right: other, reason: reasons.join(', ') || 'same type' }, score };
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** From 0 to 1: `customer_id` is as good as `CustomerId`, and nearly so as `id` or `customer`. */
function alikeNames(one: string, other: string): number {
  const [a, b] = [plain(one), plain(other)];
  if (a === b) return one === other ? 1 : 0.95;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 2 && (long.endsWith(short) || long.startsWith(short)) ? 0.5 : 0;
}

/** From 0 to 1, as far as the profiles show; null where they show nothing. */
function commonValues(column: ColumnSchema, one: KeyFacts, other: KeyFacts): number | null {
  if (isTextual(column.type)) {
    if (!one.top?.length || !other.top?.length) return null;
    const values = new Set(other.top.map(({ value }) => value));
    const share = one.top.filter(({ value }) => values.has(value)).length / Math.min(one.top.length, other.top.length);
    // The most frequent values of many differ although most values are common.
    return share === 0 && Math.min(one.distinct, other.distinct) > one.top.length ? null : Math.min(1, share);
  }
  const ends = [one.minimum, one.maximum, other.minimum, other.maximum].map((each) => (typeof each === 'string' ? Date.parse(each) : each));
  if (!ends.every((each) => each !== null && Number.isFinite(each))) return null;
  const [low, high, otherLow, otherHigh] = ends as [number, number, number, number];
  const common = Math.min(high, otherHigh) - Math.max(low, otherLow);
  if (common < 0) return 0;
  const least = Math.min(high - low, otherHigh - otherLow);
  return least === 0 ? 1 : common / least;
}

const tellsApart = ({ role, name }: ColumnSchema, facts: KeyFacts | undefined, rowCount: number | undefined): boolean =>
  facts && rowCount !== undefined ? rowCount > 1 && facts.distinct >= 0.99 * rowCount : role === 'id' || /(?:^|[_ ]|[a-z](?=I))id$/i.test(name);
