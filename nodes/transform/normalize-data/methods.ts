import { int, type GraphBuilder } from '../../kit/onnx/builder.ts';
import { numberInSql } from '../values-in-sql.ts';

export type Method = 'zscore' | 'minmax' | 'logistic' | 'lognormal' | 'tanh' | 'robust' | 'maxabs';

/** What is known of a column's values, of their logarithms for `lognormal`; null where there are none. */
export interface Statistics {
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** The mean, or the median for `robust`. */
  readonly centre: number | null;
  /** The standard deviation of the population, or the distance between the quartiles for `robust`. */
  readonly spread: number | null;
}

/** SQL aggregates for what a method is fitted to. */
export const statisticsOf = (method: Method): Record<keyof Statistics, (value: string) => string> => ({
  minimum: (value) => `min(${value})`,
  maximum: (value) => `max(${value})`,
  centre: (value) => (method === 'robust' ? `median(${value})` : `avg(${value})`),
  spread: (value) => (method === 'robust' ? `quantile_cont(${value}, 0.75) - quantile_cont(${value}, 0.25)` : `stddev_pop(${value})`),
});

/** x becomes (x − offset) / divisor, before the method's own curve. */
export interface Scale {
  readonly offset: number;
  readonly divisor: number;
}

/**
 * The fitted scale. Columns without values stay as they are. Constant columns become 0 (an infinite divisor), or missing (a divisor that is no
 * number). Where more than half of the values are equal there may be no distance between the quartiles: then values are only shifted.
 */
export function fitScale(method: Method, { minimum, maximum, centre, spread }: Statistics, zeroForConstant: boolean): Scale {
  if (method === 'logistic' || method === 'tanh' || centre === null || spread === null || minimum === null || maximum === null)
    return { offset: 0, divisor: 1 };
  const constant = { offset: 0, divisor: zeroForConstant ? Infinity : NaN };
  if (minimum === maximum) return constant;
  if (method === 'minmax') return { offset: minimum, divisor: maximum - minimum };
  if (method === 'maxabs') return { offset: 0, divisor: Math.max(-minimum, maximum) };
  if (method === 'robust') return { offset: centre, divisor: spread > 0 ? spread : 1 };
  return spread > 0 ? { offset: centre, divisor: spread } : constant;
}

/** SQL for the normalised value of `x`, an SQL expression that is null where a value is missing. */
export function normalizeInSql(method: Method, x: string, { offset, divisor }: Scale): string {
  if (method === 'logistic') return `CASE WHEN ${x} IS NOT NULL THEN 1 / (1 + exp(-greatest(least(${x}, 700), -700))) END`;
  if (method === 'tanh') return `tanh(${x})`;
  if (Number.isNaN(divisor)) return 'CAST(NULL AS DOUBLE)';
  if (divisor === Infinity) return `CASE WHEN ${method === 'lognormal' ? `${x} > 0` : `${x} IS NOT NULL`} THEN CAST(0 AS DOUBLE) END`;
  const scaled = (value: string) => `(${value} - ${numberInSql(offset)}) / ${numberInSql(divisor)}`;
  return method === 'lognormal' ? `CASE WHEN ${x} > 0 THEN ${normalCdfInSql(scaled(`ln(${x})`))} END` : scaled(x);
}

/**
 * SQL for the cumulative distribution of the standard normal, erfc(−z / √2) / 2, by the Chebyshev fit of Numerical Recipes (erfcc, §6.2), whose
 * relative error is below 1.2e-7; DuckDB has no erf.
 */
function normalCdfInSql(z: string): string {
  const coefficients = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const [first, ...others] = coefficients.map(numberInSql).toReversed() as [string, ...string[]];
  // DuckDB computes an expression that occurs several times only once.
  const q = `((${z}) / sqrt(2))`;
  const t = `(1 / (1 + abs(${q}) / 2))`;
  const series = others.reduce((inner, each) => `(${each} + ${t} * ${inner})`, first);
  const tail = `${t} * exp(-${q} * ${q} + ${series})`;
  return `CASE WHEN ${q} >= 0 THEN 1 - (${tail}) / 2 ELSE (${tail}) / 2 END`;
}

/** Writes the same for all columns at once: `values` and results are named values [rows, 1]. The scale is computed in float64. */
export function normalizeInGraph(builder: GraphBuilder, method: Method, values: readonly string[], scales: readonly Scale[]): string[] {
  let matrix = builder.concat(values);
  if (method === 'logistic') matrix = builder.node('Sigmoid', [matrix]);
  else if (method === 'tanh') matrix = builder.node('Tanh', [matrix]);
  else {
    if (method === 'lognormal')
      matrix = builder.node('Where', [builder.node('Greater', [matrix, builder.floats([0], [1, 1])]), matrix, builder.floats([NaN], [1, 1])]);
    let precise = builder.cast(matrix, 'double');
    if (method === 'lognormal') precise = builder.node('Log', [precise]);
    precise = builder.node('Sub', [
      precise,
      builder.doubles(
        scales.map((each) => each.offset),
        [1, scales.length],
      ),
    ]);
    matrix = builder.cast(
      builder.node('Div', [
        precise,
        builder.doubles(
          scales.map((each) => each.divisor),
          [1, scales.length],
        ),
      ]),
      'float',
    );
    if (method === 'lognormal') matrix = cumulative(builder, matrix, scales);
  }
  return values.length === 1 ? [matrix] : builder.nodes('Split', [matrix, builder.int64s(values.map(() => 1))], { axis: int(1) }, { outputs: values.length });
}

/** (1 + erf(z / √2)) / 2; constant columns keep their 0, columns without values are not touched further than by the curve. */
function cumulative(builder: GraphBuilder, z: string, scales: readonly Scale[]): string {
  const half = builder.floats([0.5], [1, 1]);
  const error = builder.node('Erf', [builder.node('Mul', [z, builder.floats([Math.SQRT1_2], [1, 1])])]);
  const curve = builder.node('Add', [builder.node('Mul', [error, half]), half]);
  return builder.node('Mul', [
    curve,
    builder.floats(
      scales.map((each) => (each.divisor === Infinity ? 0 : 1)),
      [1, scales.length],
    ),
  ]);
}
