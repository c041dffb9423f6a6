import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../../kit/context.ts';
import { defineRun, quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { ColumnSchema, Table } from '../../kit/table.ts';
import { writeDelimited, writeLines } from '../delimited-text.server.ts';
import { exportData } from './node.ts';

const BATCH_ROWS = 10_000;

export default defineRun(exportData, async ({ data }, { connection: name, format, path, table, mode, neutralise }, context) => {
  if (data.schema.columns.length === 0) throw new NodeError('columns_none', 'The table has no column to write.');
  if ((format === 'table' ? table : path).trim() === '')
    throw new NodeError('parameter_missing', 'Say where it is to be written.', { param: format === 'table' ? 'table' : 'path' });
  const connection = await context.connection(name);
  if (format === 'table') {
    if (!connection.rows?.write) throw new NodeError('connection_missing', `The connection “${name}” takes no tables. Choose a file format.`, { param: 'format' });
    const { earlier, noted } = await connection.rows.write(table.trim(), context.batches(data, BATCH_ROWS), mode);
    context.log(
      earlier ? `An earlier try of this step wrote the ${data.rowCount} rows into ${table.trim()}.` : `Wrote ${data.rowCount} rows into ${table.trim()}.`,
    );
    if (!noted) context.log('The user of the connection may not make the table modelwright_writes, so another try of this step would write the rows again.');
    return { data };
  }
  if (!connection.files?.write) throw new NodeError('connection_missing', `No files can be written to the connection “${name}”.`, { param: 'connection' });
  const file = await written(context, data, format, neutralise);
  const { size } = await stat(file);
  await connection.files.write(path.trim(), createReadStream(file), size);
  context.log(`Wrote ${data.rowCount} rows, ${size} bytes, to ${path.trim()}.`);
  return { data };
});

/** The table as a file of the format; gives its path. */
async function written(context: RunContext, data: Table, format: 'csv' | 'tsv' | 'parquet' | 'jsonl', neutralise: boolean): Promise<string> {
  if (format === 'parquet') return context.parquet(data);
  const path = join(context.scratch, 'export');
  if (format === 'jsonl') await writeLines(context, data, path, { lead: '', line: `to_json({${data.schema.columns.map(memberInSql).join(', ')}})`, end: '\n' });
  else await writeDelimited(context, data, path, { delimiter: format === 'csv' ? ',' : '\t', header: true, neutralise, mark: false });
  return path;
}

/** JSON has no infinite numbers. */
const memberInSql = ({ name, type }: ColumnSchema): string => {
  const x = quoteName(name);
  return `${x}: ${type === 'number' ? `CASE WHEN isfinite(${x}) THEN ${x} END` : x}`;
};
