import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { float, floats, GraphBuilder, int } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { column, isNumeric, tableSchema, type ColumnSchema, type Columns } from '../../kit/table.ts';
import { principalComponents, type Components } from '../../kernels/pca.server.ts';
import { turns } from '../../kernels/turns.ts';
import { requireMemory } from '../../learners/matrix.server.ts';
import { chooseColumns } from '../../transform/choose-columns.ts';
import { describeInputs } from '../../transform/describe-inputs.server.ts';
import { componentNames, principalComponentAnalysis } from './node.ts';

export default defineRun(principalComponentAnalysis, async ({ data }, params, context) => {
  const { columns } = chooseColumns(params.columns, data.schema);
  const width = columns.length;
  if (width === 0) throw new NodeError('columns_none', 'There is no numeric column to take components of. Choose at least one.', { param: 'columns' });
  const wrong = columns.find((each) => !isNumeric(each.type));
  if (wrong) throw new NodeError('column_wrong_type', `“${wrong.name}” is ${wrong.type}, not numeric. Leave it out.`, { param: 'columns' });
  if (params.components > width) {
    const message = `${width} columns have at most ${width} components, but ${params.components} are wanted.`;
    throw new NodeError('parameter_invalid', message, { param: 'components' });
  }
  if (data.rowCount === 0) throw new NodeError('rows_none', 'There are no rows to take components of. Look at the node that feeds this one.');
  requireMemory(data.rowCount * width * 12, 'The chosen columns in memory');
  const all = await data.read();
  const filled = columns.map((each) => fill(each, all));
  const breathe = turns(context.signal);
  const found = await principalComponents(
    { rowCount: data.rowCount, columns: filled.map(({ values }) => values) },
    { scale: params.normalize, count: params.components, threads: context.threads },
    breathe,
  );
  const names = componentNames(data.schema, params);
  const signature: Signature = {
    kind: 'transform',
    inputs: await describeInputs(columns, data, context),
    outputs: names.map((name) => ({ name, type: 'number', role: 'feature' })),
    drops: params.keep ? [] : columns.map((each) => each.name),
    rowCount: data.rowCount,
  };
  const means = filled.map(({ mean }) => mean);
  const onnx = graphOf(columns, means, found, params.normalize, names).toBytes(metadataOf(signature));
  const inputs: Columns = new Map(columns.map(({ name }) => [name, all.get(name)!]));
  const made = await context.onnx.apply(
    onnx,
    { ...signature, inputs: signature.inputs.map((each) => ({ ...each, required: false })) },
    inputs,
    data.rowCount,
    context.signal,
  );
  const kept = data.schema.columns.filter(({ name }) => !signature.drops.includes(name));
  const total = found.total || 1;
  names.forEach((name, index) =>
    context.log(`${name} holds ${((100 * found.explained[index]!) / total).toFixed(1)} % of the variance: ${loadings(columns, found, index)}.`),
  );
  const schema = tableSchema([...kept, ...names.map((name) => column(name, 'number'))]);
  return { data: await context.table(schema, new Map([...kept.map(({ name }) => [name, all.get(name)!] as const), ...made])), transform: { onnx, signature } };
});

/** The column as float32 with the mean in place of missing values. */
function fill({ name }: ColumnSchema, all: Columns): { values: Float32Array; mean: number } {
  const values = Float32Array.from(all.get(name) as Float64Array);
  let [sum, count] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    if (!Number.isFinite(value))
      throw new NodeError('values_not_finite', `“${name}” holds infinite values, or numbers beyond 3.4e38. Replace or remove these rows.`);
    sum += value;
    count += 1;
  }
  const mean = count === 0 ? 0 : Math.fround(sum / count);
  if (count < values.length) for (let row = 0; row < values.length; row += 1) if (Number.isNaN(values[row]!)) values[row] = mean;
  return { values, mean };
}

function graphOf(columns: readonly ColumnSchema[], means: readonly number[], found: Components, normalize: boolean, names: readonly string[]): GraphBuilder {
  const width = columns.length;
  const builder = new GraphBuilder();
  const joined = builder.concat(columns.map(({ name }) => builder.input(name, 'float')));
  const filled = builder.ml('Imputer', [joined], { imputed_value_floats: floats(means), replaced_value_float: float(NaN) });
  const scale = (index: number) => (normalize && found.variances[index]! > 0 ? 1 / Math.sqrt(found.variances[index]!) : 1);
  // In float64: columns far from zero would lose their last digits.
  const centred = builder.node('Sub', [builder.cast(filled, 'double'), builder.doubles(found.means, [1, width])]);
  const weights = Float64Array.from({ length: names.length * width }, (_, at) => found.vectors[at]! * scale(at % width));
  const values = builder.cast(builder.node('Gemm', [centred, builder.doubles(weights, [names.length, width])], { transB: int(1) }), 'float');
  const parts = names.length === 1 ? [values] : builder.nodes('Split', [values], { axis: int(1), num_outputs: int(names.length) }, { outputs: names.length });
  parts.forEach((value, index) => builder.output(names[index]!, value, 'float'));
  return builder;
}

/** The columns that weigh most in a component. */
function loadings(columns: readonly ColumnSchema[], { vectors }: Components, component: number): string {
  const width = columns.length;
  return columns
    .map(({ name }, index) => ({ name, weight: vectors[component * width + index]! }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 3)
    .map(({ name, weight }) => `“${name}” ${weight.toFixed(2)}`)
    .join(', ');
}
