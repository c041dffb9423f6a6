import type { FeatureData, TrainingColumn } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import { matrixColumns, type FeatureEncoding, type MatrixColumn } from '../kit/onnx/encode.ts';
import type { SignatureInput } from '../kit/signature.ts';
import { isTextual } from '../kit/table.ts';
import { createColumnKernel, type ColumnKernel } from '../kernels/columns.server.ts';
import { lowerMedian } from './median.ts';

/** More levels than this are refused in text; of a category only so many of the most frequent get an indicator. */
export const LEVEL_LIMIT = 100;

export interface FeatureOptions {
  /** `impute`: the mean takes the place of a missing number, and all numbers must be finite; `keep`: NaN reaches the learner. */
  readonly missing: 'impute' | 'keep';
  /** `standardize`: mean 0 and deviation 1 for each column of the matrix; `scale`: only the latter; `range`: from 0 to 1; `none`: as they are. */
  readonly scaling: 'standardize' | 'scale' | 'range' | 'none';
  /** `indicators`, the default: one column per level; `codes`: one column with the level's place, and no scaling. */
  readonly categories?: 'indicators' | 'codes';
  /** Where numbers are kept: what becomes of a missing one, for the notes, if splits do not learn it. */
  readonly missingNote?: string;
}

/** The training matrix, column by column, exactly as the fitted graph will compute it in float32. */
export interface Features {
  readonly encodings: readonly FeatureEncoding[];
  readonly columns: readonly MatrixColumn[];
  readonly inputs: readonly SignatureInput[];
  readonly notes: readonly string[];
  /** Column `index` of the matrix. */
  values(index: number): Float32Array;
  /** The same of other rows with the same feature columns, such as validation rows. */
  of(rows: FeatureData): (index: number) => Float32Array;
}

interface Scale {
  readonly offset: number;
  readonly scale: number;
}

interface Described {
  readonly column: TrainingColumn;
  readonly encoding: FeatureEncoding;
  readonly input: SignatureInput;
  readonly imputed: boolean;
  /** Of each column of the matrix that it becomes. */
  readonly scales: readonly Scale[];
}

/**
 * Describes the features and encodes them: numbers as they are, categories as one indicator per level. Throws NodeError `features_none`,
 * `column_too_many_levels`, `values_not_finite`.
 */
export function prepareFeatures(data: FeatureData, options: FeatureOptions): Features {
  const notes: string[] = [];
  const dropped: string[] = [];
  const kernel = createColumnKernel(data.rowCount);
  const described = data.features.flatMap((column) => {
    const found = isTextual(column.schema.type) ? describeCategory(column, options, notes) : describeNumber(column, options, kernel);
    if (!found) dropped.push(column.schema.name);
    return found ? [found] : [];
  });
  if (described.length === 0) {
    const why = data.features.length === 0 ? 'There is no feature column.' : `All feature columns hold only one value or none (${list(dropped)}).`;
    throw new NodeError('features_none', `${why} Give the model at least one column that tells rows apart: look at column roles, filters and joins upstream.`);
  }
  if (dropped.length > 0) notes.push(`Left out, since all rows have the same value or none: ${list(dropped)}.`);
  const imputed = described.filter((each) => each.imputed).map((each) => each.input.name);
  if (imputed.length > 0) notes.push(`A missing number becomes the mean of the training rows: ${list(imputed)}.`);
  if (options.missing === 'keep' && described.some(({ input }) => !isTextual(input.type)))
    notes.push(options.missingNote ?? 'A missing number goes the way that fitted best in training.');
  if (described.some(({ input }) => isTextual(input.type))) notes.push(categoryNotes[options.categories ?? 'indicators']);
  return encode(described, data, options, notes, kernel);
}

const categoryNotes = {
  indicators: 'Categories count by one indicator per level; a missing or unknown category has none.',
  codes: 'Categories are split into two groups of levels; a missing or unknown category goes the way that fitted missing ones best in training.',
};

