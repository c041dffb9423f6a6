import { isNumeric, isTextual } from '#nodes/kit/table.ts';
import { isConstant, isIdentifier, isProse, MANY_LEVELS, type Column } from './facts.ts';

/** What happens to a column before training. */
export const TREATMENTS = ['keep', 'leave-out', 'fill', 'date-parts', 'words', 'category'] as const;
export type Treatment = (typeof TREATMENTS)[number];

export const TREATMENT_TITLES: Readonly<Record<Treatment, string>> = {
  keep: 'As it is',
  'leave-out': 'Left out',
  fill: 'Missing filled with the median',
  'date-parts': 'Year, month, weekday, hour',
  words: 'Counts of its words',
  category: 'Category of its 100 commonest values',
};

export interface ColumnPlan {
  readonly column: string;
  readonly type: Column['type'];
  readonly treatment: Treatment;
  readonly why: string;
  /** What could be done instead, this among it. */
  readonly options: readonly Treatment[];
}

/** Above this share of missing values a column has too little to tell. */
const NEARLY_EMPTY = 0.9;
/** Each text column that is counted costs so many columns; more of them are left out. */
export const MOST_WORDS = 300;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function optionsOf({ type, figures }: Column): Treatment[] {
  if (type === 'datetime') return ['date-parts', 'leave-out'];
  if (isNumeric(type)) return figures.missing > 0 ? ['fill', 'keep', 'leave-out'] : ['keep', 'leave-out'];
  if (!isTextual(type)) return ['keep', 'leave-out'];
  if (figures.distinct <= MANY_LEVELS) return ['keep', 'leave-out'];
  return type === 'category' ? ['keep', 'words', 'leave-out'] : ['category', 'words', 'leave-out'];
}

/** What to do with a feature, and why. A learner tells at most 100 levels apart, does not learn from dates, and encodes categories by itself. */
export function treat(column: Column, rowCount: number): ColumnPlan {
  const { name, type, figures, present } = column;
  const options = optionsOf(column);
  const plan = (treatment: Treatment, why: string): ColumnPlan => ({ column: name, type, treatment, why, options });
  const distinct = figures.distinct.toLocaleString('en-US');
  if (column.role !== 'feature' && column.role !== 'label')
    return { ...plan('keep', `No model learns from a column with the ${column.role} role.`), options: ['keep', 'leave-out'] };
  if (isConstant(column)) return plan('leave-out', present === 0 ? 'It has no value.' : 'All its values are the same.');
  if (rowCount > 0 && figures.missing / rowCount > NEARLY_EMPTY) return plan('leave-out', `${percent(figures.missing / rowCount)} of its values are missing.`);
  if (isIdentifier(column)) return plan('leave-out', 'It only tells rows apart, as an identifier does.');
  if (type === 'datetime') return plan('date-parts', 'No model learns from a date as such; its parts are numbers.');
  if (isProse(column)) return plan('words', `It is prose: ${distinct} different texts. Each frequent word becomes a number.`);
  if (isNumeric(type) && figures.missing > 0)
    return plan('fill', `${figures.missing.toLocaleString('en-US')} values (${percent(figures.missing / rowCount)}) are missing.`);
  if (!isTextual(type)) return plan('keep', '');
  if (figures.distinct > MANY_LEVELS)
    return type === 'category'
      ? plan('keep', `${distinct} levels: the 100 commonest count.`)
      : plan('category', `${distinct} different values: as a category the 100 commonest count.`);
  const missing = figures.missing > 0 ? ' A missing one counts as none of them.' : '';
  return plan('keep', `${distinct} levels; the learners encode them.${missing}`);
}
