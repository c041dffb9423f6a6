import type { ColumnType } from '../table.ts';
import { castInGraph, castInSql } from '../onnx/cast.ts';
import { parseDatetime } from '../cells.ts';
import { quoteName } from '../define.ts';
import { collapsedInSql, partInSql, titledInSql, trimmedInSql } from '../text-in-sql.ts';
import type { DateGraph } from './date-graph.ts';
import type { TextGraph } from './text-graph.ts';
import { GAMMA_FUNCTIONS } from './gamma-functions.ts';
import type { GraphWriter } from './graph-writer.ts';
import { nearestName } from '../nearest-name.ts';
import type { Typed } from './check.ts';
import { numberInSql } from './numbers.ts';

export type Takes = 'number' | 'text' | 'boolean' | 'datetime' | 'any' | 'digits' | 'place' | 'words' | 'dateWords';

/**
 * A function of the language. In SQL numbers are DOUBLE; in a graph they are doubles with NaN for missing, true
 * and false are 1 and 0, texts have "" for missing, dates are moments (`DateGraph`).
 */
export interface FunctionDefinition {
  readonly usage: string;
  readonly help: string;
  readonly takes: readonly Takes[];
  /** How many values at least; all by default. */
  readonly least?: number;
  /** What further values are. */
  readonly more?: Takes;
  /** `same`: the type that holds all values (of `if`: all but the condition). */
  readonly gives: ColumnType | 'same';
  /**
   * How numbers enter: `finite`, missing where they are infinite or not a number; `single`, also rounded to float32, so that a jump lies at the same
   * place in a table and in a model. By default as arithmetic gives them.
   */
  readonly enters?: 'finite' | 'single';
  /** Whether the result can be missing, by whether the values can; by default it can. */
  nullable?(values: readonly boolean[]): boolean;
  sql(values: readonly string[], typed: readonly Typed[]): string;
  /** Without it the function cannot become part of a model. */
  graph?(writer: GraphWriter, values: readonly string[], typed: readonly Typed[]): string;
}

/** A function of one number that is an operator of ONNX. `defined` (with # for the value) says in SQL where it has a value. */
function numeric(
  usage: string,
  help: string,
  sql: string,
  operator: string,
  more: { defined?: string; float?: true; finite?: true; enters?: 'single' | 'finite'; gives?: 'same' } = {},
) {
  const definition: FunctionDefinition = {
    usage,
    help,
    takes: ['number'],
    gives: more.gives ?? 'number',
    ...(more.enters ? { enters: more.enters } : {}),
    sql: ([x]) => {
      const value = more.defined === undefined ? x! : `CASE WHEN ${more.defined.replaceAll('#', () => x!)} THEN ${x!} END`;
      return sql.replaceAll('#', () => value);
    },
    graph: (writer, [x]) => {
      const value = more.float ? writer.asFloat(x!, (each) => writer.node(operator, [each])) : writer.node(operator, [x!]);
      return more.finite ? writer.finite(value) : value;
    },
  };
  return definition;
}

/** A whole number that a date tells; `sql` has # for the date. */
const datePart = (usage: string, help: string, sql: string, graph: (dates: DateGraph, date: string) => string): FunctionDefinition => ({
  usage,
  help,
  takes: ['datetime'],
  gives: 'integer',
  nullable: ([date]) => date!,
  sql: ([x]) => `CAST(${sql.replaceAll('#', () => x!)} AS DOUBLE)`,
  graph: (writer, [x]) => graph(writer.dates, x!),
});

const textToText = (usage: string, help: string, sql: (x: string) => string, graph: (texts: TextGraph, text: string) => string): FunctionDefinition => ({
  usage,
  help,
  takes: ['text'],
  gives: 'text',
  sql: ([x]) => `nullif(${sql(x!)}, '')`,
  graph: (writer, [x]) => graph(writer.texts, x!),
});

/** The part of a text between delimiters; `last`: with all that comes after it. */
const textPart = (usage: string, help: string, last: boolean): FunctionDefinition => ({
  usage,
  help,
  takes: ['text', 'words', 'place'],
  gives: 'text',
  sql: ([x, delimiter], [, , place]) => `nullif(${partInSql(x!, delimiter!, placeOf(place), last)}, '')`,
  graph: (writer, [x], [, delimiter, place]) => writer.texts.part(x!, wordsOf(delimiter), placeOf(place), last),
});

