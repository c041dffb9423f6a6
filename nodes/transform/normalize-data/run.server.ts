import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { chooseColumns } from '../choose-columns.ts';
import { describeInputs } from '../describe-inputs.server.ts';
import { finiteInSql, floatInSql } from '../values-in-sql.ts';
import { fitScale, normalizeInGraph, normalizeInSql } from './methods.ts';
import { normalizeData, normalized, schemaAfter } from './node.ts';

const logarithmInSql = (x: string): string => `CASE WHEN ${x} > 0 THEN ln(${x}) END`;

/** Values are rounded to float32 before they are scaled, here as in the graph, so that a model is trained on just what it will see. */
export default defineRun(normalizeData, async ({ data }, params, context) => {
  const { method, zeroForConstant } = params;
  const { columns } = chooseColumns(params.columns, data.schema);
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no numeric column to normalize. Choose at least one.', { param: 'columns' });
  const values = columns.map(({ name }, index) => `${method === 'lognormal' ? logarithmInSql(finiteInSql(name)) : finiteInSql(name)} AS v${index}`);
  const parts = columns.map(
    (_, index) =>
      `avg(v${index}) AS mean${index}, stddev_pop(v${index}) AS deviation${index}, min(v${index}) AS minimum${index}, max(v${index}) AS maximum${index}`,
  );
  const [row = {}] = await context.rows(`SELECT ${parts.join(', ')} FROM (SELECT ${values.join(', ')} FROM data)`, { data });
  const figure = (key: string) => (typeof row[key] === 'number' ? row[key] : null);
  const scales = columns.map((_, index) =>
    fitScale(
      method,
      { mean: figure(`mean${index}`), deviation: figure(`deviation${index}`), minimum: figure(`minimum${index}`), maximum: figure(`maximum${index}`) },
      zeroForConstant,
    ),
  );
  for (const [index, { divisor }] of scales.entries())
    if (!Number.isFinite(divisor)) context.log(`“${columns[index]!.name}” is constant and becomes ${zeroForConstant ? '0' : 'missing'}.`);

  const scaleOf = new Map(columns.map((each, index) => [each.name, scales[index]!]));
  const expressions = data.schema.columns.map(({ name }) => {
    const scale = scaleOf.get(name);
    return scale ? `${normalizeInSql(method, floatInSql(name), scale)} AS ${quoteName(name)}` : quoteName(name);
  });
  const table = await context.query(`SELECT ${expressions.join(', ')} FROM data`, { data }, schemaAfter(data.schema, columns, params));

  const builder = new GraphBuilder();
  const inputs = columns.map((each) => builder.input(each.name, 'float'));
  for (const [index, value] of normalizeInGraph(builder, method, inputs, scales).entries()) builder.output(columns[index]!.name, value, 'float');
  const signature: Signature = {
    kind: 'transform',
    inputs: await describeInputs(columns, data, context),
    outputs: columns.map((each) => {
      const { name, type, role } = normalized(each, params);
      return { name, type, role };
    }),
    drops: [],
    rowCount: data.rowCount,
  };
  return { data: table, transform: { onnx: builder.toBytes(metadataOf(signature)), signature } };
});