const list = (names: readonly string[]): string =>
  names
    .slice(0, 10)
    .map((name) => `“${name}”`)
    .join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');

const TYPICAL_ROWS = 1_000;

/** The median; of many rows that of evenly taken ones. 0 where it is not finite. */
function typical(numbers: Float64Array): number {
  const step = Math.ceil(numbers.length / TYPICAL_ROWS);
  const taken = new Float64Array(Math.ceil(numbers.length / step));
  for (let index = 0; index < taken.length; index += 1) taken[index] = numbers[index * step]!;
  const median = lowerMedian(taken);
  const known = Number.isNaN(median) ? lowerMedian(numbers) : median;
  return Number.isFinite(known) ? known : 0;
}

function describeNumber({ schema, values }: TrainingColumn, options: FeatureOptions, kernel: ColumnKernel): Described | null {
  const numbers = values as Float64Array;
  kernel.take(numbers);
  const { count, sum, minimum, maximum } = kernel.describe();
  const missing = numbers.length - count;
  if (count === 0 || (minimum === maximum && (missing === 0 || options.missing === 'impute'))) return null;
  if (options.missing === 'impute' && !(Number.isFinite(minimum) && Number.isFinite(maximum))) {
    throw new NodeError('values_not_finite', `“${schema.name}” holds infinite values, or numbers beyond 3.4e38. Replace or remove these rows.`);
  }
  const impute = options.missing === 'impute' ? Math.fround(sum / count) : undefined;
  const type = schema.type as 'number' | 'integer' | 'boolean' | 'datetime';
  const finite = { minimum: Number.isFinite(minimum) ? minimum : undefined, maximum: Number.isFinite(maximum) ? maximum : undefined };
  return {
    column: { schema, values },
    encoding: { name: schema.name, type, impute },
    input: { name: schema.name, type, required: missing === 0, ...finite, example: typical(numbers) },
    imputed: missing > 0 && impute !== undefined,
    scales: [
      options.scaling === 'range'
        ? rangeScale(minimum, maximum)
        : numberScale(kernel, { count, sum, missing: impute === undefined ? 0 : missing, impute: impute ?? 0 }, options),
    ],
  };
}

function describeCategory({ schema, values }: TrainingColumn, options: FeatureOptions, notes: string[]): Described | null {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values as readonly (string | null)[]) {
    if (value === null || value === '') missing += 1;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (counts.size === 0 || (counts.size === 1 && missing === 0)) return null;
  if (counts.size > LEVEL_LIMIT && schema.type === 'text') {
    const message = `“${schema.name}” is text with ${counts.size.toLocaleString('en-US')} different values; at most ${LEVEL_LIMIT} can be told apart. Leave it out (Select Columns, or the id role in Edit Metadata), or make it a category to use the ${LEVEL_LIMIT} most frequent.`;
    throw new NodeError('column_too_many_levels', message);
  }
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  const frequent = [...counts].sort(([a, some], [b, others]) => others - some || compare(a, b)).map(([level]) => level);
  const levels = frequent.slice(0, LEVEL_LIMIT).sort(compare);
  if (counts.size > LEVEL_LIMIT)
    notes.push(`“${schema.name}” has ${counts.size.toLocaleString('en-US')} levels: the ${LEVEL_LIMIT} most frequent count, the others as unknown.`);
  const type = schema.type as 'text' | 'category';
  return {
    column: { schema, values },
    encoding: { name: schema.name, type, levels, ...(options.categories === 'codes' ? { codes: true } : {}) },
    input: { name: schema.name, type, required: missing === 0, levels, example: frequent[0]! },
    imputed: false,
    scales: options.categories === 'codes' ? [] : levels.map((level) => levelScale(counts.get(level)! / values.length, options)),
  };
}

