import type { ColumnSelection } from '../../kit/columns.ts';
import { columnsNamed } from '../../kit/columns.ts';
import { problem, warning, type Issue } from '../../kit/issues.ts';
import { FALSE_WORDS, TRUE_WORDS } from '../../kit/onnx/cast.ts';
import { isTextual, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, freeName, listNames, takenNames, wrongType } from '../choose-columns.ts';

export interface CleanParams {
  readonly columns: ColumnSelection;
  readonly minimumRatio: number;
  readonly maximumRatio: number;
  readonly mode: 'custom' | 'mean' | 'median' | 'mode' | 'remove-row' | 'remove-column';
  readonly value: string;
  readonly allMissing: 'remove' | 'propagate';
  readonly indicator: boolean;
}

/** A column that is cleaned, unless its share of missing values is out of range. */
export interface Target {
  readonly column: ColumnSchema;
  /** As it leaves when it is cleaned. */
  readonly filled: ColumnSchema;
  /** The column that says where values were missing. */
  readonly indicator?: string;
}

export interface CleanPlan {
  /** The chosen columns that the mode can clean, in the table's order. */
  readonly targets: readonly Target[];
  /** What leaves, as far as it can be known without data. */
  readonly schema: TableSchema;
  readonly issues: readonly Issue[];
}

const LARGEST = 3.4e38;

/** The replacement as a value of the column: number, 0 or 1 for booleans, or text; null when it is none. */
export function replacementFor({ type }: ColumnSchema, text: string): number | string | null {
  if (isTextual(type)) return text === '' ? null : text;
  if (type === 'boolean') return TRUE_WORDS.includes(text.trim()) ? 1 : FALSE_WORDS.includes(text.trim()) ? 0 : null;
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && Math.abs(value) <= LARGEST ? value : null;
}

const isFilling = (mode: CleanParams['mode']): boolean => mode !== 'remove-row' && mode !== 'remove-column';
const isComputed = (mode: CleanParams['mode']): boolean => mode === 'mean' || mode === 'median' || mode === 'mode';

function canClean(column: ColumnSchema, { mode, value }: CleanParams): boolean {
  if (!isFilling(mode)) return true;
  if (column.type === 'datetime') return false;
  if (mode === 'mode') return true;
  return mode === 'custom' ? replacementFor(column, value) !== null : !isTextual(column.type);
}

/** Whole numbers and booleans become numbers when what fills them is none; a column that has nothing to fill keeps its type. */
function filledType(column: ColumnSchema, { mode, value }: CleanParams): ColumnSchema['type'] {
  if (!column.nullable) return column.type;
  if ((mode === 'mean' || mode === 'median') && !isTextual(column.type)) return 'number';
  if (mode === 'custom' && column.type === 'integer' && !Number.isSafeInteger(replacementFor(column, value))) return 'number';
  return column.type;
}

/** What is cleaned and what leaves, from the schema alone; all names and types that the run gives come from here. */
export function planCleaning(params: CleanParams, schema: TableSchema): CleanPlan {
  const { mode, minimumRatio, maximumRatio } = params;
  const { columns, issues: found } = chooseColumns(params.columns, schema);
  const issues = [...found];
  if (minimumRatio > maximumRatio) {
    issues.push(
      problem('parameter_invalid', `The minimum ratio ${minimumRatio} is above the maximum ratio ${maximumRatio}, so no column would be cleaned.`, {
        param: 'minimumRatio',
        fix: { title: 'Exchange them', set: { minimumRatio: maximumRatio, maximumRatio: minimumRatio } },
      }),
    );
  }
  const chosen = new Set(columns.map((each) => each.name));
  const able = schema.columns.filter((each) => chosen.has(each.name) && canClean(each, params));
  issues.push(
    ...unable(
      columns.filter((each) => each.nullable && !canClean(each, params)),
      columns,
      params,
    ),
  );
  const always = minimumRatio <= 0 && maximumRatio >= 1;
  const taken = takenNames(schema);
  const targets = able.map((column): Target => {
    const stays = column.nullable && (!always || (isComputed(mode) && params.allMissing === 'propagate'));
    const filled = isFilling(mode) ? { ...column, type: filledType(column, params), nullable: stays } : { ...column, nullable: column.nullable && !always };
    return params.indicator && isFilling(mode) && column.nullable
      ? { column, filled, indicator: freeName(`${column.name}_IsMissing`, taken) }
      : { column, filled };
  });
  const after = new Map(targets.map((each) => [each.column.name, each.filled]));
  if (mode === 'remove-column') {
    // Only columns that cannot have missing values are sure to stay.
    const sure = schema.columns.filter((each) => !after.has(each.name) || !each.nullable);
    return { targets, issues, schema: { columns: sure, open: schema.open || sure.length < schema.columns.length } };
  }
  const indicators = targets.flatMap(({ indicator }): ColumnSchema[] =>
    indicator === undefined ? [] : [{ name: indicator, type: 'boolean', role: 'feature', nullable: false }],
  );
  return { targets, issues, schema: { columns: [...schema.columns.map((each) => after.get(each.name) ?? each), ...indicators], open: schema.open } };
}

function unable(wrong: readonly ColumnSchema[], chosen: readonly ColumnSchema[], { mode, value, columns }: CleanParams): Issue[] {
  if (wrong.length === 0) return [];
  if (mode === 'custom' && wrong.some((each) => each.type !== 'datetime')) {
    const values = wrong.filter((each) => each.type !== 'datetime');
    const what = value === '' ? 'The replacement value is empty' : `“${value}” is no value for ${listNames(values)}`;
    return [
      problem('parameter_invalid', `${what}. Give a value that suits ${values.length === 1 ? 'its' : 'their'} type, or choose other columns.`, {
        param: 'value',
      }),
    ];
  }
  const what = wrong.every((each) => each.type === 'datetime')
    ? 'a date, which has no replacement here.'
    : `not numeric, so there is no ${mode}. Use the mode for text.`;
  if (columns.mode === 'names') return wrongType(wrong, chosen, what);
  const rest = chosen.filter((each) => !wrong.includes(each)).map((each) => each.name);
  const fix = rest.length > 0 ? { title: 'Choose the others only', set: { columns: columnsNamed(...rest) } } : undefined;
  return [warning('column_wrong_type', `${listNames(wrong)} ${wrong.length === 1 ? 'stays' : 'stay'} as before: ${what}`, { param: 'columns', fix })];
}
