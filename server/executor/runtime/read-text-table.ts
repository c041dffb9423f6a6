import { readFile, stat } from 'node:fs/promises';
import { readArff } from '#nodes/kit/arff.ts';
import { DelimitedTextError } from '#nodes/kit/csv.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { readSvmLight } from '#nodes/kit/svmlight.ts';
import type { DuckSession } from './duck.ts';
import { writeTable, type WrittenTable } from './write-table.ts';

const MOST_BYTES = 256 * 2 ** 20;

/** Reads ARFF or SVMLight that is UTF-8 already; both are small formats, so the whole text is in memory. */
export async function readTextTable(
  session: DuckSession,
  path: string,
  format: 'arff' | 'svmlight',
  { target, notes }: { readonly target: string; readonly notes: string[] },
): Promise<WrittenTable> {
  if ((await stat(path)).size > MOST_BYTES)
    throw new NodeError('data_unparsable', `The file is larger than the ${MOST_BYTES / 2 ** 20} MB that are read of this format. Save it as CSV or Parquet.`);
  const text = await readFile(path, 'utf8');
  const { schema, columns, shortLines } = format === 'arff' ? readArff(text) : readSvmLight(text);
  if (schema.columns.length === 0) throw new DelimitedTextError(1, 'There is no data.');
  if (shortLines > 0) notes.push(`${shortLines} ${shortLines === 1 ? 'line has' : 'lines have'} too few values; those that lack count as missing.`);
  return writeTable(session, schema, columns, target);
}
