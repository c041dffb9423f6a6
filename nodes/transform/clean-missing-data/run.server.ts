import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type Table } from '../../kit/table.ts';
import { chooseColumns, freeName, takenNames } from '../choose-columns.ts';
import { COLUMNS_AT_ONCE, isWide, narrow, queryInParts, type RowSource } from '../query-in-parts.server.ts';
import { valueFor } from '../value-for-column.ts';
import { finiteInSql, missingInSql, numberInSql } from '../values-in-sql.ts';
import { fillByRegressions, type ChainedFill } from './chained.server.ts';
import { cleanMissingData } from './node.ts';
import type { CleanParams } from './params.ts';
import { isComputed, planCleaning, type Fill, type Fitted, type Target, type Treatment } from './plan.ts';
import { buildTransform } from './transform.server.ts';

export default defineRun(cleanMissingData, async ({ data }, params, context) => {
  const plan = planCleaning(params, data.schema);
  const fitted = await fit(plan.targets, params, data, context);
  const chained = await estimate(fitted, params, data, context);
  const removed = new Set(removedColumns(fitted, params));
  if (removed.size > 0) context.log(`Removed ${removed.size === 1 ? 'the column' : 'the columns'} ${[...removed].map((name) => `“${name}”`).join(', ')}.`);
  if (removed.size > 0 && removed.size === data.schema.columns.length)
    throw new NodeError('rows_all_missing', 'No column would be left: each has missing values. Choose fewer columns, or another cleaning mode.', {
      param: 'mode',
    });
  const byName = new Map(fitted.map((each) => [each.column.name, each]));
  const kept = data.schema.columns.filter((each) => !removed.has(each.name));
  const indicators = fitted.filter((each) => each.indicator !== undefined);
  const taken = takenNames(data.schema);
  const estimates = new Map((chained?.names ?? []).map((name, index) => [name, { from: `c${index}`, as: freeName(`c${index}`, taken) }]));
  const made = [
    ...kept.map((column) => ({
      column: byName.get(column.name)?.filled ?? column,
      sql: filledInSql(column, byName.get(column.name), estimates.get(column.name)),
    })),
    ...indicators.map((each) => ({ column: indicatorColumn(each.indicator!), sql: missingInSql(each.column) })),
  ];
  const dropping = fitted.filter((each) => each.cleaned && each.treatment.mode === 'remove-row').map((each) => missingInSql(each.column));
  const beside = [...estimates.values()].map(({ from, as }) => `${from} AS ${quoteName(as)}`).join(', ');
  const source = chained ? `(SELECT * FROM data POSITIONAL JOIN (SELECT ${beside} FROM estimates))` : 'data';
  const inputs = { data, ...(chained && { estimates: chained.filled }) };
  const from = await withoutRows(dropping, { from: source, inputs }, data, context);
  const cleaned = await queryInParts(made, from, false, context);
  if (dropping.length > 0) context.log(`Removed ${data.rowCount - cleaned.rowCount} of ${data.rowCount} rows.`);
  return { data: cleaned, transform: await buildTransform(fitted, chained, [...removed], data, context) };
});

const indicatorColumn = (name: string): ColumnSchema => column(name, 'boolean');

/** The rows of a source of which none of the conditions holds; those of a wide table are asked in several queries. */
async function withoutRows(dropping: readonly string[], { from, inputs }: RowSource, data: Table, context: RunContext): Promise<RowSource> {
  if (dropping.length === 0) return { from, inputs };
  if (!isWide(data)) return { from: `${from} WHERE NOT (${dropping.join(' OR ')})`, inputs };
  const asked: Record<string, Table> = {};
  for (let at = 0; at < dropping.length; at += COLUMNS_AT_ONCE) {
    const gone = tableSchema([column(`gone${at}`, 'boolean')]);
    const some = dropping.slice(at, at + COLUMNS_AT_ONCE);
    asked[`asked${at}`] = await context.query(`SELECT (${some.join(' OR ')}) AS gone${at} FROM data`, { data: await narrow(data, some, context) }, gone);
  }
  const names = Object.keys(asked);
  const gone = names.map((name) => `${name}.${name.replace('asked', 'gone')}`);
  return { from: `${[from, ...names].join(' POSITIONAL JOIN ')} WHERE NOT (${gone.join(' OR ')})`, inputs: { ...inputs, ...asked } };
}

async function fit(targets: readonly Target[], params: CleanParams, data: Table, context: RunContext): Promise<Fitted[]> {
  const fitted: Fitted[] = [];
  for (let at = 0; at < targets.length; at += COLUMNS_AT_ONCE) fitted.push(...(await fitSome(targets.slice(at, at + COLUMNS_AT_ONCE), params, data, context)));
  return fitted;
}