/** Adds the scaling to the encodings, and the matrix in the graph's own order and arithmetic. */
function encode(described: readonly Described[], data: FeatureData, { scaling }: FeatureOptions, notes: readonly string[], own: ColumnKernel): Features {
  const columns = matrixColumns(described.map((each) => each.encoding));
  const encodings = described.map(({ encoding, scales }): FeatureEncoding => {
    if (scaling === 'none') return encoding;
    if ('levels' in encoding && encoding.codes) return encoding;
    if (!('levels' in encoding)) return { ...encoding, ...scales[0]! };
    return { ...encoding, offset: scales.map((each) => each.offset), scale: scales.map((each) => each.scale) };
  });
  return {
    encodings,
    columns,
    inputs: described.map((each) => each.input),
    notes,
    values: matrixOf(encodings, columns, data, own),
    of: (rows) => matrixOf(encodings, columns, rows, createColumnKernel(rows.rowCount)),
  };
}

/** The columns of the matrix; a new array each time. */
function matrixOf(
  encodings: readonly FeatureEncoding[],
  matrix: readonly MatrixColumn[],
  { features, rowCount }: FeatureData,
  kernel: ColumnKernel,
): (index: number) => Float32Array {
  const byName = new Map(encodings.map((each) => [each.name, each]));
  const columns = new Map(features.map((each) => [each.schema.name, each.values]));
  const codes = new Map<string, Int32Array>();
  /** The place of each row's level; −1 where it is missing or unknown. */
  const codesOf = (name: string, levels: readonly string[]): Int32Array => {
    let found = codes.get(name);
    if (!found) {
      const places = new Map(levels.map((level, place) => [level, place]));
      const values = columns.get(name) as readonly string[];
      found = new Int32Array(rowCount);
      for (let row = 0; row < rowCount; row += 1) found[row] = places.get(values[row]!) ?? -1;
      codes.set(name, found);
    }
    return found;
  };
  return (index) => {
    const { feature, level } = matrix[index]!;
    const encoding = byName.get(feature)!;
    if (!('levels' in encoding)) {
      kernel.take(columns.get(feature) as Float64Array);
      return kernel.encode(encoding.impute ?? NaN, encoding.offset ?? 0, encoding.scale ?? 1);
    }
    const own = codesOf(feature, encoding.levels);
    if (encoding.codes) return Float32Array.from(own, (place) => (place < 0 ? NaN : place));
    const place = encoding.levels.indexOf(level!);
    const [offset, scale] = [encoding.offset?.[place] ?? 0, encoding.scale?.[place] ?? 1];
    const pair = [Math.fround(0 - offset) * scale, Math.fround(1 - offset) * scale];
    const values = new Float32Array(rowCount);
    for (let row = 0; row < rowCount; row += 1) values[row] = own[row] === place ? pair[1]! : pair[0]!;
    return values;
  };
}

interface Sums {
  readonly count: number;
  readonly sum: number;
  /** Rows that take `impute`. */
  readonly missing: number;
  readonly impute: number;
}

/** Of the column that the kernel holds. */
function numberScale(kernel: ColumnKernel, { count, sum, missing, impute }: Sums, { scaling }: FeatureOptions): Scale {
  if (scaling === 'none') return { offset: 0, scale: 1 };
  const rows = count + missing;
  const mean = (sum + missing * impute) / rows;
  const squares = kernel.squares(mean) + missing * (impute - mean) ** 2;
  return scaleOf(mean, Math.sqrt(squares / rows), scaling);
}

/** Of an indicator that is 1 in this share of the rows. */
const levelScale = (share: number, { scaling }: FeatureOptions): Scale =>
  scaling === 'none' || scaling === 'range' ? { offset: 0, scale: 1 } : scaleOf(share, Math.sqrt(share * (1 - share)), scaling);

const rangeScale = (minimum: number, maximum: number): Scale => ({ offset: minimum, scale: Math.fround(maximum > minimum ? 1 / (maximum - minimum) : 1) });

const scaleOf = (mean: number, deviation: number, scaling: FeatureOptions['scaling']): Scale => ({
  offset: scaling === 'standardize' ? Math.fround(mean) : 0,
  scale: Math.fround(deviation > 0 ? 1 / deviation : 1),
});
