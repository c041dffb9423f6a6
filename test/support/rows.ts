import type { ColumnSchema, ColumnValues } from '#nodes/kit/table.ts';
import type { ReadRows, RowBatch } from '#nodes/kit/connection.ts';

type Value = number | string | null;

/** All values of a read, by column; not-a-number as null. */
export async function collectRows({ columns, batches }: ReadRows): Promise<Map<string, Value[]>> {
  const all = new Map<string, Value[]>(columns.map(({ name }) => [name, []]));
  for await (const { values } of batches) {
    for (const [index, { name }] of columns.entries()) for (const value of values[index]!) all.get(name)!.push(Number.isNaN(value) ? null : value);
  }
  return all;
}

/** Rows in memory as a connection writes them, in batches. */
export function rowsOf(columns: readonly ColumnSchema[], ...batches: readonly (readonly ColumnValues[])[]): ReadRows {
  async function* give(): AsyncGenerator<RowBatch> {
    for (const values of batches) yield { rowCount: values[0]!.length, values };
  }
  return { columns, batches: give() };
}
