import { isTextual, type ColumnType, type ColumnValues } from '../table.ts';
import { float, floats, string, strings } from './attributes.ts';
import type { GraphOperators } from './operators.ts';

/**
 * Casting of columns, in the three ways that it is done (SQL for tables, an ONNX graph for models, values in memory for proofs), kept in one
 * file because they must agree. Numbers become text with 8 significant digits, what float32 can carry.
 */

/** A plain decimal number, of which `stod` never overflows; spaces around it are allowed. Holds for RE2 (full match) and JavaScript. */
export const NUMBER_PATTERN = '\\s*[+-]?([0-9]{1,40}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})([eE][+-]?[0-9]{1,2})?\\s*';
export const TRUE_WORDS = ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'y', 'Y', 't', 'T', '1'];
export const FALSE_WORDS = ['false', 'False', 'FALSE', 'no', 'No', 'NO', 'n', 'N', 'f', 'F', '0'];

/** Whether a cast can be part of a model: milliseconds since 1970 need more digits than float32 has, and texts of dates have many forms. */
export const castsInGraph = (from: ColumnType, to: ColumnType): boolean => from === to || (from !== 'datetime' && to !== 'datetime');

/** Writes the cast of a value [rows, 1] into a graph. Both types must pass `castsInGraph`. */
export function castInGraph(builder: GraphOperators, value: string, from: ColumnType, to: ColumnType): string {
  if (from === to || (isTextual(from) && isTextual(to))) return value;
  if (isTextual(from)) {
    if (to === 'boolean') {
      const attributes = {
        keys_strings: strings([...TRUE_WORDS, ...FALSE_WORDS]),
        values_floats: floats([...TRUE_WORDS.map(() => 1), ...FALSE_WORDS.map(() => 0)]),
        default_float: float(NaN),
      };
      return builder.ml('LabelEncoder', [value], attributes);
    }
    const numeric = builder.node('RegexFullMatch', [value], { pattern: string(NUMBER_PATTERN) });
    const guarded = builder.node('Where', [numeric, value, builder.strings(['NaN'], [1, 1])]);
    const number = builder.cast(builder.cast(guarded, 'double'), 'float');
    return to === 'integer' ? truncate(builder, number) : number;
  }
  const missing = () => builder.node('IsNaN', [value]);
  if (isTextual(to)) {
    const safe = builder.node('Where', [missing(), builder.floats([0], [1, 1]), value]);
    let written: string;
    if (from === 'boolean') {
      const yes = builder.node('Greater', [safe, builder.floats([0.5], [1, 1])]);
      written = builder.node('Where', [yes, builder.strings(['true'], [1, 1]), builder.strings(['false'], [1, 1])]);
    } else written = builder.cast(from === 'integer' ? builder.cast(safe, 'int64') : safe, 'string');
    return builder.node('Where', [missing(), builder.strings([''], [1, 1]), written]);
  }
  if (to === 'integer') return from === 'boolean' ? value : truncate(builder, value);
  if (to === 'boolean') {
    const truth = builder.cast(builder.node('Not', [builder.node('Equal', [value, builder.floats([0], [1, 1])])]), 'float');
    return builder.node('Where', [missing(), builder.floats([NaN], [1, 1]), truth]);
  }
  return value;
}

/** Towards zero; NaN stays. */
const truncate = (builder: GraphOperators, value: string): string =>
  builder.node('Mul', [builder.node('Sign', [value]), builder.node('Floor', [builder.node('Abs', [value])])]);

/** SQL for the cast of a quoted column; null is missing. `format` (strftime) reads text as dates. */
export function castInSql(quoted: string, from: ColumnType, to: ColumnType, format?: string): string {
  if (from === to || (isTextual(from) && isTextual(to))) return quoted;
  const words = (list: readonly string[]) => list.map((each) => `'${each}'`).join(', ');
  if (isTextual(from)) {
    if (to === 'boolean') return `CASE WHEN ${quoted} IN (${words(TRUE_WORDS)}) THEN true WHEN ${quoted} IN (${words(FALSE_WORDS)}) THEN false END`;
    if (to === 'datetime') return format ? `CAST(try_strptime(${quoted}, '${format.replaceAll("'", "''")}') AS TIMESTAMP)` : `TRY_CAST(${quoted} AS TIMESTAMP)`;
    const number = `CASE WHEN regexp_full_match(${quoted}, '${NUMBER_PATTERN}') THEN TRY_CAST(${quoted} AS DOUBLE) END`;
    return to === 'integer' ? `TRY_CAST(trunc(${number}) AS BIGINT)` : number;
  }
  if (isTextual(to)) {
    if (from === 'boolean') return `CASE ${quoted} WHEN true THEN 'true' WHEN false THEN 'false' END`;
    if (from === 'integer') return `CAST(${quoted} AS VARCHAR)`;
    if (from === 'number')
      return `CASE WHEN ${quoted} IS NOT NULL AND NOT isnan(CAST(${quoted} AS DOUBLE)) THEN printf('%.8g', CAST(CAST(${quoted} AS FLOAT) AS DOUBLE)) END`;
    return format ? `strftime(${quoted}, '${format.replaceAll("'", "''")}')` : `CAST(${quoted} AS VARCHAR)`;
  }
  if (to === 'datetime') return from === 'boolean' ? 'CAST(NULL AS TIMESTAMP)' : `CAST(epoch_ms(TRY_CAST(${quoted} AS BIGINT)) AS TIMESTAMP)`;
  const number = from === 'datetime' ? `epoch_ms(${quoted})` : quoted;
  if (to === 'number') return `CAST(${number} AS DOUBLE)`;
  if (to === 'integer') return from === 'number' ? `TRY_CAST(trunc(${number}) AS BIGINT)` : `CAST(${number} AS BIGINT)`;
  return from === 'number' ? `CASE WHEN NOT isnan(${number}) THEN ${number} <> 0 END` : `${number} <> 0`;
}

const NUMBER = new RegExp(`^(?:${NUMBER_PATTERN})$`);

/** The cast of values in memory, with the float32 and the 8 digits of the graph. */
export function castValues(values: ColumnValues, from: ColumnType, to: ColumnType): ColumnValues {
  if (from === to || (isTextual(from) && isTextual(to))) return values;
  if (!(values instanceof Float64Array)) {
    return Float64Array.from(values, (text) => {
      if (text === null) return NaN;
      if (to === 'boolean') return TRUE_WORDS.includes(text) ? 1 : FALSE_WORDS.includes(text) ? 0 : NaN;
      if (!NUMBER.test(text)) return NaN;
      const number = Math.fround(Number(text));
      return to === 'integer' ? Math.trunc(number) : number;
    });
  }
  if (isTextual(to)) {
    return Array.from(values, (value) => {
      if (Number.isNaN(value)) return null;
      if (from === 'boolean') return value > 0.5 ? 'true' : 'false';
      return from === 'integer' ? String(Math.trunc(value)) : eightDigits(Math.fround(value));
    });
  }
  if (to === 'integer') return values.map((value) => Math.trunc(Math.fround(value)));
  if (to === 'boolean') return values.map((value) => (Number.isNaN(value) ? NaN : Number(value !== 0)));
  return values;
}

/** A number as C's `%.8g` writes it. */
export function eightDigits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential(7).split('e') as [string, string];
  const power = Number(exponent);
  const strip = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (power >= -4 && power < 8) return strip(value.toFixed(7 - power));
  return `${strip(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
