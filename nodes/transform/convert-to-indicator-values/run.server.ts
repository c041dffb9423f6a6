import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { GraphBuilder, int } from '../../kit/onnx/builder.ts';
import { oneHot } from '../../kit/onnx/encode.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { Signature } from '../../kit/signature.ts';
import { column, type ColumnSchema, type Table } from '../../kit/table.ts';
import { chooseColumns, freeName, takenNames } from '../choose-columns.ts';
import { describeInputs } from '../describe-inputs.server.ts';
import { levelsOf } from '../levels.server.ts';
import { queryInParts, type MadeColumn } from '../query-in-parts.server.ts';
import { missingInSql } from '../values-in-sql.ts';
import { convertToIndicatorValues } from './node.ts';

/** One new column: 1 where the source has this level, or where it is missing (level null). */
interface Indicator {
  readonly name: string;
  readonly source: ColumnSchema;
  readonly level: string | null;
}

export default defineRun(convertToIndicatorValues, async ({ data }, { columns: selection, overwrite }, context) => {
  const { columns } = chooseColumns(selection, data.schema);
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no categorical column to convert. Choose at least one.', { param: 'columns' });
  const taken = takenNames(data.schema);
  const indicators: Indicator[] = [];
  for (const source of columns) {
    const { levels, missing } = await seenIn(source, data, context);
    indicators.push(...levels.map((level) => ({ name: freeName(`${source.name}-${level}`, taken), source, level })));
    if (missing) indicators.push({ name: freeName(`${source.name}-Missing`, taken), source, level: null });
  }
  const drops = overwrite ? columns.map((each) => each.name) : [];
  const dropped = new Set(drops);
  const kept = data.schema.columns.filter((each) => !dropped.has(each.name));
  const added = indicators.map((each) => column(each.name, 'integer'));
  if (kept.length + added.length === 0)
    throw new NodeError('rows_none', 'The chosen columns have no values, so no column would be left.', { param: 'columns' });
  const made = indicators.map(({ source, level }, index): MadeColumn => {
    const holds = level === null ? missingInSql(source) : `coalesce(${quoteName(source.name)} = ${quoteText(level)}, false)`;
    return { column: added[index]!, sql: `CAST(${holds} AS BIGINT)` };
  });
  const columnsOfData = kept.map((column): MadeColumn => ({ column, sql: quoteName(column.name) }));
  const table = await queryInParts([...columnsOfData, ...made], { from: 'data', inputs: { data } }, false, context);
  return { data: table, transform: await buildTransform(columns, indicators, drops, data, context) };
});

/** The levels in the order of their characters, and whether values are missing. */
async function seenIn(source: ColumnSchema, data: Table, context: RunContext): Promise<{ levels: string[]; missing: boolean }> {
  const levels = await levelsOf(source, data, context);
  return { levels: levels.map((each) => each.level), missing: levels.reduce((sum, each) => sum + each.rows, 0) < data.rowCount };
}

/** The same as a graph. Values that were not seen here, and missing ones where none were, are 0 in all indicators. */
async function buildTransform(columns: readonly ColumnSchema[], indicators: readonly Indicator[], drops: readonly string[], data: Table, context: RunContext) {
  const builder = new GraphBuilder();
  const inputs = columns.filter((each) => indicators.some(({ source }) => source === each));
  const values = inputs.map((each) => builder.input(each.name, 'string'));
  for (const [index, source] of inputs.entries()) {
    const own = indicators.filter((each) => each.source === source);
    const levels = own.flatMap(({ level }) => (level === null ? [] : [level]));
    const encoded = levels.length > 0 ? oneHot(builder, values[index]!, levels) : '';
    const parts =
      levels.length > 1 ? builder.nodes('Split', [encoded, builder.int64s(levels.map(() => 1))], { axis: int(1) }, { outputs: levels.length }) : [encoded];
    for (const { name, level } of own) {
      const value =
        level === null ? builder.cast(builder.node('Equal', [values[index]!, builder.strings([''], [1, 1])]), 'float') : parts[levels.indexOf(level)]!;
      builder.output(name, value, 'float');
    }
  }
  const described = await describeInputs(inputs, data, context);
  const signature: Signature = {
    kind: 'transform',
    inputs: described,
    outputs: indicators.map(({ name }) => ({ name, type: 'integer', role: 'feature' })),
    drops,
    rowCount: data.rowCount,
  };
  return { onnx: builder.toBytes(metadataOf(signature)), signature };
}
