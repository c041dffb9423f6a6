import { isTextual, type ColumnSchema, type TableSchema } from '#nodes/kit/table.ts';

/** What a profile tells of a column, as far as a proposal needs it. */
export interface ColumnFigures {
  readonly name: string;
  readonly missing: number;
  readonly distinct: number;
  readonly minimum: number | string | null;
  readonly maximum: number | string | null;
  /** Of texts, in characters. */
  readonly lengths: { readonly mean: number } | null;
  /** The most frequent values, of texts and booleans. */
  readonly top: readonly { readonly value: string; readonly count: number }[] | null;
}
export interface DatasetFacts {
  readonly name: string;
  readonly schema: TableSchema;
  readonly rowCount: number;
  readonly columns: readonly ColumnFigures[];
}

/** A column with its figures. */
export interface Column extends ColumnSchema {
  readonly figures: ColumnFigures;
  /** Rows that have a value. */
  readonly present: number;
}

const unknown = (name: string): ColumnFigures => ({ name, missing: 0, distinct: 0, minimum: null, maximum: null, lengths: null, top: null });

export function columnsOf({ schema, columns, rowCount }: DatasetFacts): Column[] {
  const figures = new Map(columns.map((each) => [each.name, each]));
  return schema.columns.map((each) => {
    const own = figures.get(each.name) ?? unknown(each.name);
    return { ...each, figures: own, present: rowCount - own.missing };
  });
}

/** The words of a name: `SalePrice`, `sale_price` and `Sale price` have the same. */
export const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** From so many characters on, and with so many different values, a text is prose rather than a level. */
const PROSE = 30;
/** More levels than this are not told apart by a learner. */
export const MANY_LEVELS = 100;
const ENOUGH_ROWS = 20;
const NEARLY_ALL = 0.9;
const IDENTIFIERS = new Set(['id', 'uuid', 'guid', 'index', 'key', 'rownum', 'rownames', 'serial']);

export const isProse = ({ type, figures }: Column): boolean => isTextual(type) && figures.distinct > MANY_LEVELS && (figures.lengths?.mean ?? 0) >= PROSE;

/** Tells rows apart and nothing else: by its role, by its name, or since (nearly) all its values differ. */
export function isIdentifier(column: Column): boolean {
  const { type, role, name, figures, present } = column;
  if (role === 'id') return true;
  if (present < ENOUGH_ROWS || isProse(column)) return false;
  const share = figures.distinct / present;
  const named = wordsOf(name).some((word) => IDENTIFIERS.has(word)) || name === '';
  if (named && share >= NEARLY_ALL && (isTextual(type) || type === 'integer')) return true;
  if (isTextual(type)) return share >= NEARLY_ALL && figures.distinct > MANY_LEVELS;
  // Whole numbers in a row without a gap.
  const { minimum, maximum } = figures;
  return type === 'integer' && share === 1 && typeof minimum === 'number' && typeof maximum === 'number' && maximum - minimum + 1 === present;
}

export const isConstant = ({ figures, present }: Column): boolean => present === 0 || figures.distinct === 1;
