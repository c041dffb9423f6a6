import type { RunContext } from '../kit/context.ts';
import { quoteName } from '../kit/define.ts';
import type { Transform } from '../kit/kinds.ts';
import { GraphBuilder } from '../kit/onnx/builder.ts';
import { metadataOf } from '../kit/onnx/metadata.ts';
import { isTextual, type ColumnSchema, type Table } from '../kit/table.ts';
import { describeInputs } from './describe-inputs.server.ts';
import { changedSchema, signatureOf, type ColumnChange } from './fitted-columns.ts';

/** A column that a fitted node makes: by SQL over the table `data`, and by a graph. */
export interface FittedColumn {
  readonly column: ColumnSchema;
  readonly sql: string;
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
  const expressions = new Map(made.map((each) => [each.column.name, each.sql]));
  const parts = schema.columns.map(({ name }) => (expressions.has(name) ? `${expressions.get(name)} AS ${quoteName(name)}` : quoteName(name)));
  const table = await context.query(`SELECT ${parts.join(', ')} FROM data`, { data }, schema);

  const builder = new GraphBuilder();
  const values = new Map(fitted.sources.map(({ name, type }) => [name, builder.input(name, isTextual(type) ? 'string' : 'float')]));
  const written = graph(builder, (source) => values.get(source)!);
  for (const [index, { column }] of made.entries()) builder.output(column.name, written[index]!, isTextual(column.type) ? 'string' : 'float');
  const signature = { ...signatureOf(change), inputs: await describeInputs(fitted.sources, data, context), rowCount: data.rowCount };
  return { data: table, transform: { onnx: builder.toBytes(metadataOf(signature)), signature } };
}

/** Values that one query aggregates: planning a query takes the longer for each, the more there are. */
const VALUES_AT_ONCE = 200;

/**
 * Figures of many expressions over the table `data` by aggregate queries: for each of `values` an entry with each of `aggregates`, which make SQL of a
 * value's name; null where there is none.
 */
export async function figuresOf<K extends string>(
  values: readonly string[],
  aggregates: Readonly<Record<K, (value: string) => string>>,
  data: Table,
  context: RunContext,
): Promise<Readonly<Record<K, number | null>>[]> {
  const keys = Object.keys(aggregates) as K[];
  const figures: Readonly<Record<K, number | null>>[] = [];
  for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
    const some = values.slice(from, from + VALUES_AT_ONCE);
    const parts = some.flatMap((_, index) => keys.map((key) => `${aggregates[key](`v${index}`)} AS ${key}${index}`));
    const inner = some.map((value, index) => `${value} AS v${index}`);
    const [row = {}] = await context.rows(`SELECT ${parts.join(', ')} FROM (SELECT ${inner.join(', ')} FROM data)`, { data });
    const figure = (key: string): number | null => (typeof row[key] === 'number' ? row[key] : null);
    figures.push(...some.map((_, index) => Object.fromEntries(keys.map((key) => [key, figure(`${key}${index}`)])) as Record<K, number | null>));
  }
  return figures;
}
