import type { MeasuredColumn } from './column-statistics.server.ts';

/** What the kernel tells of a column, by plain loops over all its values, with exact numbers where the kernel estimates. Moments by two passes. */
export function statisticsOf(values: Float64Array, { low, high, bins }: MeasuredColumn, every: number) {
  const present = [...values].filter((value) => !Number.isNaN(value));
  const finite = present.filter(Number.isFinite);
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of finite) counts[bins === 1 ? 0 : Math.min(bins - 1, Math.floor((value - low) / width))]! += 1;
  const count = finite.length;
  const near = finite.reduce((sum, value) => sum + value, 0) / count;
  const mean = near + finite.reduce((sum, value) => sum + (value - near), 0) / count;
  const power = (exponent: number): number => finite.reduce((sum, value) => sum + (value - mean) ** exponent, 0) / count;
  const [second, third, fourth] = [power(2), power(3), power(4)];
  const varied = second > 0;
  return {
    missing: values.length - present.length,
    infinite: present.length - count,
    count,
    zeros: finite.filter((value) => value === 0).length,
    negatives: finite.filter((value) => value < 0).length,
    counts,
    distinct: new Set(present).size,
    /** Finite values of the sampled rows, one row of each stretch of `every`. */
    sampled: sampledIn(values, every),
    mean: count > 0 ? mean : null,
    deviation: count > 1 ? Math.sqrt((second * count) / (count - 1)) : null,
    skewness: varied ? ((Math.sqrt(count * (count - 1)) / (count - 2)) * third) / second ** 1.5 : null,
    kurtosis: varied ? ((count - 1) / ((count - 2) * (count - 3))) * (((count + 1) * fourth) / second ** 2 - 3 * (count - 1)) : null,
  };
}

const FACTOR = 0xd6e8feb86659fd93n;

function sampledIn(values: Float64Array, every: number): number {
  let sampled = 0;
  for (let stretch = 0; stretch * every < values.length; stretch++) {
    let hash = BigInt(stretch + 1);
    for (let round = 0; round < 2; round++) hash = BigInt.asUintN(64, (hash ^ (hash >> 32n)) * FACTOR);
    hash ^= hash >> 32n;
    const row = stretch * every + Number((hash >> 32n) % BigInt(every));
    if (row < values.length && Number.isFinite(values[row]!)) sampled++;
  }
  return sampled;
}
