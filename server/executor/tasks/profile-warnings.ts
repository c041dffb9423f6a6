import { isTextual, type ColumnRole, type ColumnType } from '#nodes/kit/table.ts';
import type { ColumnProfile, ProfileWarning } from '../messages.ts';

const MOSTLY = 0.5;
const MANY_LEVELS = 100;
const SKEWED = 3;
/** A class is rare when it has less than this share of what it would have if all were alike: 10 % of two classes. */
const RARE = 0.2;
/** Below so many rows it means little that all values differ, or that one class is rare. */
const ENOUGH_ROWS = 20;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const whole = (value: number): string => value.toLocaleString('en-US');

/** What to know of a column before it is used. `classes`: rows of each class where it is a label of classes; `leak`: how well it alone tells the label. */
export function columnWarnings(
  column: ColumnProfile,
  role: ColumnRole,
  rowCount: number,
  classes: readonly number[] | null,
  leak: string | undefined,
): ProfileWarning[] {
  const warnings: ProfileWarning[] = [];
  const warn = (code: ProfileWarning['code'], message: string): void => void warnings.push({ code, message });
  const { missing, distinct, distinctExact, skewness, infinite, name } = column;
  const present = rowCount - missing;
  const textual = isTextual(column.type as ColumnType);
  if (rowCount > 0 && missing / rowCount >= MOSTLY) warn('mostly_missing', `${percent(missing / rowCount)} of the values are missing.`);
  if (present > 1 && distinct === 1) warn('constant', 'All values are the same, so the column tells nothing.');
  const unique = present >= ENOUGH_ROWS && (textual || column.type === 'integer') && (distinctExact ? distinct === present : distinct >= 0.95 * present);
  if (unique && role !== 'label')
    warn('id_like', `${distinctExact ? 'Every value is different' : 'Nearly every value is different'}, as in an identifier. Leave it out of training.`);
  else if (textual && distinct > MANY_LEVELS) warn('high_cardinality', `It has ${whole(distinct)} different values. Group the rare ones, or treat it as text.`);
  if (infinite)
    warn(
      'infinite_values',
      `${infinite === 1 ? '1 value is' : `${whole(infinite)} values are`} infinite, which trainings refuse. Bound them by Clip Values, or leave their rows out by Filter Rows.`,
    );
  if (skewness !== null && Math.abs(skewness) > SKEWED && distinct > 2)
    warn(
      'skewed',
      `The values are drawn out to the ${skewness > 0 ? 'high' : 'low'} side (skewness ${skewness.toFixed(1)}). A logarithm or clipping may help.`,
    );
  const total = classes?.reduce((sum, count) => sum + count, 0) ?? 0;
  if (classes && classes.length > 1 && total >= ENOUGH_ROWS) {
    const share = Math.min(...classes) / total;
    if (share < RARE / classes.length)
      warn('imbalanced_label', `The rarest class is ${percent(share)} of the rows. Stratify splits, and judge by more than accuracy.`);
  }
  if (leak) warn('leaking', `“${name}” alone tells the label nearly perfectly (${leak}). It may hold what is only known afterwards.`);
  return warnings;
}

export function tableWarnings(rowCount: number, duplicates: number | null): ProfileWarning[] {
  if (rowCount === 0) return [{ code: 'no_rows', message: 'The table has no rows.' }];
  if (!duplicates) return [];
  return [{ code: 'duplicate_rows', message: `${whole(duplicates)} of ${whole(rowCount)} rows (${percent(duplicates / rowCount)}) equal an earlier row.` }];
}