const wordsOf = (typed: Typed | undefined): string => (typed?.tree.kind === 'text' ? typed.tree.value : '');
const placeOf = (typed: Typed | undefined): number => (typed?.tree.kind === 'number' ? typed.tree.value : 1);

/** Whether a text matches a pattern around written-out words; the words are never a pattern themselves. */
const textTest = (usage: string, help: string, sql: string, pattern: (words: string) => string): FunctionDefinition => ({
  usage,
  help,
  takes: ['text', 'words'],
  gives: 'boolean',
  sql: ([x, words]) => `${sql}(${x}, ${words})`,
  graph: (writer, [x], [, words]) => {
    const escaped = wordsOf(words).replaceAll(/[\\^$.*+?()[\]{}|\-/]/g, '\\$&');
    return writer.whereText(x!, writer.matches(x!, `(?s)${pattern(escaped)}`));
  },
});

/** SQL for what is a whole number as it stands, an integer column or an integer written out; null for anything else. */
function wholeInSql({ tree, type }: Typed): string | null {
  if (type !== 'integer') return null;
  if (tree.kind === 'column') return quoteName(tree.name);
  return tree.kind === 'number' ? String(tree.value) : null;
}

const extreme = (name: 'min' | 'max', word: string): FunctionDefinition => ({
  usage: `${name}(number, number, …)`,
  help: `The ${word} of the values that are not missing.`,
  takes: ['number', 'number'],
  more: 'number',
  gives: 'same',
  enters: 'finite',
  nullable: () => true,
  sql: (values, typed) => {
    const called = name === 'min' ? 'least' : 'greatest';
    // Several times as fast, and the same: rounding to float64 keeps the order.
    const whole = typed.map(wholeInSql);
    return whole.includes(null) ? `${called}(${values.join(', ')})` : `CAST(${called}(${whole.join(', ')}) AS DOUBLE)`;
  },
  graph: (writer, values) =>
    values.reduce((one, other) => {
      const both = writer.node(name === 'min' ? 'Min' : 'Max', [one, other]);
      return writer.where(writer.node('IsNaN', [one]), other, writer.where(writer.node('IsNaN', [other]), one, both));
    }),
});

const scaleOf = (typed: Typed | undefined): number => {
  const tree = typed?.tree;
  if (tree?.kind === 'number') return 10 ** tree.value;
  return tree?.kind === 'unary' && tree.operand.kind === 'number' ? 10 ** -tree.operand.value : 1;
};

