import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { string, strings, type GraphBuilder } from '../../kit/onnx/builder.ts';
import type { ColumnSchema, Table } from '../../kit/table.ts';
import { chooseTextual } from '../feature-columns.ts';
import { fittedOutputs } from '../fitted-columns.server.ts';
import { LEVEL_LIMIT, levelsOf, placeInSql } from '../levels.server.ts';
import { missingInSql } from '../values-in-sql.ts';
import { readMapping } from './mapping.ts';
import { groupCategoricalValues, groupColumns, type GroupParams } from './node.ts';

/** What each known level becomes, and all others: null where they stay what they are. */
interface Grouping {
  readonly pairs: ReadonlyMap<string, string>;
  readonly others: string | null;
}

export default defineRun(groupCategoricalValues, async ({ data }, params, context) => {
  const { columns } = chooseTextual(params.columns, data.schema, '');
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no category to group. Choose at least one.', { param: 'columns' });
  const groupings = new Map<string, Grouping>();
  for (const source of columns) groupings.set(source.name, await groupingOf(source, data, params, context));
  const made = groupColumns(columns, data.schema, params).map((column, index) => ({ column, sql: () => groupedInSql(columns[index]!, groupings) }));
  const graph = (builder: GraphBuilder, value: (source: string) => string) =>
    columns.map(({ name }) => groupedInGraph(builder, value(name), groupings.get(name)!));
  return fittedOutputs({ sources: columns, made, graph }, data, context);
});

async function groupingOf(source: ColumnSchema, data: Table, params: GroupParams, context: RunContext): Promise<Grouping> {
  if (params.by === 'mapping') {
    const { pairs } = readMapping(params.mapping);
    if (pairs.size > LEVEL_LIMIT) throw new NodeError('parameter_invalid', `The mapping has more than ${LEVEL_LIMIT} levels.`, { param: 'mapping' });
    return { pairs, others: params.unmapped === 'keep' ? null : params.other };
  }
  const least = params.by === 'count' ? params.count : Math.max(1, Math.ceil(params.share * data.rowCount));
  const kept = await levelsOf(source, data, context, least);
  context.log(`“${source.name}”: ${kept.length} levels stay.`);
  return { pairs: new Map(kept.map(({ level }) => [level, level])), others: params.other };
}

function groupedInSql(source: ColumnSchema, groupings: ReadonlyMap<string, Grouping>): string {
  const { pairs, others } = groupings.get(source.name)!;
  const rest = others === null ? quoteName(source.name) : quoteText(others);
  const place = placeInSql(source, [...pairs.keys()]);
  const groups = [...pairs.values()].map(quoteText).join(', ');
  const group = pairs.size === 0 ? rest : `coalesce(list_extract([${groups}], ${place}), ${rest})`;
  return `CASE WHEN NOT ${missingInSql(source)} THEN ${group} END`;
}

function groupedInGraph(builder: GraphBuilder, value: string, { pairs, others }: Grouping): string {
  // "" stands for what is not mapped: no group has that name.
  const mapped = builder.ml('LabelEncoder', [value], {
    keys_strings: strings(['', ...pairs.keys()]),
    values_strings: strings(['', ...pairs.values()]),
    default_string: string(others ?? ''),
  });
  return others === null ? builder.node('Where', [builder.node('Equal', [mapped, builder.strings([''], [1, 1])]), value, mapped]) : mapped;
}
