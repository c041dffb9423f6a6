import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { chooseColumns } from '../choose-columns.ts';
import { figuresOf, fittedOutputs, type FittedColumn } from '../fitted-columns.server.ts';
import { fitScale, normalizeInGraph, normalizeInSql, statisticsOf } from './methods.ts';
import { normalizeData, normalized } from './node.ts';

const logarithmInSql = (x: string): string => `CASE WHEN ${x} > 0 THEN ln(${x}) END`;

/** Values are rounded to float32 before they are scaled, here as in the graph, so that a model is trained on just what it will see. */
export default defineRun(normalizeData, async ({ data }, params, context) => {
  const { method, zeroForConstant } = params;
  const { columns } = chooseColumns(params.columns, data.schema);
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no numeric column to normalize. Choose at least one.', { param: 'columns' });
  const names = columns.map(({ name }) => name);
  const statistics = await figuresOf(names, statisticsOf(method), data, context, method === 'lognormal' ? logarithmInSql : undefined);
  const scales = statistics.map((each) => fitScale(method, each, zeroForConstant));
  for (const [index, { divisor }] of scales.entries())
    if (!Number.isFinite(divisor)) context.log(`“${columns[index]!.name}” is constant and becomes ${zeroForConstant ? '0' : 'missing'}.`);
  const made = columns.map((each, index): FittedColumn => ({
    column: normalized(each, params),
    sql: (value) => normalizeInSql(method, value(each.name), scales[index]!),
  }));
  return fittedOutputs(
    {
      sources: columns,
      made,
      graph: (builder, value) =>
        normalizeInGraph(
          builder,
          method,
          columns.map((each) => value(each.name)),
          scales,
        ),
    },
    data,
    context,
  );
});