const definitions: readonly FunctionDefinition[] = [
  {
    usage: 'if(condition, value, otherwise)',
    help: 'The value where the condition is true; otherwise, also where it is missing, the other one.',
    takes: ['boolean', 'any', 'any'],
    gives: 'same',
    nullable: ([, value, otherwise]) => value! || otherwise!,
    sql: ([condition, value, otherwise]) => `CASE WHEN ${condition} THEN ${value} ELSE ${otherwise} END`,
    graph: (writer, [condition, value, otherwise]) => writer.where(writer.node('Equal', [condition!, writer.number(1)]), value!, otherwise!),
  },
  {
    usage: 'coalesce(value, value, …)',
    help: 'The first value that is not missing.',
    takes: ['any', 'any'],
    more: 'any',
    gives: 'same',
    enters: 'finite',
    nullable: (values) => values.every(Boolean),
    sql: (values) => `coalesce(${values.join(', ')})`,
    graph: (writer, values, typed) =>
      values.reduceRight((rest, value) =>
        writer.where(
          writer.missing(
            value,
            typed.some(({ type }) => type === 'text' || type === 'category'),
          ),
          rest,
          value,
        ),
      ),
  },
  numeric('abs(number)', 'Without its sign.', 'abs(#)', 'Abs', { gives: 'same' }),
  numeric('sign(number)', '1, 0 or -1.', 'sign(#)', 'Sign', { gives: 'same', enters: 'finite' }),
  numeric('sqrt(number)', 'The square root; missing below 0.', 'pow(#, CAST(0.5 AS DOUBLE))', 'Sqrt'),
  numeric('exp(number)', 'e to the power of the number.', 'exp(#)', 'Exp'),
  numeric('ln(number)', 'The natural logarithm; missing at 0 and below.', 'ln(#)', 'Log', { defined: '# > 0', enters: 'finite', finite: true }),
  {
    ...numeric('log10(number)', 'The logarithm to base 10; missing at 0 and below.', 'log10(#)', 'Log', { defined: '# > 0', enters: 'finite', finite: true }),
    graph: (writer, [x]) => writer.finite(writer.node('Mul', [writer.node('Log', [x!]), writer.number(Math.LOG10E)])),
  },
  {
    usage: 'round(number, digits)',
    help: 'Rounded to digits after the point (0 when left out); halves away from 0.',
    takes: ['number', 'digits'],
    least: 1,
    gives: 'number',
    enters: 'single',
    sql: ([x], [, digits]) => `(round(${x} * ${numberInSql(scaleOf(digits))}) / ${numberInSql(scaleOf(digits))})`,
    graph: (writer, [x], [, digits]) => {
      const scale = writer.number(scaleOf(digits));
      const scaled = writer.node('Mul', [x!, scale]);
      const size = writer.node('Floor', [writer.node('Add', [writer.node('Abs', [scaled]), writer.number(0.5)])]);
      return writer.node('Div', [writer.node('Mul', [writer.node('Sign', [scaled]), size]), scale]);
    },
  },
  numeric('floor(number)', 'The whole number at or below.', 'floor(#)', 'Floor', { gives: 'same', enters: 'single' }),
  numeric('ceil(number)', 'The whole number at or above.', 'ceil(#)', 'Ceil', { gives: 'same', enters: 'single' }),
  extreme('min', 'smallest'),
  extreme('max', 'largest'),
  {
    usage: 'clip(number, lower, upper)',
    help: 'The number, but at least lower and at most upper.',
    takes: ['number', 'number', 'number'],
    gives: 'same',
    sql: ([x, lower, upper]) => `CASE WHEN isfinite(${x}) AND isfinite(${lower}) AND isfinite(${upper}) THEN least(greatest(${x}, ${lower}), ${upper}) END`,
    graph: (writer, [x, lower, upper]) => {
      const clipped = writer.node('Min', [writer.node('Max', [x!, lower!]), upper!]);
      return writer.andMissing(clipped, [x!, lower!, upper!]);
    },
  },
  numeric('sin(angle)', 'The sine of an angle in radians.', 'sin(#)', 'Sin', { defined: 'isfinite(#)' }),
  numeric('cos(angle)', 'The cosine of an angle in radians.', 'cos(#)', 'Cos', { defined: 'isfinite(#)' }),
  {
    ...numeric('tan(angle)', 'The tangent of an angle in radians.', 'tan(#)', 'Tan', { defined: 'isfinite(#)' }),
    graph: (writer, [x]) => writer.node('Div', [writer.node('Sin', [x!]), writer.node('Cos', [x!])]),
  },
  numeric('asin(number)', 'The angle with this sine; missing outside of -1 to 1.', 'asin(#)', 'Asin', { defined: '# BETWEEN -1 AND 1', float: true }),
  numeric('acos(number)', 'The angle with this cosine; missing outside of -1 to 1.', 'acos(#)', 'Acos', { defined: '# BETWEEN -1 AND 1', float: true }),
  numeric('atan(number)', 'The angle with this tangent.', 'atan(#)', 'Atan', { float: true }),
  ...GAMMA_FUNCTIONS,
  {
    usage: 'number(text)',
    help: 'The number that a text holds; missing where it holds none.',
    takes: ['text'],
    gives: 'number',
    sql: ([x]) => `(${castInSql(x!, 'text', 'number')})`,
    graph: (writer, [x]) => writer.double(castInGraph(writer.builder, x!, 'text', 'number')),
  },
  {
    usage: 'length(text)',
    help: 'How many characters a text has.',
    takes: ['text'],
    gives: 'integer',
    sql: ([x]) => `CAST(length(${x}) AS DOUBLE)`,
    graph: (writer, [x]) => writer.whereText(x!, writer.texts.length(x!)),
  },
  textToText(
    'upper(text)',
    'In capitals.',
    (x) => `upper(${x})`,
    (texts, x) => texts.upper(x),
  ),
  textToText(
    'lower(text)',
    'In small letters.',
    (x) => `lower(${x})`,
    (texts, x) => texts.lower(x),
  ),
  textToText('title(text)', 'Each word with a capital first and small letters after it.', titledInSql, (texts, x) => texts.titled(x)),
  textToText('trim(text)', 'Without spaces at both ends.', trimmedInSql, (texts, x) => texts.trimmed(x)),
  textToText('collapse(text)', 'Trimmed, and with one space for several.', collapsedInSql, (texts, x) => texts.collapsed(x)),
  textPart('part(text, delimiter, place)', "The part at a place, from 1, between delimiters: part(name, ',', 2).", false),
  textPart('partsFrom(text, delimiter, place)', 'The part at a place, from 1, with all that comes after it.', true),
  textTest('contains(text, part)', 'Whether the part is somewhere in the text.', 'contains', (words) => `.*${words}.*`),
  textTest('startsWith(text, part)', 'Whether the text begins with the part.', 'starts_with', (words) => `${words}.*`),
  textTest('endsWith(text, part)', 'Whether the text ends with the part.', 'ends_with', (words) => `.*${words}`),
  {
    usage: 'concat(text, text, …)',
    help: 'The texts one after the other; missing ones are left out.',
    takes: ['text', 'text'],
    more: 'text',
    gives: 'text',
    sql: (values) => `nullif(concat(${values.join(', ')}), '')`,
    graph: (writer, values) => values.reduce((one, other) => writer.node('StringConcat', [one, other])),
  },
  {
    usage: 'replace(text, part, by)',
    help: 'The text with every part replaced.',
    takes: ['text', 'words', 'text'],
    gives: 'text',
    sql: ([x, part, by]) => `nullif(replace(${x}, ${part}, coalesce(${by}, '')), '')`,
    graph: (writer, [x, , by], [, part]) => writer.texts.replaced(x!, wordsOf(part), by!),
  },
  datePart('year(date)', 'The year.', 'year(#)', (dates, x) => dates.year(x)),
  datePart('quarter(date)', 'The quarter of the year, 1 to 4.', 'quarter(#)', (dates, x) => dates.quarter(x)),
  datePart('month(date)', 'The month, 1 to 12.', 'month(#)', (dates, x) => dates.month(x)),
  datePart('week(date)', 'The week of ISO 8601, 1 to 53.', 'week(#)', (dates, x) => dates.week(x)),
  datePart('day(date)', 'The day of the month.', 'day(#)', (dates, x) => dates.day(x)),
  datePart('weekday(date)', 'The day of the week, from 1 for Monday to 7.', 'isodow(#)', (dates, x) => dates.weekday(x)),
  datePart('hour(date)', 'The hour, 0 to 23.', 'hour(#)', (dates, x) => dates.hour(x)),
  datePart('minute(date)', 'The minute, 0 to 59.', 'minute(#)', (dates, x) => dates.minute(x)),
  datePart('unix(date)', 'Seconds since 1970, rounded down.', 'floor(epoch(#))', (dates, x) => dates.seconds(x)),
  {
    usage: 'dateDiff(from, to)',
    help: 'Days from one date to another, with fractions.',
    takes: ['datetime', 'datetime'],
    gives: 'number',
    nullable: (values) => values.some(Boolean),
    sql: ([from, to]) => `(CAST(epoch_ms(${to}) - epoch_ms(${from}) AS DOUBLE) / 86400000.0)`,
    graph: (writer, [from, to]) => writer.node('Div', [writer.node('Sub', [to!, from!]), writer.number(86_400_000)]),
  },
  {
    usage: "date('2024-01-31')",
    help: 'A date that is written out.',
    takes: ['dateWords'],
    gives: 'datetime',
    nullable: () => false,
    sql: (_values, [written]) => `make_timestamp_ms(${parseDatetime(wordsOf(written))})`,
    graph: (writer, _values, [written]) => writer.number(parseDatetime(wordsOf(written))),
  },
];

/** The name by which a function is called. */
export const nameOf = ({ usage }: FunctionDefinition): string => usage.slice(0, usage.indexOf('('));

/** Every function by its name in small letters. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(definitions.map((each) => [nameOf(each).toLowerCase(), each]));
export const nearestFunction = (name: string): string | undefined => nearestName(name, definitions.map(nameOf));
