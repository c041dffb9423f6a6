import { quoteName, type Answers, type ColumnQuery } from '../kit/define.ts';
import type { TableSchema } from '../kit/table.ts';
import { freeName, takenNames } from './choose-columns.ts';
import { diceInSql } from './dice.ts';
import { listing } from './rows-in-sql.ts';

/** In which order rows are drawn. */
export interface Drawing {
  readonly randomized: boolean;
  readonly seed: number;
  readonly stratified: boolean;
  readonly stratifyBy: string;
}
/** Rows that are dealt in turn are ranked stratum by stratum. */
type Ranking = Drawing & { readonly inTurn?: boolean };

/**
 * SQL of the rows of `data` beside a value of each, `value`, which may use `rank` and `total`: the row's rank in the order of the draw, from 0, and the
 * number of rows. By chance: in the order of a seeded draw. With strata: rows are ranked within theirs, and their share of it decides, so that any part
 * of the ranks holds each stratum alike. Only what is ranked is sorted; the rows themselves pass by in their order.
 */
export function besideRank(data: TableSchema, { randomized, seed, stratified, stratifyBy, inTurn = false }: Ranking, value: string, name: string): string {
  const strata = stratified && stratifyBy !== '' ? quoteName(stratifyBy) : null;
  const dice = randomized ? diceInSql(seed, 'place') : '0';
  const share = '(row_number() OVER (PARTITION BY stratum ORDER BY chance, place) - 0.5) / count(*) OVER (PARTITION BY stratum)';
  const within = strata ? (inTurn ? 'stratum' : share) : '0';
  return `(SELECT * FROM data POSITIONAL JOIN (WITH numbered AS (SELECT ${strata ?? '0'} AS stratum, row_number() OVER () AS place FROM data),
drawn AS (SELECT stratum, place, ${dice} AS chance FROM numbered),
shared AS (SELECT place, chance, ${within} AS part FROM drawn),
ranked AS (SELECT place, row_number() OVER (ORDER BY part, chance, place) - 1 AS rank, count(*) OVER () AS total FROM shared)
SELECT ${value} AS ${name} FROM ranked ORDER BY place))`;
}

/**
 * SQL of rows drawn with replacement: of `count` draws (which may use `total`, the number of rows) each gives one of all rows, or with strata one of
 * the stratum that the row of the same rank has. Each beside a value, `value`, which may use `rank`, the number of its draw from 0, and `total`. In the
 * order of the data, draws of one row in their own.
 */
export function drawnAgain(
  data: TableSchema,
  { seed, stratified, stratifyBy }: Omit<Drawing, 'randomized'>,
  count: string,
  value: string,
  name: string,
): string {
  const strata = stratified && stratifyBy !== '' ? quoteName(stratifyBy) : '0';
  const taken = takenNames(data);
  const [number, draw] = [freeName('number', taken), freeName('draw', taken)].map(quoteName) as [string, string];
  return `(SELECT * EXCLUDE (${number}, ${draw}) FROM (SELECT *, row_number() OVER () AS ${number} FROM data) JOIN
(WITH placed AS (SELECT ${strata} AS stratum, row_number() OVER () AS place FROM data),
ranked AS (SELECT stratum, place, row_number() OVER (PARTITION BY stratum ORDER BY place) AS within, count(*) OVER (PARTITION BY stratum) AS size,
count(*) OVER () AS total FROM placed),
shared AS (SELECT stratum, size, total, row_number() OVER (ORDER BY (within - 0.5) / size, place) - 1 AS rank FROM ranked),
drawn AS (SELECT stratum, total, rank, size, ${diceInSql(seed, 'rank')} AS chance FROM shared WHERE rank < ${count}),
chosen AS (SELECT stratum, total, rank, 1 + CAST(floor(chance / 4294967296.0::DOUBLE * size) AS BIGINT) AS within FROM drawn)
SELECT ranked.place AS ${number}, rank AS ${draw}, ${value} AS ${name} FROM (SELECT rank, total, stratum, within FROM chosen) AS chosen
JOIN (SELECT place, stratum, within FROM ranked) AS ranked ON ranked.within = chosen.within AND ranked.stratum IS NOT DISTINCT FROM chosen.stratum)
USING (${number}) ORDER BY ${number}, ${draw})`;
}

