import type { GraphBuilder } from '../kit/onnx/builder.ts';
import type { Coefficient } from '../kit/reports.ts';
import type { Features } from './features.server.ts';

/** A weight for each column of the matrix and the intercept last; of several classes one such row each. */
export type LinearRows = readonly Float64Array[];

/** matrix × coefficients + intercepts, [rows, number of rows of coefficients]. */
export function linearScore(rows: LinearRows): (builder: GraphBuilder, matrix: string) => string {
  const width = rows[0]!.length - 1;
  const weights = Float32Array.from({ length: width * rows.length }, (_, at) => rows[at % rows.length]![Math.floor(at / rows.length)]!);
  const intercepts = rows.map((row) => row[width]!);
  return (builder, matrix) => builder.node('Gemm', [matrix, builder.floats(weights, [width, rows.length]), builder.floats(intercepts, [rows.length])]);
}

/** Sums absolute coefficients by the feature that a column comes from; of several classes their mean. Columns that are not scaled count by their deviation. */
export function coefficientImportance(rows: LinearRows, features: Features, scaled: boolean): Map<string, number> {
  const importance = new Map(features.inputs.map((each) => [each.name, 0]));
  features.columns.forEach(({ feature }, index) => {
    const size = rows.reduce((sum, row) => sum + Math.abs(row[index]!), 0) / rows.length;
    importance.set(feature, importance.get(feature)! + size * (scaled ? 1 : deviationOf(features.values(index))));
  });
  return importance;
}

function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length);
}

/** The coefficients in units of the raw columns: what one unit more adds to the score. `classNames` tells several rows apart. */
export function rawCoefficients(rows: LinearRows, features: Features, classNames: readonly string[] = []): Coefficient[] {
  const scales = scalesOf(features);
  return rows.flatMap((row, index) => {
    const className = rows.length > 1 ? { className: classNames[index]! } : {};
    let intercept = row[row.length - 1]!;
    const own = features.columns.map(({ feature, level }, at): Coefficient => {
      const { offset, scale } = scales[at]!;
      intercept -= row[at]! * scale * offset;
      return { column: feature, ...(level === undefined ? {} : { level }), ...className, value: row[at]! * scale };
    });
    return [{ column: '(intercept)', ...className, value: intercept }, ...own];
  });
}

function scalesOf({ encodings, columns }: Features): { offset: number; scale: number }[] {
  const byName = new Map(encodings.map((each) => [each.name, each]));
  return columns.map(({ feature, level }) => {
    const encoding = byName.get(feature)!;
    if (!('levels' in encoding)) return { offset: encoding.offset ?? 0, scale: encoding.scale ?? 1 };
    const place = encoding.levels.indexOf(level!);
    return { offset: encoding.offset?.[place] ?? 0, scale: encoding.scale?.[place] ?? 1 };
  });
}
