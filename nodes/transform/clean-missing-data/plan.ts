import { columnsNamed, matchesPattern } from '../../kit/columns.ts';
import { problem, warning, type Issue } from '../../kit/issues.ts';
import { isTextual, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, freeName, listNames, takenNames, wrongType } from '../choose-columns.ts';
import { missingColumnOf } from '../list-columns.ts';
import { valueFor } from '../value-for-column.ts';
import type { CleanParams, Mode } from './params.ts';

/** How a column is cleaned, and which parameter says so. */
export interface Treatment {
  readonly mode: Mode;
  readonly value: string;
  readonly param: 'mode' | 'rules';
  /** The column is meant by its name. */
  readonly named: boolean;
}

/** A column that is cleaned, unless its share of missing values is out of range. */
export interface Target {
  readonly column: ColumnSchema;
  readonly treatment: Treatment;
  /** As it leaves when it is cleaned. */
  readonly filled: ColumnSchema;
  /** The column that says where values were missing. */
  readonly indicator?: string;
}

export type Fill = number | string | null;

/** A target with what the data says of it. */
export interface Fitted extends Target {
  /** Its share of missing values is in range. */
  readonly cleaned: boolean;
  /** It has rows, but no value. */
  readonly empty: boolean;
  /** What takes the place of a missing value; null where nothing does, or where it is estimated. */
  readonly fill: Fill;
}

export interface CleanPlan {
  /** The chosen columns that their mode can clean, in the table's order. */
  readonly targets: readonly Target[];
  /** What leaves, as far as it can be known without data. */
  readonly schema: TableSchema;
  readonly issues: readonly Issue[];
}

const isFilling = (mode: Mode): boolean => mode !== 'remove-row' && mode !== 'remove-column' && mode !== 'leave';
/** What fills is computed from the values that there are. */
export const isComputed = (mode: Mode): boolean => isFilling(mode) && mode !== 'custom';

/** How a chosen column is cleaned: by the first rule that is about it, else as the rest. */
export function treatmentOf({ name, type }: ColumnSchema, { mode, value, columns, rules }: CleanParams): Treatment {
  const rule = rules.find((each) => (each.by === 'name' ? each.column === name : each.by === 'type' ? each.type === type : matchesPattern(name, each.pattern)));
  if (!rule) return { mode, value, param: 'mode', named: columns.mode === 'names' };
  return { mode: rule.mode, value: rule.value, param: 'rules', named: rule.by === 'name' };
}

function canClean(column: ColumnSchema, { mode, value }: Treatment): boolean {
  if (!isFilling(mode)) return mode !== 'leave';
  if (column.type === 'datetime') return false;
  if (mode === 'mode') return true;
  if (mode === 'iterative') return !isTextual(column.type) && column.role === 'feature';
  return mode === 'custom' ? valueFor(column, value) !== null : !isTextual(column.type);
}

/** Whole numbers and booleans become numbers when what fills them is none; a column that has nothing to fill keeps its type. */
function filledType(column: ColumnSchema, { mode, value }: Treatment): ColumnSchema['type'] {
  if (!column.nullable) return column.type;
  if (isComputed(mode) && mode !== 'mode' && !isTextual(column.type)) return 'number';
  if (mode === 'custom' && column.type === 'integer' && !Number.isSafeInteger(valueFor(column, value))) return 'number';
  return column.type;
}

/** What is cleaned and what leaves, from the schema alone; all names and types that the run gives come from here. */
export function planCleaning(params: CleanParams, schema: TableSchema): CleanPlan {
  const { minimumRatio, maximumRatio } = params;
  const { columns, issues: found } = chooseColumns(params.columns, schema);
  const issues = [...found, ...ruleIssues(params, schema)];
  if (minimumRatio > maximumRatio) {
    issues.push(
      problem('parameter_invalid', `The minimum ratio ${minimumRatio} is above the maximum ratio ${maximumRatio}, so no column would be cleaned.`, {
        param: 'minimumRatio',
        fix: { title: 'Exchange them', set: { minimumRatio: maximumRatio, maximumRatio: minimumRatio } },
      }),
    );
  }
  const treated = columns.map((column) => ({ column, treatment: treatmentOf(column, params) }));
  issues.push(...unableIssues(treated, params));
  const treatments = new Map(treated.map(({ column, treatment }) => [column.name, treatment]));
  const always = minimumRatio <= 0 && maximumRatio >= 1;
  const taken = takenNames(schema);
  const targets = schema.columns.flatMap((column): Target[] => {
    const treatment = treatments.get(column.name);
    if (!treatment || !canClean(column, treatment)) return [];
    const { mode } = treatment;
    const stays = column.nullable && (!always || (isComputed(mode) && params.allMissing === 'propagate'));
    const filled = isFilling(mode) ? { ...column, type: filledType(column, treatment), nullable: stays } : { ...column, nullable: column.nullable && !always };
    const marked = params.indicator && isFilling(mode) && column.nullable;
    return [{ column, treatment, filled, ...(marked ? { indicator: freeName(`${column.name}_IsMissing`, taken) } : {}) }];
  });
  const after = new Map(targets.map((each) => [each.column.name, each]));
  const indicators = targets.flatMap(({ indicator }): ColumnSchema[] =>
    indicator === undefined ? [] : [{ name: indicator, type: 'boolean', role: 'feature', nullable: false }],
  );
  // Only columns that cannot have missing values are sure to stay.
  const sure = schema.columns.filter((each) => after.get(each.name)?.treatment.mode !== 'remove-column' || !each.nullable);
  const kept = sure.map((each) => after.get(each.name)?.filled ?? each);
  return { targets, issues, schema: { columns: [...kept, ...indicators], open: schema.open || sure.length < schema.columns.length } };
}