/** Rows are counted by as many upper bits of their hash before those near the edge are put in order. */
const HASH_BITS = 32;
const PART_BITS = 12;

const byRank = ({ stratified, stratifyBy }: Drawing): boolean => stratified && stratifyBy !== '';

/**
 * What `drawnRows` needs to know: the row before which round(rows · fraction) others stand in the order of the draw, as its hash and number. The
 * hashes alone are gone through: rows are neither kept nor sorted.
 */
export function edgeOfDraw(drawing: Drawing, fraction: string): Readonly<Record<string, string>> {
  if (byRank(drawing)) return {};
  if (!drawing.randomized) return { edge: `SELECT CAST(CAST(round(count(*) * ${fraction}) AS BIGINT) + 1 AS VARCHAR) FROM data` };
  return {
    edge: `WITH drawn AS MATERIALIZED (SELECT CAST(${diceInSql(drawing.seed, 'place')} AS UINTEGER) AS chance FROM (SELECT row_number() OVER () AS place FROM data)),
counted AS (SELECT chance >> ${HASH_BITS - PART_BITS} AS part, count(*) AS size FROM drawn GROUP BY ALL),
summed AS (SELECT part, sum(size) OVER (ORDER BY part) - size AS earlier, round(sum(size) OVER () * ${fraction}) AS wanted FROM counted),
parted AS (SELECT part, CAST(wanted - earlier AS BIGINT) AS skipped FROM summed WHERE earlier <= wanted ORDER BY part DESC LIMIT 1),
near AS (SELECT chance, place FROM (SELECT chance, row_number() OVER () AS place FROM drawn) WHERE chance >> ${HASH_BITS - PART_BITS} = (SELECT part FROM parted))
SELECT chance || ' ' || place FROM near ORDER BY chance, place LIMIT 1 OFFSET (SELECT skipped FROM parted)`,
  };
}

/**
 * SQL of the first round(rows · fraction) rows in the order of the draw, or of all others, in the order of the data. Without strata it is a condition
 * on each row, by the `edge` that `edgeOfDraw` asks for; without an edge all rows are first.
 */
export function drawnRows(data: TableSchema, drawing: Drawing, fraction: string, side: 'first' | 'others', { edge }: Answers): ColumnQuery {
  if (byRank(drawing)) return drawnByRank(data, drawing, fraction, side);
  const not = side === 'first' ? '' : 'NOT ';
  if (typeof edge !== 'string') return listing((list) => `SELECT ${list} FROM data WHERE ${not}true`);
  const taken = takenNames(data);
  const [place, chance, again] = ['place', 'chance', 'again'].map((name) => quoteName(freeName(name, taken))) as [string, string, string];
  const numbered = `SELECT *, row_number() OVER () AS ${place} FROM data`;
  const [number, hash] = edge.split(' ').reverse() as [string, string | undefined];
  if (hash === undefined) return listing((list) => `SELECT ${list} FROM (${numbered}) WHERE ${not}${place} < ${number}`, place);
  const drawn = `SELECT *, ${diceInSql(drawing.seed, place)} AS ${chance} FROM (${numbered})`;
  // Counted once more, rows keep the condition behind the draw: put into it, the draw would be computed a hundred times for each row.
  const counted = `SELECT *, row_number() OVER () AS ${again} FROM (${drawn})`;
  // Those before the edge, and of its own number those of earlier rows.
  const before = `${chance} < ${hash}::UBIGINT + CAST(${again} < ${number} AS UBIGINT)`;
  return listing((list) => `SELECT ${list} FROM (${counted}) WHERE ${not}(${before})`, place, chance, again);
}

function drawnByRank(data: TableSchema, drawing: Drawing, fraction: string, side: 'first' | 'others'): ColumnQuery {
  const taken = quoteName(freeName('taken', takenNames(data)));
  const rows = besideRank(data, drawing, `rank ${side === 'first' ? '<' : '>='} round(total * ${fraction})`, taken);
  return listing((list) => `SELECT ${list} FROM ${rows} WHERE ${taken}`, taken);
}
