import { quoteName, type Answers } from '../../kit/define.ts';
import type { TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { besideRank, drawnAgain, drawnRows, edgeOfDraw, type Drawing } from '../ranked-rows.ts';
import { numberInSql } from '../values-in-sql.ts';

/** The column with the fold of each row, from 1; Cross Validate Model looks for it by this name. */
export const FOLD_NUMBER = 'Fold Number';

export interface Assignment extends Drawing {
  readonly partitioner: 'even' | 'custom';
  readonly folds: number;
  readonly proportions: readonly number[];
}

/**
 * Each row with its fold: the ranks are divided into as many stretches, or, where nothing is left to chance, rows are dealt to even folds in turn, those
 * of each stratum one after the other. A column of folds that was there is replaced.
 */
export function assignInSql(data: TableSchema, options: Assignment): string {
  const own = quoteName(freeName('fold', takenNames(data)));
  const inTurn = options.partitioner === 'even' && !options.randomized;
  const fold = inTurn ? `CAST(1 + rank % ${options.folds} AS BIGINT)` : foldInSql(options);
  return `SELECT ${withFold(data, own)} FROM ${besideRank(data, { ...options, inTurn }, fold, own)}`;
}

/** The same of rows that are drawn from all, as many as there are. */
export function assignAgainInSql(data: TableSchema, options: Assignment): string {
  const own = quoteName(freeName('fold', takenNames(data)));
  return `SELECT ${withFold(data, own)} FROM ${drawnAgain(data, options, 'total', foldInSql(options), own)}`;
}

/** SQL of the fold of a row by its `rank` among `total`. */
function foldInSql(options: Assignment): string {
  const later = boundsOf(options).map((bound) => `CAST(rank >= round(total * ${numberInSql(bound)}) AS BIGINT)`);
  return `CAST(1 + ${later.join(' + ') || '0'} AS BIGINT)`;
}

function withFold(data: TableSchema, own: string): string {
  const columns = data.columns.filter((each) => each.name.toLowerCase() !== FOLD_NUMBER.toLowerCase()).map((each) => quoteName(each.name));
  return [...columns, `${own} AS ${quoteName(FOLD_NUMBER)}`].join(', ');
}

/** Where each fold but the first begins, as a share of the rows. */
function boundsOf({ partitioner, folds, proportions }: Assignment): number[] {
  if (partitioner === 'even') return Array.from({ length: folds - 1 }, (_, index) => (index + 1) / folds);
  let sum = 0;
  return proportions.map((each) => (sum += each)).filter((bound) => bound < 1 - 1e-9);
}

type Sampling = Omit<Drawing, 'randomized'> & { readonly rate: number };

export const askedForSample = (options: Sampling): Readonly<Record<string, string>> => edgeOfDraw({ ...options, randomized: true }, numberInSql(options.rate));

/** Exactly round(rows · rate) rows, in their order. */
export const sampleInSql = (data: TableSchema, options: Sampling, answers: Answers): string =>
  drawnRows(data, { ...options, randomized: true }, numberInSql(options.rate), 'first', answers);

/** As many rows, each drawn from all, in the order of the data. */
export function sampleAgainInSql(data: TableSchema, options: Sampling): string {
  const own = quoteName(freeName('rank', takenNames(data)));
  return `SELECT * EXCLUDE (${own}) FROM ${drawnAgain(data, options, `round(total * ${numberInSql(options.rate)})`, 'rank', own)}`;
}

export function pickInSql(data: TableSchema, { fold, complement }: { readonly fold: number; readonly complement: boolean }): string {
  const name = data.columns.find((each) => each.name === FOLD_NUMBER) ? quoteName(FOLD_NUMBER) : 'NULL';
  return `SELECT * FROM data WHERE CAST(${name} AS VARCHAR) IS ${complement ? '' : 'NOT '}DISTINCT FROM '${fold}'`;
}

export const headInSql = (rows: number): string => `SELECT * FROM data LIMIT ${rows}`;