interface Treated {
  readonly column: ColumnSchema;
  readonly treatment: Treatment;
}

/** What is said of columns with missing values that their mode cannot clean, together for those that are treated alike. */
function unableIssues(treated: readonly Treated[], params: CleanParams): Issue[] {
  const wrong = treated.filter(({ column, treatment }) => column.nullable && treatment.mode !== 'leave' && !canClean(column, treatment));
  const groups = Map.groupBy(wrong, ({ treatment }) => JSON.stringify(treatment));
  const chosen = treated.map(({ column }) => column);
  return [...groups.values()].flatMap((group) =>
    unable(
      group.map(({ column }) => column),
      chosen,
      group[0]!.treatment,
      params,
    ),
  );
}

function unable(wrong: readonly ColumnSchema[], chosen: readonly ColumnSchema[], { mode, value, param, named }: Treatment, { rules }: CleanParams): Issue[] {
  const place = param === 'rules' ? 'rules' : mode === 'custom' ? 'value' : 'columns';
  if (mode === 'custom' && wrong.some((each) => each.type !== 'datetime')) {
    const values = wrong.filter((each) => each.type !== 'datetime');
    const what = value === '' ? 'The replacement value is empty' : `“${value}” is no value for ${listNames(values)}`;
    return [
      problem('parameter_invalid', `${what}. Give a value that suits ${values.length === 1 ? 'its' : 'their'} type, or choose other columns.`, {
        param: place,
      }),
    ];
  }
  const dates = wrong.every((each) => each.type === 'datetime');
  const texts = wrong.some((each) => isTextual(each.type));
  const what = dates
    ? 'a date, which has no replacement here.'
    : texts
      ? `not numeric, so there is no ${mode === 'iterative' ? 'estimate' : mode}. Use the mode for text.`
      : 'no feature, so it is not estimated.';
  if (named && param === 'mode') return wrongType(wrong, chosen, what);
  const message = `${listNames(wrong)} ${wrong.length === 1 ? 'stays' : 'stay'} as before: ${what}`;
  if (named) {
    const without = rules.filter((rule) => rule.by !== 'name' || !wrong.some(({ name }) => name === rule.column));
    return [
      problem('column_wrong_type', `${listNames(wrong)} ${wrong.length === 1 ? 'is' : 'are'} ${what}`, {
        param: 'rules',
        fix: { title: 'Remove the rule', set: { rules: without } },
      }),
    ];
  }
  const rest = chosen.filter((each) => !wrong.includes(each)).map((each) => each.name);
  const fix = rest.length > 0 && param === 'mode' ? { title: 'Choose the others only', set: { columns: columnsNamed(...rest) } } : undefined;
  return [warning('column_wrong_type', message, { param: param === 'rules' ? 'rules' : 'columns', fix })];
}

/** Rules that say nothing, or are about columns that are not there. */
function ruleIssues({ rules }: CleanParams, schema: TableSchema): Issue[] {
  return rules.flatMap((rule, index) => {
    if (rule.by === 'type') return [];
    const text = rule.by === 'name' ? rule.column : rule.pattern;
    if (text === '') return [problem('parameter_missing', `Say which columns rule ${index + 1} is about, or remove it.`, { param: 'rules' })];
    const known = rule.by === 'pattern' || schema.open || schema.columns.some(({ name }) => name === text);
    return known ? [] : [missingColumnOf('rules', rules, index, schema)];
  });
}