async function fitSome(targets: readonly Target[], params: CleanParams, data: Table, context: RunContext): Promise<Fitted[]> {
  const counted = isWide(data) && data.rowCount <= COUNTED_ROWS;
  const values = targets.map(({ column, treatment }, index) => {
    const missing = missingInSql(column);
    const finite = averaged(column, treatment) ? `, ${finiteInSql(column.name)} AS v${index}` : '';
    const there = counted && treatment.mode === 'mode' ? `, CASE WHEN NOT ${missing} THEN ${quoteName(column.name)} END AS w${index}` : '';
    return `${missing} AS m${index}${finite}${there}`;
  });
  const parts = targets.flatMap(({ column, treatment }, index) => {
    const statistic =
      treatment.mode === 'mode'
        ? counted
          ? modeOfCounts(index)
          : modeInSql(column)
        : averaged(column, treatment)
          ? `${treatment.mode === 'mean' ? 'avg' : 'median'}(v${index})`
          : null;
    return [`count(*) FILTER (WHERE m${index}) AS missing${index}`, ...(statistic ? [`${statistic} AS fill${index}`] : [])];
  });
  const inputs = { data: await narrow(data, [...values, ...parts], context) };
  const [row = {}] = await context.rows(`SELECT ${parts.join(', ')} FROM (SELECT ${values.join(', ')} FROM data)`, inputs);
  return targets.map((target, index) => {
    const missing = Number(row[`missing${index}`] ?? 0);
    const ratio = data.rowCount === 0 ? 0 : missing / data.rowCount;
    const cleaned = ratio >= params.minimumRatio && ratio <= params.maximumRatio;
    const { mode, value } = target.treatment;
    const found = mode === 'custom' ? valueFor(target.column, value) : (row[`fill${index}`] ?? null);
    const fill = cleaned && found !== null ? suited(target.filled, typeof found === 'boolean' ? Number(found) : found) : null;
    return { ...target, cleaned, empty: data.rowCount > 0 && missing === data.rowCount, fill };
  });
}

/** A whole number for a column that stays whole or true or false, and what a float32 can hold for all. */
function suited({ type }: ColumnSchema, fill: number | string): Fill {
  if (typeof fill === 'string') return fill;
  if (!Number.isFinite(fill)) return null;
  if (type === 'boolean') return Number(fill >= 0.5);
  return type === 'integer' ? Math.round(fill) : fill;
}

const averaged = ({ type }: ColumnSchema, { mode }: Treatment): boolean => (mode === 'mean' || mode === 'median') && !isTextual(type);

/** A wide table of no more rows has all its values counted in one query, which keeps each different one of some columns. */
const COUNTED_ROWS = 10_000;

/** As `modeInSql`: a histogram has its values in their order, and the first of the greatest counts is taken. */
function modeOfCounts(index: number): string {
  const counts = `histogram(w${index})`;
  return `map_keys(${counts})[list_position(map_values(${counts}), list_max(map_values(${counts})))]`;
}

/** The most frequent value; of equally frequent ones the smallest, so that the same data always gives the same. */
function modeInSql(column: ColumnSchema): string {
  const quoted = quoteName(column.name);
  return `(SELECT ${quoted} FROM data WHERE NOT ${missingInSql(column)} GROUP BY ${quoted} ORDER BY count(*) DESC, ${quoted} LIMIT 1)`;
}

function removedColumns(fitted: readonly Fitted[], { allMissing }: CleanParams): string[] {
  const goes = ({ treatment: { mode }, column, empty }: Fitted): boolean =>
    mode === 'remove-column' ? empty || column.nullable : empty && isComputed(mode) && allMissing === 'remove';
  return fitted.filter((each) => each.cleaned && goes(each)).map((each) => each.column.name);
}

/** The estimates of the columns that are to be filled by regressions on all that are cleaned or chosen; null where there are none. */
async function estimate(fitted: readonly Fitted[], params: CleanParams, data: Table, context: RunContext): Promise<ChainedFill | null> {
  const wanted = fitted.filter(({ treatment, column, cleaned, empty }) => treatment.mode === 'iterative' && column.nullable && cleaned && !empty);
  if (wanted.length === 0) return null;
  const columns = chooseColumns(params.columns, data.schema).columns.filter(({ role }) => role === 'feature');
  const inOrder = data.schema.columns.filter((each) => columns.includes(each));
  return fillByRegressions(inOrder, new Set(wanted.map(({ column }) => column.name)), params.rounds, data, context);
}

function filledInSql(column: ColumnSchema, fitted: Fitted | undefined, estimated: { readonly as: string } | undefined): string {
  const quoted = quoteName(column.name);
  if (!fitted) return quoted;
  const { type } = fitted.filled;
  const value = type === 'number' ? `CAST(${quoted} AS DOUBLE)` : quoted;
  if (estimated) return `CASE WHEN ${missingInSql(column)} THEN ${quoteName(estimated.as)} ELSE ${value} END`;
  if (fitted.fill === null) return value;
  return `CASE WHEN ${missingInSql(column)} THEN ${fillInSql(fitted.fill, type)} ELSE ${value} END`;
}

function fillInSql(fill: number | string, type: ColumnSchema['type']): string {
  if (typeof fill === 'string') return quoteText(fill);
  if (type === 'boolean') return fill >= 0.5 ? 'true' : 'false';
  return type === 'integer' ? `CAST(${numberInSql(fill)} AS BIGINT)` : numberInSql(fill);
}
