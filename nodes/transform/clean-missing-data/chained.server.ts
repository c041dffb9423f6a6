import { requireMemory } from '../../kernels/memory.server.ts';
import { turns } from '../../kernels/turns.ts';
import type { RunContext } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type Columns, type Table } from '../../kit/table.ts';
import { levelsOf } from '../levels.server.ts';
import { fillChained, fitChained, standardize, type Chained, type Standardized } from './chained.ts';
import type { Levels } from './chained-graph.ts';

/** Rows that the regressions are fitted on; of more, evenly taken ones. */
const FIT_ROWS = 20_000;
const LEVELS = 30;
const WIDTH = 500;

export interface ChainedFill {
  readonly chained: Chained;
  readonly categories: readonly Levels[];
  /** The filled columns, `c0`, `c1`, … in the order of `names`, row by row as in the data. */
  readonly filled: Table;
  readonly names: readonly string[];
}

/**
 * Fits the chained regressions of the columns `targets` on all of `columns`, and fills them. Texts do not predict, of a category the most frequent
 * levels do. Null where there is nothing to estimate. Throws NodeError `parameter_invalid` for more than 500 columns of the matrix.
 */
export async function fillByRegressions(
  columns: readonly ColumnSchema[],
  targets: ReadonlySet<string>,
  rounds: number,
  data: Table,
  context: RunContext,
): Promise<ChainedFill | null> {
  const numeric = columns.filter(({ type }) => !isTextual(type) && type !== 'datetime');
  const categories: Levels[] = [];
  for (const each of columns.filter(({ type }) => type === 'category')) {
    const levels = (await levelsOf(each, data, context)).toSorted((a, b) => b.rows - a.rows).slice(0, LEVELS);
    if (levels.length > 1) categories.push({ name: each.name, levels: levels.map(({ level }) => level) });
  }
  const width = numeric.length + categories.reduce((sum, each) => sum + each.levels.length, 0);
  if (width > WIDTH)
    throw new NodeError('parameter_invalid', `Chained regressions take at most ${WIDTH} columns and levels, but ${width} are chosen. Choose fewer columns.`, {
      param: 'columns',
    });
  requireMemory(data.rowCount * width * 16, 'Chained regressions');
  const read = await data.read([...numeric, ...categories].map(({ name }) => name));
  const numbers: Standardized[] = [];
  const values: Float64Array[] = [];
  for (const { name } of numeric) {
    const rounded = Float64Array.from(Float32Array.from(read.get(name) as Float64Array));
    const standardized = standardize(name, rounded);
    if (!standardized) continue;
    numbers.push(standardized);
    values.push(rounded);
  }
  const wanted = numbers.flatMap(({ name }, at) => (targets.has(name) ? [at] : []));
  if (wanted.length === 0) return null;
  const indicators = indicatorsOf(categories, read, data.rowCount);
  const breathe = turns(context.signal);
  const step = Math.ceil(data.rowCount / FIT_ROWS);
  const sampled = (each: Float64Array): Float64Array =>
    step === 1 ? each : Float64Array.from({ length: Math.ceil(each.length / step) }, (_, row) => each[row * step]!);
  const chained = await fitChained(numbers, values.map(sampled), indicators.map(sampled), wanted, rounds, breathe);
  await fillChained(chained, values, indicators, breathe);
  const names = wanted.map((at) => numbers[at]!.name);
  const filledColumns: Columns = new Map(wanted.map((at, index) => [`c${index}`, values[at]!]));
  const filled = await context.table(tableSchema(names.map((_, index) => column(`c${index}`, 'number', { nullable: true }))), filledColumns);
  return { chained, categories, filled, names };
}

/** A column of 0 and 1 for each level. */
function indicatorsOf(categories: readonly Levels[], read: Columns, rowCount: number): Float64Array[] {
  return categories.flatMap(({ name, levels }) => {
    const places = new Map(levels.map((level, at) => [level, at]));
    const columns = levels.map(() => new Float64Array(rowCount));
    for (const [row, value] of (read.get(name) as readonly (string | null)[]).entries()) {
      const at = value === null ? undefined : places.get(value);
      if (at !== undefined) columns[at]![row] = 1;
    }
    return columns;
  });
}
