import type { ColumnType } from '../table.ts';
import { castInGraph, castInSql } from '../onnx/cast.ts';
import { quoteName } from '../define.ts';
import { DATE_FUNCTIONS } from './date-functions.ts';
import { GAMMA_FUNCTIONS } from './gamma-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import type { GraphWriter } from './graph-writer.ts';
import { nearestName } from '../nearest-name.ts';
import type { Typed } from './check.ts';
import { numberInSql } from './numbers.ts';

export type Takes = 'number' | 'text' | 'boolean' | 'datetime' | 'any' | 'digits' | 'place' | 'words' | 'date';

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
  /** What is wrong with the first value where it is a text written out, which the types do not tell. */
  wrong?(text: string, values: readonly Typed[]): string | undefined;
  /** Whether the result can be missing, by whether the values can; by default it can. */
  nullable?(values: readonly boolean[]): boolean;
  sql(values: readonly string[], typed: readonly Typed[]): string;
  /** Throws `NotInGraph` where ONNX cannot express it. */
  graph(writer: GraphWriter, values: readonly string[], typed: readonly Typed[]): string;
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
    wrong: (text) =>
      Number.isNaN(Number(text.replaceAll('_', ''))) ? `“${text}” is no number. Write it without quotes, with a point before its decimals.` : undefined,
    sql: ([x]) => `(${castInSql(x!, 'text', 'number')})`,
    graph: (writer, [x]) => writer.double(castInGraph(writer.builder, x!, 'text', 'number')),
  },
  ...TEXT_FUNCTIONS,
  ...DATE_FUNCTIONS,
];

/** The name by which a function is called. */
export const nameOf = ({ usage }: FunctionDefinition): string => usage.slice(0, usage.indexOf('('));

/** Every function by its name in small letters. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(definitions.map((each) => [nameOf(each).toLowerCase(), each]));
export const nearestFunction = (name: string): string | undefined => nearestName(name, definitions.map(nameOf));
