import { tableSchema, type ColumnSchema, type TableSchema } from '../kit/table.ts';
import { freeName } from './choose-columns.ts';

/** Roles that one column of a table has. */
const SINGLE_ROLES: ReadonlySet<string> = new Set(['label', 'weight']);

export interface Beside {
  /** The columns of the left table with their new names, then those of the right one. */
  readonly left: readonly ColumnSchema[];
  readonly right: readonly ColumnSchema[];
}

/**
 * The columns of two tables side by side. A name that both have, in upper or lower case, gets `_1` on the left and `_2` on the right; where that is
 * taken too, a number after it. A second label or weight becomes a feature.
 */
export function beside(left: readonly ColumnSchema[], right: readonly ColumnSchema[]): Beside {
  const lower = (columns: readonly ColumnSchema[]): Set<string> => new Set(columns.map((each) => each.name.toLowerCase()));
  const [onLeft, onRight] = [lower(left), lower(right)];
  const taken = new Set([...onLeft, ...onRight]);
  const named = (columns: readonly ColumnSchema[], others: ReadonlySet<string>, suffix: string): ColumnSchema[] =>
    columns.map((each) => (others.has(each.name.toLowerCase()) ? { ...each, name: freeName(`${each.name}${suffix}`, taken) } : each));
  const roles = new Set<string>(left.map((each) => each.role).filter((role) => SINGLE_ROLES.has(role)));
  return {
    left: named(left, onRight, '_1'),
    right: named(right, onLeft, '_2').map((each) => (roles.has(each.role) ? { ...each, role: 'feature' } : each)),
  };
}

export const besideSchema = ({ left, right }: Beside, open: boolean): TableSchema => tableSchema([...left, ...right], open);

/** The columns with missing values possible. */
export const allNullable = (columns: readonly ColumnSchema[]): ColumnSchema[] => columns.map((each) => ({ ...each, nullable: true }));
