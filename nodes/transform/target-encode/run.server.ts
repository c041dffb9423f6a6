import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import { float, floats, strings } from '../../kit/onnx/builder.ts';
import { isNumeric, type ColumnSchema, type Table } from '../../kit/table.ts';
import { chooseTextual } from '../feature-columns.ts';
import { fittedOutputs } from '../fitted-columns.server.ts';
import { levelsOf, placeInSql } from '../levels.server.ts';
import { around } from '../query-in-parts.server.ts';
import { finiteInSql, missingInSql, numberInSql } from '../values-in-sql.ts';
import { targetColumns, targetEncode, type TargetParams } from './node.ts';

/** Rows with a label, and the sum of their labels. */
interface Total {
  rows: number;
  sum: number;
}

/** A column's totals by fold: of missing values at place 0, then of its levels. */
interface Counted {
  readonly levels: readonly string[];
  readonly byFold: readonly (readonly Total[])[];
}

export default defineRun(targetEncode, async ({ data }, params, context) => {
  const { columns } = chooseTextual(params.columns, data.schema, '');
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no category to encode. Choose at least one.', { param: 'columns' });
  const { label } = chooseLabel(data.schema, params.label);
  if (!label) throw new NodeError('label_missing', 'Choose the label column whose means are taken.', { param: 'label' });
  const y = await numberOf(label, data, context);
  const fold = `CAST(md5_number_lower(${quoteText(`${params.seed}:`)} || row_number() OVER ()) % ${params.folds} AS INTEGER)`;
  const counted: Counted[] = [];
  for (const source of columns) {
    const some = await around(data, source.name, context, label.name);
    counted.push(await count(source, y, fold, some, params, context));
  }
  if (total(counted[0]!.byFold.flat()).rows === 0)
    throw new NodeError('rows_none', `No row has a value of “${label.name}”, so there is no mean. Choose another label.`, { param: 'label' });
  const made = targetColumns(columns, data.schema, params).map((column, index) => ({
    column,
    sql: () => outOfFoldInSql(columns[index]!, counted[index]!, fold, params),
  }));
  return fittedOutputs(
    {
      sources: columns,
      made,
      graph: (builder, value) =>
        columns.map(({ name }, index) => {
          const { levels, byFold } = counted[index]!;
          const { means, overall } = meansOf(byFold, params.smoothing);
          return builder.ml('LabelEncoder', [value(name)], {
            keys_strings: strings(['', ...levels]),
            values_floats: floats(means),
            default_float: float(overall),
          });
        }),
    },
    data,
    context,
  );
});

/** SQL for the label as a number; of two classes the last one is 1. */
async function numberOf(label: ColumnSchema, data: Table, context: RunContext): Promise<string> {
  if (isNumeric(label.type)) return finiteInSql(label.name);
  if (label.type === 'boolean') return `CAST(${quoteName(label.name)} AS DOUBLE)`;
  const rows = await context.rows(`SELECT DISTINCT ${quoteName(label.name)} AS level FROM data WHERE NOT ${missingInSql(label)} ORDER BY level LIMIT 3`, {
    data: await around(data, label.name, context),
  });
  if (rows.length > 2) {
    const message = `“${label.name}” has more than two classes, which have no mean. Choose a number or a label of two classes, or use Convert to Indicator Values.`;
    throw new NodeError('label_not_two_classes', message, { param: 'label' });
  }
  const positive = quoteText(String(rows.at(-1)?.level ?? ''));
  return `CASE WHEN NOT ${missingInSql(label)} THEN CAST(${quoteName(label.name)} = ${positive} AS DOUBLE) END`;
}

async function count(source: ColumnSchema, y: string, fold: string, data: Table, { folds }: TargetParams, context: RunContext): Promise<Counted> {
  const levels = (await levelsOf(source, data, context)).map(({ level }) => level);
  const inner = `SELECT coalesce(${placeInSql(source, levels)}, 0) AS place, ${fold} AS fold, ${y} AS y FROM data`;
  const rows = await context.rows(
    `SELECT place, fold, count(*) AS n, sum(y) AS s FROM (${inner}) WHERE y IS NOT NULL GROUP BY place, fold ORDER BY place, fold`,
    { data },
  );
  const byFold = Array.from({ length: folds }, () => Array.from({ length: levels.length + 1 }, (): Total => ({ rows: 0, sum: 0 })));
  for (const row of rows) byFold[Number(row.fold)]![Number(row.place)] = { rows: Number(row.n), sum: Number(row.s) };
  return { levels, byFold };
}

const total = (totals: readonly Total[]): Total => totals.reduce((all, each) => ({ rows: all.rows + each.rows, sum: all.sum + each.sum }), { rows: 0, sum: 0 });

/** (sum + smoothing · overall) / (rows + smoothing) at each place; the mean of all where nothing is known. In float32, as the graph has them. */
function meansOf(folds: readonly (readonly Total[])[], smoothing: number): { means: number[]; overall: number } {
  const all = total(folds.flat());
  const overall = all.rows === 0 ? 0 : all.sum / all.rows;
  const means = folds[0]!.map((_, place) => {
    const { rows, sum } = total(folds.map((each) => each[place]!));
    return rows + smoothing > 0 ? Math.fround((sum + smoothing * overall) / (rows + smoothing)) : Math.fround(overall);
  });
  return { means, overall: Math.fround(overall) };
}

/** SQL for a row's mean over the rows of the other folds. */
function outOfFoldInSql(source: ColumnSchema, { levels, byFold }: Counted, fold: string, { folds, smoothing }: TargetParams): string {
  const whole = meansOf(byFold, smoothing).overall;
  const tables = byFold.map((_, out) => {
    const others = byFold.filter((__, index) => index !== out);
    // All labelled rows may lie in one fold, when there are few.
    return total(others.flat()).rows === 0 ? byFold[0]!.map(() => whole) : meansOf(others, smoothing).means;
  });
  const flat = byFold[0]!.flatMap((_, place) => tables.map((each) => each[place]!));
  return `list_extract([${flat.map(numberInSql).join(', ')}], coalesce(${placeInSql(source, levels)}, 0) * ${folds} + ${fold} + 1)`;
}
