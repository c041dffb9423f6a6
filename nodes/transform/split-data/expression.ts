import { quoteName, quoteText } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { missingName } from '../list-columns.ts';
import { findColumn, isTextual, type ColumnSchema, type TableSchema } from '../../kit/table.ts';

/** The column that an expression is about: `\"name"`, or `(\n)` by its place, the first being 0. */
export interface Target {
  readonly name?: string;
  readonly index?: number;
}
export type Operator = '<' | '>' | '<=' | '>=' | '==' | '!=';
export interface Comparison {
  readonly operator: Operator;
  readonly value: string;
}
/** Alternatives, each a list of comparisons that must all hold. */
export interface Relative {
  readonly target: Target;
  readonly any: readonly (readonly Comparison[])[];
}
export interface Regular {
  readonly target: Target;
  readonly pattern: string;
}
type Parsed<T> = { readonly ok: T } | { readonly wrong: string };

function readTarget(text: string): { target: Target; rest: string } | null {
  const match = /^\s*(?:\\"((?:[^"\\]|\\.)*)"|\(\\(\d{1,6})\))/.exec(text);
  if (!match) return null;
  const rest = text.slice(match[0].length);
  return { target: match[1] === undefined ? { index: Number(match[2]) } : { name: match[1].replaceAll(/\\(.)/g, '$1') }, rest };
}

const BEGIN = 'Begin with the column: \\"name", or (\\0) for the first one.';

/** Reads `\"Text" Gryphon` or `(\1) ^[a-f]`. */
export function parseRegular(text: string): Parsed<Regular> {
  const begun = readTarget(text);
  if (!begun) return { wrong: BEGIN };
  const pattern = begun.rest.trim();
  if (pattern === '') return { wrong: 'After the column, write the pattern that its text must match.' };
  if (/\(\?(?:[=!]|<[=!])/.test(pattern) || /(?<!\\)(?:\\\\)*\\[1-9]/.test(pattern))
    return { wrong: 'Look-around and back references are not possible in a pattern here.' };
  try {
    new RegExp(pattern.replace(/^\(\?[a-z]+\)/, ''), 'u');
  } catch (error) {
    return { wrong: `The pattern cannot be read: ${error instanceof Error ? error.message.replace(/^.*: /, '') : String(error)}.` };
  }
  return { ok: { target: begun.target, pattern } };
}

/** Reads `\"Year" > 2010` or `(\0) <= 30 & != 20`; `&` binds before `|`. Values are numbers, words, or texts in double quotes. */
export function parseRelative(text: string): Parsed<Relative> {
  const begun = readTarget(text);
  if (!begun) return { wrong: BEGIN };
  const any: Comparison[][] = [[]];
  let rest = begun.rest;
  for (;;) {
    const match = /^\s*(<=|>=|==|!=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s&|<>=!"]+(?:[^&|<>=!"]*[^\s&|<>=!"])?))\s*/.exec(rest);
    if (!match)
      return {
        wrong: `Write a comparison such as > 2010 ${rest.trim() === '' ? 'at the end' : `instead of “${rest.trim().slice(0, 40)}”`}. Operators are < > <= >= == !=.`,
      };
    any.at(-1)!.push({ operator: match[1] as Operator, value: match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3]! });
    rest = rest.slice(match[0].length);
    if (rest === '') return { ok: { target: begun.target, any } };
    if (rest[0] === '|') any.push([]);
    else if (rest[0] !== '&') return { wrong: `Join comparisons by & or |, not by “${rest.slice(0, 40)}”.` };
    rest = rest.slice(1);
  }
}

function findTarget({ name, index }: Target, schema: TableSchema, param: string): { column?: ColumnSchema; issues: Issue[] } {
  const column = name === undefined ? schema.columns[index!] : findColumn(schema, name);
  if (column || schema.open) return { column, issues: [] };
  if (name === undefined) {
    const message = `There is no column at place ${index}; the table has ${schema.columns.length}, the first is (\\0).`;
    return { issues: [problem('column_missing', message, { param })] };
  }
  // What it offers as a fix is a name alone, and not the whole expression.
  return { issues: [{ ...missingName(param, name, schema), fix: undefined }] };
}

/** The condition for the first output as SQL, or the problems. No part of the expression enters the SQL but as a quoted literal. */
export function regularInSql(text: string, schema: TableSchema): { sql?: string; issues: Issue[] } {
  const param = 'regularExpression';
  const parsed = parseRegular(text);
  if ('wrong' in parsed) return { issues: [problem('parameter_invalid', parsed.wrong, { param })] };
  const { column, issues } = findTarget(parsed.ok.target, schema, param);
  if (!column) return { issues };
  return { sql: `regexp_matches(CAST(${quoteName(column.name)} AS VARCHAR), ${quoteText(parsed.ok.pattern)})`, issues };
}

const SQL_OPERATORS: Readonly<Record<Operator, string>> = { '<': '<', '>': '>', '<=': '<=', '>=': '>=', '==': '=', '!=': '<>' };

export function relativeInSql(text: string, schema: TableSchema): { sql?: string; issues: Issue[] } {
  const param = 'relativeExpression';
  const parsed = parseRelative(text);
  if ('wrong' in parsed) return { issues: [problem('parameter_invalid', parsed.wrong, { param })] };
  const { column, issues } = findTarget(parsed.ok.target, schema, param);
  if (!column) return { issues };
  const quoted = quoteName(column.name);
  for (const { operator, value } of parsed.ok.any.flat()) {
    const wrong = wrongValue(column, operator, value);
    if (wrong) issues.push(problem('column_wrong_type', wrong, { param }));
  }
  const written = parsed.ok.any.map((all) => all.map(({ operator, value }) => `${quoted} ${SQL_OPERATORS[operator]} ${literal(column, value)}`).join(' AND '));
  return issues.length > 0 ? { issues } : { sql: written.map((each) => `(${each})`).join(' OR '), issues };
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;

function wrongValue({ name, type }: ColumnSchema, operator: Operator, value: string): string | null {
  if (isTextual(type)) return operator === '==' || operator === '!=' ? null : `“${name}” is text; compare it with == or != only.`;
  if (type === 'boolean') {
    if (operator !== '==' && operator !== '!=') return `“${name}” is true or false; compare it with == or != only.`;
    return /^(?:true|false|0|1)$/i.test(value) ? null : `“${name}” is true or false, not “${value}”.`;
  }
  if (type === 'datetime')
    return ISO.test(value) && !Number.isNaN(Date.parse(value)) ? null : `“${name}” is a date; compare it with one such as 2026-01-31, not “${value}”.`;
  return Number.isFinite(Number(value)) ? null : `“${name}” holds numbers; compare it with one, not with “${value}”.`;
}

function literal({ type }: ColumnSchema, value: string): string {
  if (isTextual(type)) return quoteText(value);
  if (type === 'boolean') return /^(?:true|1)$/i.test(value) ? 'true' : 'false';
  return type === 'datetime' ? `CAST(${quoteText(value)} AS TIMESTAMP)` : `CAST(${quoteText(String(Number(value)))} AS DOUBLE)`;
}
