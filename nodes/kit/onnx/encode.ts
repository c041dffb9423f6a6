import { isTextual, type ColumnType } from '../table.ts';
import { float, floats, int, strings, type GraphBuilder } from './builder.ts';

/** How a numeric feature enters the matrix: missing values become `impute` (NaN stays where it is not given), then (x − offset) · scale. */
export interface NumberEncoding {
  readonly name: string;
  readonly type: Exclude<ColumnType, 'text' | 'category'>;
  readonly impute?: number;
  readonly offset?: number;
  readonly scale?: number;
}

/**
 * One indicator column per level; missing and unknown values are all zeros. Then (x − offset) · scale for each, where given. With `codes` one
 * column instead: the place of the level from 0, NaN where it is missing or unknown.
 */
export interface CategoryEncoding {
  readonly name: string;
  readonly type: 'text' | 'category';
  readonly levels: readonly string[];
  readonly codes?: boolean;
  readonly offset?: readonly number[];
  readonly scale?: readonly number[];
}

export type FeatureEncoding = NumberEncoding | CategoryEncoding;

/** A column of the matrix: the feature that it comes from and, for categories, the level that it stands for. */
export interface MatrixColumn {
  readonly feature: string;
  readonly level?: string;
  /** Its values are places in this list. */
  readonly levels?: readonly string[];
}

const isCategory = (each: FeatureEncoding): each is CategoryEncoding => isTextual(each.type);

const hasCodes = (each: FeatureEncoding): each is CategoryEncoding => isCategory(each) && each.codes === true;
const hasIndicators = (each: FeatureEncoding): each is CategoryEncoding => isCategory(each) && each.codes !== true;

/** The columns of the matrix that `encodeFeatures` writes: numeric features in order, categories as codes, then the levels of the others. */
export function matrixColumns(features: readonly FeatureEncoding[]): MatrixColumn[] {
  return [
    ...features.filter((each) => !isCategory(each)).map((each) => ({ feature: each.name })),
    ...features.filter(hasCodes).map((each) => ({ feature: each.name, levels: each.levels })),
    ...features.filter(hasIndicators).flatMap((each) => each.levels.map((level) => ({ feature: each.name, level }))),
  ];
}

/** One indicator per level as float32 [rows, levels] of a string column [rows, 1]; missing and unknown values are zeros. */
export function oneHot(builder: GraphBuilder, value: string, levels: readonly string[]): string {
  const encoded = builder.ml('OneHotEncoder', [value], { cats_strings: strings(levels), zeros: int(1) });
  return builder.node('Reshape', [encoded, builder.int64s([-1, levels.length])]);
}

/**
 * Declares each feature as an input of the graph and writes them as one float32 matrix [rows, F].
 * @returns the name of the matrix and its columns, of which there must be at least one
 */
export function encodeFeatures(builder: GraphBuilder, features: readonly FeatureEncoding[]): { matrix: string; columns: MatrixColumn[] } {
  const inputs = new Map(features.map((each) => [each.name, builder.input(each.name, isCategory(each) ? 'string' : 'float')]));
  const parts: string[] = [];
  const coded: string[] = [];
  const numbers = features.filter((each): each is NumberEncoding => !isCategory(each));
  for (const { name, levels } of features.filter(hasCodes)) coded.push(builder.ml('LabelEncoder', [inputs.get(name)!], codesOf(levels)));
  const categories = features.filter(hasIndicators).filter((each) => each.levels.length > 0);
  if (numbers.length > 0) {
    let value = builder.concat(numbers.map((each) => inputs.get(each.name)!));
    if (numbers.some((each) => each.impute !== undefined)) {
      value = builder.ml('Imputer', [value], { imputed_value_floats: floats(numbers.map((each) => each.impute ?? NaN)), replaced_value_float: float(NaN) });
    }
    parts.push(
      scaled(
        builder,
        value,
        numbers.map((each) => each.offset ?? 0),
        numbers.map((each) => each.scale ?? 1),
      ),
    );
  }
  parts.push(...coded);
  if (categories.length > 0) {
    const value = builder.concat(categories.map((each) => oneHot(builder, inputs.get(each.name)!, each.levels)));
    const offsets = categories.flatMap((each) => each.levels.map((_, index) => each.offset?.[index] ?? 0));
    const scales = categories.flatMap((each) => each.levels.map((_, index) => each.scale?.[index] ?? 1));
    parts.push(scaled(builder, value, offsets, scales));
  }
  if (parts.length === 0) throw new Error('No feature gives a column of the matrix.');
  return { matrix: builder.concat(parts), columns: matrixColumns(features) };
}

const codesOf = (levels: readonly string[]) => ({
  keys_strings: strings(levels),
  values_floats: floats(levels.keys()),
  default_float: float(NaN),
});

/** (x − offset) · scale by column; nothing where all offsets are 0 and all scales 1. */
function scaled(builder: GraphBuilder, value: string, offset: readonly number[], scale: readonly number[]): string {
  if (offset.every((each) => each === 0) && scale.every((each) => each === 1)) return value;
  return builder.ml('Scaler', [value], { offset: floats(offset), scale: floats(scale) });
}
