import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { float, floats, GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature, SignatureOutput } from '../../kit/signature.ts';
import { isTextual, tableSchema, type ColumnSchema, type Table } from '../../kit/table.ts';
import { describeInputs } from '../describe-inputs.server.ts';
import { finiteInSql, missingInSql, numberInSql } from '../values-in-sql.ts';
import { cleanMissingData } from './node.ts';
import { planCleaning, replacementFor, type CleanParams, type Target } from './plan.ts';

type Fill = number | string | null;

/** A target with what the data says of it. */
interface Fitted extends Target {
  /** Its share of missing values is in range. */
  readonly cleaned: boolean;
  /** It has rows, but no value. */
  readonly empty: boolean;
  /** What takes the place of a missing value; null where nothing does. */
  readonly fill: Fill;
}

export default defineRun(cleanMissingData, async ({ data }, params, context) => {
  const plan = planCleaning(params, data.schema);
  const fitted = await fit(plan.targets, params, data, context);
  const removed = new Set(removedColumns(fitted, params));
  if (removed.size > 0) context.log(`Removed ${removed.size === 1 ? 'the column' : 'the columns'} ${[...removed].map((name) => `“${name}”`).join(', ')}.`);
  if (removed.size > 0 && removed.size === data.schema.columns.length)
    throw new NodeError('rows_all_missing', 'No column would be left: each has missing values. Choose fewer columns, or another cleaning mode.', {
      param: 'mode',
    });
  const byName = new Map(fitted.map((each) => [each.column.name, each]));
  const kept = data.schema.columns.filter((each) => !removed.has(each.name));
  const indicators = fitted.filter((each) => each.indicator !== undefined);
  const expressions = [
    ...kept.map((column) => `${filledInSql(column, byName.get(column.name))} AS ${quoteName(column.name)}`),
    ...indicators.map((each) => `${missingInSql(each.column)} AS ${quoteName(each.indicator!)}`),
  ];
  const dropping = params.mode === 'remove-row' ? fitted.filter((each) => each.cleaned).map((each) => missingInSql(each.column)) : [];
  const where = dropping.length > 0 ? ` WHERE NOT (${dropping.join(' OR ')})` : '';
  const schema = tableSchema([
    ...kept.map((column) => byName.get(column.name)?.filled ?? column),
    ...indicators.map((each): ColumnSchema => ({ name: each.indicator!, type: 'boolean', role: 'feature', nullable: false })),
  ]);
  const cleaned = await context.query(`SELECT ${expressions.join(', ')} FROM data${where}`, { data }, schema);
  if (where !== '') context.log(`Removed ${data.rowCount - cleaned.rowCount} of ${data.rowCount} rows.`);
  return { data: cleaned, transform: await buildTransform(fitted, [...removed], data, context) };
});

