import { quoteName, type Answers, type ColumnQuery } from '../../kit/define.ts';
import type { TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { besideRank, drawnAgain, drawnRows, edgeOfDraw, type Drawing } from '../ranked-rows.ts';
import { listing, withName } from '../rows-in-sql.ts';
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
export function assignInSql(data: TableSchema, options: Assignment): ColumnQuery {
  const own = quoteName(freeName('fold', takenNames(data)));
  const inTurn = options.partitioner === 'even' && !options.randomized;
  const fold = inTurn ? `CAST(1 + rank % ${options.folds} AS BIGINT)` : foldInSql(options);
  return withFold(data, own, besideRank(data, { ...options, inTurn }, fold, own), true);
}

/** The same of rows that are drawn from all, as many as there are. */
export function assignAgainInSql(data: TableSchema, options: Assignment): ColumnQuery {
  const own = quoteName(freeName('fold', takenNames(data)));
  return withFold(data, own, drawnAgain(data, options, 'total', foldInSql(options), own), false);
}

/** SQL of the fold of a row by its `rank` among `total`. */
function foldInSql(options: Assignment): string {
  const later = boundsOf(options).map((bound) => `CAST(rank >= round(total * ${numberInSql(bound)}) AS BIGINT)`);
  return `CAST(1 + ${later.join(' + ') || '0'} AS BIGINT)`;
}

function withFold(data: TableSchema, own: string, rows: string, passes: boolean): ColumnQuery {
  const passing = data.columns.map(({ name }) => name).filter((name) => name.toLowerCase() !== FOLD_NUMBER.toLowerCase());
  const select = (names: readonly string[] = [...passing, FOLD_NUMBER]): string =>
    `SELECT ${names.map((name) => withName(name === FOLD_NUMBER ? own : undefined, name)).join(', ')} FROM ${rows}`;
  return { select, passing: passes ? passing : [] };
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
export const sampleInSql = (data: TableSchema, options: Sampling, answers: Answers): ColumnQuery =>
  drawnRows(data, { ...options, randomized: true }, numberInSql(options.rate), 'first', answers);

/** As many rows, each drawn from all, in the order of the data. */
export function sampleAgainInSql(data: TableSchema, options: Sampling): ColumnQuery {
  const own = quoteName(freeName('rank', takenNames(data)));
  const rows = drawnAgain(data, options, `round(total * ${numberInSql(options.rate)})`, 'rank', own);
  return listing((list) => `SELECT ${list} FROM ${rows}`, own);
}

export function pickInSql(data: TableSchema, { fold, complement }: { readonly fold: number; readonly complement: boolean }): ColumnQuery {
  const name = data.columns.find((each) => each.name === FOLD_NUMBER) ? quoteName(FOLD_NUMBER) : 'NULL';
  return listing((list) => `SELECT ${list} FROM data WHERE CAST(${name} AS VARCHAR) IS ${complement ? '' : 'NOT '}DISTINCT FROM '${fold}'`);
}

export const headInSql = (rows: number): ColumnQuery => listing((list) => `SELECT ${list} FROM data LIMIT ${rows}`);
