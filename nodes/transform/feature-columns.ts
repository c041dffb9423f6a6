import type { ColumnSelection } from '../kit/columns.ts';
import type { Issue } from '../kit/issues.ts';
import { isNumeric, isTextual, type ColumnSchema, type ColumnType, type TableSchema } from '../kit/table.ts';
import { chooseColumns, describeSelection, wrongType } from './choose-columns.ts';

/** All columns of these types that are features: a label that is changed would be predicted in a form that no one knows. */
const featuresOf = (...types: ColumnType[]): ColumnSelection => ({
  mode: 'rules',
  start: 'none',
  rules: [
    { action: 'include', by: 'type', values: types },
    { action: 'exclude', by: 'role', values: ['label', 'weight', 'id', 'score'] },
  ],
});
export const numericFeatures = featuresOf('number', 'integer');
export const categoryFeatures = featuresOf('category');

const same = (a: ColumnSelection, b: ColumnSelection): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A card's words for the chosen columns. */
export const describeFeatures = (columns: ColumnSelection): string =>
  same(columns, numericFeatures) ? 'numbers' : same(columns, categoryFeatures) ? 'all categories' : describeSelection(columns);

export interface ChosenOfType {
  /** The chosen columns that suit. */
  readonly columns: readonly ColumnSchema[];
  /** `column_missing`, `columns_none`, and `column_wrong_type` for those that do not suit. */
  readonly issues: readonly Issue[];
}

function chooseWhere(selection: ColumnSelection, data: TableSchema, suits: (type: ColumnType) => boolean, what: string): ChosenOfType {
  const { columns, issues } = chooseColumns(selection, data);
  const wrong = columns.filter((each) => !suits(each.type));
  return { columns: columns.filter((each) => suits(each.type)), issues: [...issues, ...wrongType(wrong, columns, what)] };
}

/** The chosen numbers; `reason` ends the sentence “… is not numeric, so …”. */
export const chooseNumeric = (selection: ColumnSelection, data: TableSchema, reason: string): ChosenOfType =>
  chooseWhere(selection, data, isNumeric, `not numeric, so ${reason}`);

/** The chosen texts and categories; `reason` ends the sentence “… is not text, so …”. */
export const chooseTextual = (selection: ColumnSelection, data: TableSchema, reason: string): ChosenOfType =>
  chooseWhere(selection, data, isTextual, `not text, so ${reason}`);