async function fit(targets: readonly Target[], params: CleanParams, data: Table, context: RunContext): Promise<Fitted[]> {
  if (targets.length === 0) return [];
  const values = targets.map(
    ({ column }, index) => `${missingInSql(column)} AS m${index}${averaged(column, params) ? `, ${finiteInSql(column.name)} AS v${index}` : ''}`,
  );
  const parts = targets.flatMap(({ column }, index) => {
    const statistic = params.mode === 'mode' ? modeInSql(column) : averaged(column, params) ? `${params.mode === 'mean' ? 'avg' : 'median'}(v${index})` : null;
    return [`count(*) FILTER (WHERE m${index}) AS missing${index}`, ...(statistic ? [`${statistic} AS fill${index}`] : [])];
  });
  const [row = {}] = await context.rows(`SELECT ${parts.join(', ')} FROM (SELECT ${values.join(', ')} FROM data)`, { data });
  return targets.map((target, index) => {
    const missing = Number(row[`missing${index}`] ?? 0);
    const ratio = data.rowCount === 0 ? 0 : missing / data.rowCount;
    const cleaned = ratio >= params.minimumRatio && ratio <= params.maximumRatio;
    const found = params.mode === 'custom' ? replacementFor(target.column, params.value) : (row[`fill${index}`] ?? null);
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

const averaged = ({ type }: ColumnSchema, { mode }: CleanParams): boolean => (mode === 'mean' || mode === 'median') && !isTextual(type);

/** The most frequent value; of equally frequent ones the smallest, so that the same data always gives the same. */
function modeInSql(column: ColumnSchema): string {
  const quoted = quoteName(column.name);
  return `(SELECT ${quoted} FROM data WHERE NOT ${missingInSql(column)} GROUP BY ${quoted} ORDER BY count(*) DESC, ${quoted} LIMIT 1)`;
}

function removedColumns(fitted: readonly Fitted[], { mode, allMissing }: CleanParams): string[] {
  if (mode === 'remove-column') return fitted.filter((each) => each.cleaned && (each.empty || each.column.nullable)).map((each) => each.column.name);
  const computed = mode === 'mean' || mode === 'median' || mode === 'mode';
  return computed && allMissing === 'remove' ? fitted.filter((each) => each.cleaned && each.empty).map((each) => each.column.name) : [];
}

function filledInSql(column: ColumnSchema, fitted: Fitted | undefined): string {
  const quoted = quoteName(column.name);
  if (!fitted) return quoted;
  const { type } = fitted.filled;
  const value = type === 'number' ? `CAST(${quoted} AS DOUBLE)` : quoted;
  if (fitted.fill === null) return value;
  return `CASE WHEN ${missingInSql(column)} THEN ${fillInSql(fitted.fill, type)} ELSE ${value} END`;
}

function fillInSql(fill: number | string, type: ColumnSchema['type']): string {
  if (typeof fill === 'string') return quoteText(fill);
  if (type === 'boolean') return fill >= 0.5 ? 'true' : 'false';
  return type === 'integer' ? `CAST(${numberInSql(fill)} AS BIGINT)` : numberInSql(fill);
}

/** The same as a graph: an Imputer for numbers, Where for texts; columns that stay as they are do not enter it. */
async function buildTransform(fitted: readonly Fitted[], drops: readonly string[], data: Table, context: RunContext) {
  const changed = fitted.filter(({ column, fill, indicator }) => column.type !== 'datetime' && (fill !== null || indicator !== undefined));
  const builder = new GraphBuilder();
  const outputs: SignatureOutput[] = [];
  const values = changed.map(({ column }) => builder.input(column.name, isTextual(column.type) ? 'string' : 'float'));
  for (const [index, { column, filled, fill }] of changed.entries()) {
    if (fill === null) continue;
    const value = values[index]!;
    const full =
      typeof fill === 'string'
        ? builder.node('Where', [builder.node('Equal', [value, builder.strings([''], [1, 1])]), builder.strings([fill], [1, 1]), value])
        : builder.ml('Imputer', [value], { imputed_value_floats: floats([fill]), replaced_value_float: float(NaN) });
    builder.output(column.name, full, typeof fill === 'string' ? 'string' : 'float');
    outputs.push({ name: column.name, type: filled.type, role: filled.role });
  }
  for (const [index, { column, indicator }] of changed.entries()) {
    if (indicator === undefined) continue;
    const value = values[index]!;
    const missing = isTextual(column.type) ? builder.node('Equal', [value, builder.strings([''], [1, 1])]) : builder.node('IsNaN', [value]);
    builder.output(indicator, builder.cast(missing, 'float'), 'float');
    outputs.push({ name: indicator, type: 'boolean', role: 'feature' });
  }
  const inputs = await describeInputs(
    changed.map((each) => each.column),
    data,
    context,
  );
  const signature: Signature = { kind: 'transform', inputs, outputs, drops, rowCount: data.rowCount };
  return { onnx: builder.toBytes(metadataOf(signature)), signature };
}
