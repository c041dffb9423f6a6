import { isNumeric, type ColumnType } from '#nodes/kit/table.ts';
import type { RowFilter } from '../api-types.ts';

export type FilterKind = RowFilter['is'];
const LABELS: Readonly<Record<FilterKind, string>> = {
  contains: 'contains',
  equal: '=',
  unequal: '≠',
  less: '<',
  greater: '>',
  between: 'between',
  missing: 'is missing',
  present: 'is not missing',
};
const FOR_TEXT: readonly FilterKind[] = ['contains', 'equal', 'unequal', 'missing', 'present'];
const FOR_ORDER: readonly FilterKind[] = ['equal', 'unequal', 'less', 'greater', 'between', 'contains', 'missing', 'present'];
const FOR_BOOLEAN: readonly FilterKind[] = ['equal', 'missing', 'present'];

/** The conditions that make sense for a column, the most usual first. */
export function filterKinds(type: ColumnType): { value: FilterKind; label: string }[] {
  const kinds = isNumeric(type) || type === 'datetime' ? FOR_ORDER : type === 'boolean' ? FOR_BOOLEAN : FOR_TEXT;
  return kinds.map((value) => ({ value, label: LABELS[value] }));
}

/** The condition in words, such as `age between 3 and 7`. */
export function filterText(filter: RowFilter): string {
  const value = 'value' in filter ? ` ${filter.value}` : '';
  return `${filter.column} ${LABELS[filter.is]}${value}${filter.is === 'between' ? ` and ${filter.to}` : ''}`;
}

export const filterOf = (column: string, is: FilterKind, value: string, to: string): RowFilter =>
  is === 'missing' || is === 'present' ? { column, is } : is === 'between' ? { column, is, value, to } : { column, is, value };
