import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { float, floats, strings } from '../../kit/onnx/builder.ts';
import { readNames } from '../names-in-text.ts';
import { chooseTextual } from '../feature-columns.ts';
import { fittedOutputs } from '../fitted-columns.server.ts';
import { LEVEL_LIMIT, levelsOf, placeInSql } from '../levels.server.ts';
import { missingInSql } from '../values-in-sql.ts';
import { ordinalColumns, ordinalEncode } from './node.ts';

export default defineRun(ordinalEncode, async ({ data }, params, context) => {
  const { columns } = chooseTextual(params.columns, data.schema, '');
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no category to encode. Choose at least one.', { param: 'columns' });
  const listed = [...new Set(readNames(params.levels))].filter((level) => level !== '');
  if (params.order === 'list' && listed.length > LEVEL_LIMIT)
    throw new NodeError('parameter_invalid', `The list has more than ${LEVEL_LIMIT} levels.`, { param: 'levels' });
  const levels = new Map<string, readonly string[]>();
  for (const source of columns) {
    if (params.order === 'list') levels.set(source.name, listed);
    else {
      const found = await levelsOf(source, data, context);
      levels.set(
        source.name,
        (params.order === 'value' ? found : found.toSorted((a, b) => b.rows - a.rows)).map(({ level }) => level),
      );
    }
  }
  const unknown = params.unknown === 'missing' ? 'NULL' : '-1';
  const made = ordinalColumns(columns, data.schema, params).map((column, index) => {
    const source = columns[index]!;
    const sql = `CAST(CASE WHEN NOT ${missingInSql(source)} THEN coalesce(${placeInSql(source, levels.get(source.name)!)} - 1, ${unknown}) END AS BIGINT)`;
    return { column, sql: () => sql };
  });
  return fittedOutputs(
    {
      sources: columns,
      made,
      graph: (builder, value) =>
        columns.map(({ name }) =>
          builder.ml('LabelEncoder', [value(name)], {
            keys_strings: strings(['', ...levels.get(name)!]),
            values_floats: floats([NaN, ...levels.get(name)!.keys()]),
            default_float: float(params.unknown === 'missing' ? NaN : -1),
          }),
        ),
    },
    data,
    context,
  );
});
