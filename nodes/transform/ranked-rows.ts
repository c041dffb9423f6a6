import { quoteName } from '../kit/define.ts';
import type { TableSchema } from '../kit/table.ts';
import { freeName, takenNames } from './choose-columns.ts';

/** In which order rows are drawn. */
export interface Drawing {
  readonly randomized: boolean;
  readonly seed: number;
  readonly stratified: boolean;
  readonly stratifyBy: string;
}

/**
 * `numbered`: the rows with their number; `ranked`: of each row's number its rank in the order of the draw, from 0, and the number of rows. By chance:
 * in the order of a seeded hash. With strata: rows are ranked within theirs, and their share of it decides, so that any part of the ranks holds each
 * stratum alike.
 */
export function ranked(data: TableSchema, { randomized, seed, stratified, stratifyBy }: Drawing) {
  const taken = takenNames(data);
  const [place, rank, total, part, chance] = ['place', 'rank', 'total', 'part', 'chance'].map((name) => quoteName(freeName(name, taken))) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const strata = stratified && stratifyBy !== '' ? quoteName(stratifyBy) : null;
  const dice = randomized ? `md5_number_lower('${seed}:' || ${place})` : '0';
  const within = strata ? `(row_number() OVER (PARTITION BY ${strata} ORDER BY ${chance}, ${place}) - 0.5) / count(*) OVER (PARTITION BY ${strata})` : '0';
  const sql = `WITH numbered AS (SELECT *, row_number() OVER () AS ${place} FROM data),
drawn AS (SELECT ${strata ? `${strata}, ` : ''}${place}, ${dice} AS ${chance} FROM numbered),
shared AS (SELECT ${place}, ${chance}, ${within} AS ${part} FROM drawn),
ranked AS (SELECT ${place}, row_number() OVER (ORDER BY ${part}, ${chance}, ${place}) - 1 AS ${rank}, count(*) OVER () AS ${total} FROM shared)`;
  return { sql, place, rank, total };
}
