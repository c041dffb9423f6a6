import type { RunContext } from '../../kit/context.ts';
import { float, floats, GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature, SignatureOutput } from '../../kit/signature.ts';
import { isTextual, type Table } from '../../kit/table.ts';
import { describeInputs } from '../describe-inputs.server.ts';
import { chainedGraph } from './chained-graph.ts';
import type { ChainedFill } from './chained.server.ts';
import type { Fitted } from './plan.ts';

/** What the node did as a graph: an Imputer for numbers, Where for texts, chained regressions; columns that neither change nor predict do not enter it. */
export async function buildTransform(fitted: readonly Fitted[], chained: ChainedFill | null, drops: readonly string[], data: Table, context: RunContext) {
  const changed = fitted.filter(({ column, fill, indicator }) => column.type !== 'datetime' && (fill !== null || indicator !== undefined));
  const predicting = new Set(chained ? [...chained.chained.numbers, ...chained.categories].map(({ name }) => name) : []);
  const entering = new Set([...changed.map(({ column }) => column.name), ...predicting]);
  const inputs = data.schema.columns.filter(({ name }) => entering.has(name));
  const builder = new GraphBuilder();
  const outputs: SignatureOutput[] = [];
  const values = new Map(inputs.map(({ name, type }) => [name, builder.input(name, isTextual(type) ? 'string' : 'float')]));
  const estimated = chained ? chainedGraph(chained.chained, chained.categories, builder, (name) => values.get(name)!) : new Map<string, string>();
  for (const { column, filled, fill } of fitted) {
    const full = fill === null ? estimated.get(column.name) : filledBy(fill, values.get(column.name)!, builder);
    if (full === undefined) continue;
    builder.output(column.name, full, typeof fill === 'string' ? 'string' : 'float');
    outputs.push({ name: column.name, type: filled.type, role: filled.role });
  }
  for (const { column, indicator } of changed) {
    if (indicator === undefined) continue;
    const value = values.get(column.name)!;
    const missing = isTextual(column.type) ? builder.node('Equal', [value, builder.strings([''], [1, 1])]) : builder.node('IsNaN', [value]);
    builder.output(indicator, builder.cast(missing, 'float'), 'float');
    outputs.push({ name: indicator, type: 'boolean', role: 'feature' });
  }
  const signature: Signature = { kind: 'transform', inputs: await describeInputs(inputs, data, context), outputs, drops, rowCount: data.rowCount };
  return { onnx: builder.toBytes(metadataOf(signature)), signature };
}

/** The largest number that a model carries. */
const LARGEST = 2 ** 127 * (2 - 2 ** -23);

const filledBy = (fill: number | string, value: string, builder: GraphBuilder): string =>
  typeof fill === 'string'
    ? builder.node('Where', [builder.node('Equal', [value, builder.strings([''], [1, 1])]), builder.strings([fill], [1, 1]), value])
    : builder.ml('Imputer', [value], { imputed_value_floats: floats([Math.max(-LARGEST, Math.min(LARGEST, fill))]), replaced_value_float: float(NaN) });
