import type { RunContext } from '../kit/context.ts';
import { quoteName } from '../kit/define.ts';
import type { Transform } from '../kit/kinds.ts';
import { GraphBuilder } from '../kit/onnx/builder.ts';
import { metadataOf } from '../kit/onnx/metadata.ts';
import { isTextual, type ColumnSchema, type Table } from '../kit/table.ts';
import { freeName, takenNames } from './choose-columns.ts';
import { describeInputs } from './describe-inputs.server.ts';
import { COLUMNS_AT_ONCE, narrow, queryInParts } from './query-in-parts.server.ts';
import { finiteColumnsInSql, floatInSql } from './values-in-sql.ts';
import { changedSchema, signatureOf, type ColumnChange } from './fitted-columns.ts';

/** A column that a fitted node makes: by SQL over the table `data`, and by a graph. */
export interface FittedColumn {
  readonly column: ColumnSchema;
  /** `value` gives SQL for a source's own: a float32 as a double, or a text; null where it is missing, or no float32 can hold it. */
  sql(value: (source: string) => string): string;
}

export interface Fitted extends Omit<ColumnChange, 'made'> {
  readonly made: readonly FittedColumn[];
  /** Writes the same as a graph: a value [rows, 1] for each of `made`, in order. `value` names a source's own, float32 or string. */
  graph(builder: GraphBuilder, value: (source: string) => string): readonly string[];
}

/** The two outputs of a fitted node, made side by side: the table by one query, the transform as a graph. */
export async function fittedOutputs(fitted: Fitted, data: Table, context: RunContext): Promise<{ data: Table; transform: Transform }> {
  const { made, graph, ...rest } = fitted;
  const change: ColumnChange = { ...rest, made: made.map((each) => each.column) };
  const schema = changedSchema(data.schema, change);
  const taken = takenNames(data.schema);
  const numbers = new Map(fitted.sources.filter(({ type }) => !isTextual(type)).map(({ name }, index) => [name, freeName(`v${index}`, taken)]));
  const values = new Map([...numbers].map(([name, as]) => [as, floatInSql(name)]));
  const expressions = new Map(made.map((each) => [each.column.name, each.sql((source) => quoteName(numbers.get(source) ?? source))]));
  const columns = schema.columns.map((column) => ({ column, sql: expressions.get(column.name) ?? quoteName(column.name) }));
  const table = await queryInParts(columns, { from: 'data', inputs: { data }, values }, schema.open, context);

  const builder = new GraphBuilder();
  const inputs = new Map(fitted.sources.map(({ name, type }) => [name, builder.input(name, isTextual(type) ? 'string' : 'float')]));
  const written = graph(builder, (source) => inputs.get(source)!);
  for (const [index, { column }] of made.entries()) builder.output(column.name, written[index]!, isTextual(column.type) ? 'string' : 'float');
  const signature = { ...signatureOf(change), inputs: await describeInputs(fitted.sources, data, context), rowCount: data.rowCount };
  return { data: table, transform: { onnx: builder.toBytes(metadataOf(signature)), signature } };
}

type Aggregates<K extends string> = Readonly<Partial<Record<K, (value: string) => string>>>;

/**
 * Figures of many columns of the table `data` by aggregate queries: for each name an entry with each of `aggregates`, which make SQL of a finite value's
 * name; null where there is none. `change` makes SQL of the value that is looked at in place of the column's own.
 */
export async function figuresOf<K extends string>(
  names: readonly string[],
  aggregates: Aggregates<K>,
  data: Table,
  context: RunContext,
  change?: (value: string) => string,
): Promise<Readonly<Record<K, number | null>>[]> {
  const found = await aggregatesOf(names, aggregates, data, context, change);
  const figure = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return found.map((each) => Object.fromEntries(Object.entries(each).map(([key, value]) => [key, figure(value)])) as Record<K, number | null>);
}

/** As `figuresOf`, with texts and truth values as they are. */
export async function aggregatesOf<K extends string>(
  names: readonly string[],
  aggregates: Aggregates<K>,
  data: Table,
  context: RunContext,
  change?: (value: string) => string,
): Promise<Readonly<Record<K, number | string | boolean | null>>[]> {
  const keys = Object.keys(aggregates) as K[];
  if (keys.length === 0) return names.map(() => ({}) as Readonly<Record<K, null>>);
  const found: Readonly<Record<K, number | string | boolean | null>>[] = [];
  for (let from = 0; from < names.length; from += COLUMNS_AT_ONCE) {
    const some = names.slice(from, from + COLUMNS_AT_ONCE);
    const parts = some.flatMap((_, index) => keys.map((key) => `${aggregates[key]!(`v${index}`)} AS ${key}${index}`));
    const finite = finiteColumnsInSql(some);
    const values = change ? `SELECT ${some.map((_, index) => `${change(`v${index}`)} AS v${index}`).join(', ')} FROM (${finite})` : finite;
    const [row = {}] = await context.rows(`SELECT ${parts.join(', ')} FROM (${values})`, { data: await narrow(data, [finite], context) });
    const each = (index: number) => Object.fromEntries(keys.map((key) => [key, row[`${key}${index}`] ?? null])) as (typeof found)[number];
    found.push(...some.map((_, index) => each(index)));
  }
  return found;
}
