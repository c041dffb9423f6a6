import type { FileHandle } from 'node:fs/promises';
import { tableSchema, type ColumnSchema, type Columns, type ColumnValues, type TableSchema } from '#nodes/kit/table.ts';
import { copyChunks } from './copy-chunks.ts';
import { ParquetColumnWriter, schemaElement, type ColumnRun, type ParquetColumn } from './parquet-column.ts';
import { ParquetOutput, rowGroup } from './parquet-output.ts';
import { withSource, type Source } from './parquet-source.ts';
import type { Encoded } from './thrift.ts';
import { requireFitting, schemaText, type WrittenTable } from './write-table.ts';

const TYPES: Readonly<Partial<Record<ColumnSchema['type'], ParquetColumn['type']>>> = {
  number: 'DOUBLE',
  integer: 'INT64',
  boolean: 'BOOLEAN',
  text: 'BYTE_ARRAY',
  category: 'BYTE_ARRAY',
};

export interface Beside {
  /** The Parquet file of a table. */
  readonly base: string;
  /** All columns in their order; those of the table keep their names. */
  readonly schema: TableSchema;
  /** The new ones, with a value for each row of the table. */
  readonly columns: Columns;
  readonly signal: AbortSignal;
}

/**
 * Writes a table with new columns beside those of another: the bytes of the old ones are copied row group by row group, neither unpacked nor
 * packed again. Null, and nothing written, where the file or a type does not allow that.
 */
export function writeBeside({ base, schema, columns, signal }: Beside, path: string): Promise<WrittenTable | null> {
  if (schema.columns.some(({ name, type }) => columns.has(name) && !TYPES[type])) return Promise.resolve(null);
  return withSource(base, async (file, source) => {
    const rowCount = source.groups.reduce((sum, { rows }) => sum + rows, 0);
    const fits = schema.columns.every(({ name }) => columns.has(name) || (source.columns.has(name) && source.groups.every(({ chunks }) => chunks.has(name))));
    if (!fits || [...columns.values()].some(({ length }) => length !== rowCount)) return null;
    const output = await ParquetOutput.create(path);
    try {
      const added = new Map(
        schema.columns.filter(({ name }) => columns.has(name)).map((column) => [column.name, new AddedColumn(column, columns.get(column.name)!)]),
      );
      const groups: Encoded[] = [];
      let from = 0;
      for (const group of source.groups) {
        signal.throwIfAborted();
        groups.push(await writeGroup({ file, output, group, schema, added, from }));
        from += group.rows;
      }
      const elements = schema.columns.map(({ name }) => added.get(name)?.element ?? source.columns.get(name)!);
      const sealed = await output.finish({ columns: elements, groups, rowCount, metadata: { modelwright: schemaText(schema) } });
      const written = schema.columns.map((each) => ({ ...each, nullable: added.get(each.name)?.hasMissing ?? each.nullable }));
      return { schema: tableSchema(written), rowCount, sealed };
    } catch (error) {
      await output.abandon();
      throw error;
    }
  });
}

interface Group {
  readonly file: FileHandle;
  readonly output: ParquetOutput;
  readonly group: Source['groups'][number];
  readonly schema: TableSchema;
  readonly added: ReadonlyMap<string, AddedColumn>;
  /** The first row. */
  readonly from: number;
}

/** Old columns first, in the order of the table; then the new ones. The footer has them in the order of the schema. */
async function writeGroup({ file, output, group, schema, added, from }: Group): Promise<Encoded> {
  const old = schema.columns.map(({ name }) => name).filter((name) => !added.has(name));
  const copied = await copyChunks(file, group, old, output);
  for (const column of added.values()) column.append(from, from + group.rows);
  const written = await output.writeChunks([...added.values()].map(({ writer }) => writer));
  const described = new Map([...copied.descriptions, ...[...added.keys()].map((name, index) => [name, written.descriptions[index]!] as const)]);
  const chunks = schema.columns.map(({ name }) => described.get(name)!);
  return rowGroup(chunks, copied.plainBytes + written.plainBytes, group.rows);
}

/** A column in memory, on its way into the file. */
class AddedColumn {
  readonly writer: ParquetColumnWriter;
  readonly element: Encoded;
  readonly #values: ColumnValues;
  readonly #type: ColumnSchema['type'];
  hasMissing = false;

  constructor({ name, type }: ColumnSchema, values: ColumnValues) {
    requireFitting({ name, type }, values);
    const column: ParquetColumn = { name, type: TYPES[type]! };
    this.writer = new ParquetColumnWriter(column);
    this.element = schemaElement(column);
    this.#values = values;
    this.#type = type;
  }

  append(from: number, to: number): void {
    const run = this.#values instanceof Float64Array ? runOfNumbers(this.#values.subarray(from, to), this.#type) : runOfTexts(this.#values.slice(from, to));
    if (run.missingCount > 0) this.hasMissing = true;
    this.writer.append(run);
  }
}

function runOfNumbers(values: Float64Array, type: ColumnSchema['type']): ColumnRun {
  let [missingCount, least, greatest] = [0, Infinity, -Infinity];
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (Number.isNaN(value)) missingCount++;
  }
  const missing = (row: number): boolean => Number.isNaN(values[row]!);
  const bounds = type === 'boolean' || missingCount === values.length ? null : { least, greatest };
  if (type !== 'integer') return { values, missing, missingCount, bounds };
  const integers = BigInt64Array.from(values, (value) => (Number.isNaN(value) ? 0n : BigInt(value)));
  return { values: integers, missing, missingCount, bounds };
}

function runOfTexts(values: readonly (string | null)[]): ColumnRun {
  const missingCount = values.reduce((sum, value) => sum + (value === null ? 1 : 0), 0);
  return { values, missing: (row) => values[row] === null, missingCount, bounds: null };
}
