import type { DuckDBConnection } from '@duckdb/node-api';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { columnNames, isCategory } from '#nodes/kit/cells.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { column, COLUMN_ROLES, COLUMN_TYPES, tableSchema, type ColumnRole, type ColumnSchema, type ColumnType } from '#nodes/kit/table.ts';
import type { DuckSession } from './duck.ts';
import { storedExpression, typeOfDuck } from './duck-types.ts';
import { copyToParquet, type WrittenTable } from './write-table.ts';

/** Reads JSON: an array of objects, or one object per line. Nested values become JSON text. */
export function readJsonFile(session: DuckSession, path: string, target: string): Promise<WrittenTable> {
  const array = isArray(path);
  const options = `format = '${array ? 'array' : 'unstructured'}', sample_size = -1, maximum_depth = 2, map_inference_threshold = -1, maximum_object_size = ${64 * 2 ** 20}`;
  return session.with(async (connection) => {
    await connection.run(`CREATE TEMP TABLE cells AS SELECT * FROM read_json(${quoteText(session.source(path))}, ${options})`);
    return session.target(target, (inside) => copyTyped(connection, 'cells', inside, new Map()));
  });
}

/** Whether a JSON file is one array. Throws `data_unparsable` when the array is not closed, which DuckDB would let pass. */
function isArray(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const piece = (from: number): string => {
      const buffer = Buffer.alloc(Math.min(4_096, size - from));
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from)).trim();
    };
    if (!piece(0).startsWith('[')) return false;
    if (!piece(Math.max(0, size - 4_096)).endsWith(']'))
      throw new NodeError('data_unparsable', 'The JSON array is not closed: the file ends before its “]”. Is it complete?');
    return true;
  } finally {
    closeSync(file);
  }
}

/** Reads Parquet. A file that this product wrote keeps its categories and roles. */
export function readParquetFile(session: DuckSession, path: string, target: string): Promise<WrittenTable> {
  const source = session.source(path);
  return session.with(async (connection) => {
    const schema = await ownSchema(connection, source);
    return session.target(target, (inside) => copyTyped(connection, `read_parquet(${quoteText(source)})`, inside, schema));
  });
}

type OwnSchema = ReadonlyMap<string, { readonly type: ColumnType; readonly role: ColumnRole }>;

async function ownSchema(connection: DuckDBConnection, path: string): Promise<OwnSchema> {
  const reader = await connection.runAndReadAll(`SELECT decode(value) FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = 'modelwright'`);
  const text = reader.getRows()[0]?.[0];
  if (typeof text !== 'string') return new Map();
  try {
    const columns: unknown = JSON.parse(text);
    if (!Array.isArray(columns)) return new Map();
    const described = columns.filter(
      (each: Partial<ColumnSchema> | null): each is ColumnSchema =>
        typeof each?.name === 'string' && COLUMN_TYPES.includes(each.type!) && COLUMN_ROLES.includes(each.role!),
    );
    return new Map(described.map(({ name, type, role }) => [name, { type, role }]));
  } catch {
    return new Map();
  }
}

/** A column of a source: the name that people gave it, and the name and type that it has in DuckDB. */
export interface SourceColumn {
  readonly name: string;
  readonly column: string;
  readonly duck: string;
}

async function columnsOf(connection: DuckDBConnection, source: string): Promise<SourceColumn[]> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  return described.getRows().map(([name, duck]) => ({ name: String(name), column: String(name), duck: String(duck) }));
}

/** Columns whose values are told apart at a time: each holds megabytes meanwhile, however few values it has. */
const COUNTED_AT_ONCE = 50;

/** Writes what has types already, with categories where texts repeat. */
export async function copyTyped(
  connection: DuckDBConnection,
  source: string,
  target: string,
  own: OwnSchema,
  known?: readonly SourceColumn[],
): Promise<WrittenTable> {
  const described = known ?? (await columnsOf(connection, source));
  if (described.length === 0) throw new NodeError('data_empty', 'The file has no columns.');
  const names = columnNames(described.map(({ name }) => name));
  const types = described.map(({ name, duck }) => {
    const found = typeOfDuck(duck);
    return found === 'text' && own.get(name)?.type === 'category' ? 'category' : found;
  });
  const texts = described.flatMap(({ name, duck }, index) => (types[index] === 'text' && duck === 'VARCHAR' && !own.has(name) ? [index] : []));
  for (let from = 0; from < texts.length; from += COUNTED_AT_ONCE) {
    const some = texts.slice(from, from + COUNTED_AT_ONCE);
    const counts = some.map((index) => `count(DISTINCT ${quoteName(described[index]!.column)})`);
    const row = (await connection.runAndReadAll(`SELECT count(*), ${counts.join(', ')} FROM ${source}`)).getRows()[0]!;
    for (const [at, index] of some.entries()) if (isCategory(Number(row[at + 1]), Number(row[0]))) types[index] = 'category';
  }
  const schema = tableSchema(names.map((name, index) => column(name, types[index]!, { role: own.get(described[index]!.name)?.role ?? 'feature' })));
  const selected = described.map(({ column: inside, duck }, index) => `${storedExpression(inside, duck, types[index]!)} AS ${quoteName(names[index]!)}`);
  return copyToParquet(connection, `SELECT ${selected.join(', ')} FROM ${source}`, schema, target);
}
