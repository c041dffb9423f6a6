import {
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBMapValue,
  INTEGER,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { isTextual, tableSchema, type ColumnSchema, type Columns, type ColumnValues, type TableSchema } from '#nodes/kit/table.ts';
import type { DuckSession } from './duck.ts';
import type { Sealed } from './seal.ts';

export interface WrittenTable {
  readonly schema: TableSchema;
  readonly rowCount: number;
  /** Of the file, where it was brought to disk and hashed as it was written. */
  readonly sealed?: Sealed;
}

/** A table that a query wrote. */
export interface CopiedTable extends WrittenTable {
  /** Missing values of each column. */
  readonly missing: readonly number[];
  /** Whether a number of it is NaN, which no stored table may hold. */
  readonly undefinedNumbers: boolean;
}

const CHUNK_ROWS = 2_048;
const CODED_LEVELS = 4_096;

/** The schema as it stands in the metadata of a file, under `modelwright`. */
export const schemaText = ({ columns }: TableSchema): string => JSON.stringify(columns.map(({ name, type, role, model }) => ({ name, type, role, model })));

/**
 * Copies a query into a Parquet file with the schema in its metadata, so that equal bytes mean an equal table; rows keep their order. Gives
 * the schema with `nullable` true just where values are missing; `nullable` tells it when it is known already.
 */
export async function copyToParquet(
  connection: DuckDBConnection,
  query: string,
  schema: TableSchema,
  path: string,
  nullable?: readonly boolean[],
): Promise<CopiedTable> {
  if (schema.columns.length === 0) throw new NodeError('columns_none', 'No column is left. Keep at least one.');
  assertDistinctNames(schema.columns);
  const described = schemaText(schema);
  const copied = await connection.runAndReadAll(
    `COPY (${query}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy, KV_METADATA {modelwright: ${quoteText(described)}}, RETURN_STATS${boundsOf(schema)})`,
  );
  // Filename, count, two sizes, and what was counted in each column.
  const rowCount = Number(copied.value(1, 0));
  const counted = countedIn(copied.value(4, 0), schema);
  const missing = counted.map((each) => Number(each.get('null_count') ?? 0));
  const columns = schema.columns.map((each, index) => ({ ...each, nullable: nullable?.[index] ?? missing[index]! > 0 }));
  return { schema: tableSchema(columns), rowCount, missing, undefinedNumbers: counted.some((each) => each.get('has_nan') === 'true') };
}

/** From here on the writer's own bounds are too wide: a megabyte for the dictionary of each text column, and 122,880 rows that it gathers. */
const BOUNDED = 128;
const DICTIONARY_BYTES = 128 * 2 ** 20;
const GROUP_BYTES = 128 * 2 ** 20;
/** Of a value that waits to be written, about. */
const [NUMBER_BYTES, TEXT_BYTES] = [8, 64];
/** Rows that are computed together; row groups are multiples of it. */
const ROWS = 2_048;
const MOST_GROUP_ROWS = 122_880;

function boundsOf({ columns }: TableSchema): string {
  if (columns.length <= BOUNDED) return '';
  const rowBytes = columns.reduce((sum, { type }) => sum + (isTextual(type) ? TEXT_BYTES : NUMBER_BYTES), 0);
  const rows = Math.max(1, Math.floor(GROUP_BYTES / rowBytes / ROWS)) * ROWS;
  return `, STRING_DICTIONARY_PAGE_SIZE_LIMIT ${Math.floor(DICTIONARY_BYTES / columns.length)}, ROW_GROUP_SIZE ${Math.min(rows, MOST_GROUP_ROWS)}`;
}

/** What the writer of the file counted in each column, by its names for it. */
function countedIn(statistics: DuckDBValue | undefined, schema: TableSchema): ReadonlyMap<DuckDBValue, DuckDBValue>[] {
  if (!(statistics instanceof DuckDBMapValue)) throw new Error('The query told nothing of the file that it wrote.');
  const entriesOf = (values: DuckDBMapValue) => new Map(values.entries.map(({ key, value }) => [key, value]));
  const counts = new Map(statistics.entries.map(({ key, value }) => [key, value instanceof DuckDBMapValue ? entriesOf(value) : new Map<never, never>()]));
  return schema.columns.map(({ name }) => counts.get(quoteName(name)) ?? new Map<never, never>());
}

/** Throws `column_duplicate` for names that differ in case alone. */
export function assertDistinctNames(columns: readonly { readonly name: string }[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      throw new NodeError('column_duplicate', `The columns “${other}” and “${name}” have the same name (upper and lower case do not count). Rename one.`);
    seen.set(name.toLowerCase(), name);
  }
}

/** Writes columns in memory to a Parquet file. */
export async function writeTable(session: DuckSession, schema: TableSchema, columns: Columns, path: string): Promise<WrittenTable> {
  const values = schema.columns.map((each) => {
    const found = columns.get(each.name);
    if (!found) throw new Error(`The column "${each.name}" is in the schema but has no values.`);
    return found;
  });
  const rowCount = values[0]?.length ?? 0;
  const plans = schema.columns.map((each, index) => planColumn(each, values[index]!, rowCount, `c${index}`));
  return session.with(async (connection) => {
    const fields = plans.map((plan, index) => `c${index} ${plan.duck}`);
    if (fields.length > 0) await connection.run(`CREATE TEMP TABLE cells (${fields.join(', ')})`);
    const appender = fields.length > 0 && rowCount > 0 ? await connection.createAppender('cells') : null;
    for (let from = 0; from < rowCount && appender; from += CHUNK_ROWS) {
      const to = Math.min(from + CHUNK_ROWS, rowCount);
      const chunk = DuckDBDataChunk.create(
        plans.map((plan) => plan.vector),
        to - from,
      );
      for (const [index, plan] of plans.entries()) plan.fill(chunk, index, from, to);
      appender.appendDataChunk(chunk);
    }
    appender?.closeSync();
    const selected = plans.map((plan, index) => `${plan.expression} AS ${quoteName(schema.columns[index]!.name)}`);
    const query = `SELECT ${selected.join(', ')} FROM cells`;
    return session.target(path, (inside) => copyToParquet(connection, query, schema, inside, values.map(hasMissing)));
  });
}

const hasMissing = (values: ColumnValues): boolean => (values instanceof Float64Array ? values.some(Number.isNaN) : values.includes(null));

interface ColumnPlan {
  readonly duck: string;
  readonly vector: DuckDBType;
  /** SQL that turns the appended cell into what is stored. */
  readonly expression: string;
  fill(chunk: DuckDBDataChunk, index: number, from: number, to: number): void;
}

function planColumn(schema: ColumnSchema, values: ColumnValues, rowCount: number, cell: string): ColumnPlan {
  const { name, type } = schema;
  if (values.length !== rowCount) throw new Error(`The column "${name}" has ${values.length} values where ${rowCount} were expected.`);
  requireFitting(schema, values);
  if (values instanceof Float64Array) return planNumbers(type, values, cell);
  return planTexts(values, cell);
}

/** Throws when a column in memory holds what its type does not have. */
export function requireFitting({ name, type }: Pick<ColumnSchema, 'name' | 'type'>, values: ColumnValues): void {
  if (isTextual(type) !== !(values instanceof Float64Array)) throw new Error(`The values of "${name}" do not fit its type ${type}.`);
  if (!(values instanceof Float64Array) || (type !== 'integer' && type !== 'boolean')) return;
  const wrong = values.find((value) => !Number.isNaN(value) && (type === 'boolean' ? value !== 0 && value !== 1 : !Number.isSafeInteger(value)));
  if (wrong !== undefined) throw new Error(`The column "${name}" is ${type}, but holds ${wrong}.`);
}

/** SQL for what is stored of a value as columns in memory hold it: a float64 with not-a-number for missing, or a text. */
export function storedCell(type: ColumnSchema['type'], cell: string): string {
  const some = `nullif(${cell}, 'NaN'::DOUBLE)`;
  return {
    number: some,
    integer: `CAST(${some} AS BIGINT)`,
    boolean: `${some} <> 0`,
    datetime: `make_timestamp_ms(CAST(round(${some}) AS BIGINT))`,
    text: cell,
    category: cell,
  }[type];
}

function planNumbers(type: ColumnSchema['type'], values: Float64Array, cell: string): ColumnPlan {
  return {
    duck: 'DOUBLE',
    vector: DOUBLE,
    // Planning many expressions that name a column twice takes long, and where nothing is missing there is nothing to tell.
    expression: type === 'number' && !hasMissing(values) ? cell : storedCell(type, cell),
    fill(chunk, index, from, to) {
      const vector = chunk.getColumnVector(index);
      if (!(vector instanceof DuckDBDoubleVector)) throw new Error('Expected a vector of doubles.');
      vector['items'].set(values.subarray(from, to));
      vector.flush();
    },
  };
}

function planTexts(values: readonly (string | null)[], cell: string): ColumnPlan {
  const codes = new Map<string, number>();
  for (const value of values) {
    if (value !== null && !codes.has(value)) codes.set(value, codes.size + 1);
    if (codes.size > CODED_LEVELS) break;
  }
  if (codes.size > CODED_LEVELS) {
    return { duck: 'VARCHAR', vector: VARCHAR, expression: cell, fill: (chunk, index, from, to) => chunk.setColumnValues(index, values.slice(from, to)) };
  }
  if (codes.size === 0) {
    return {
      duck: 'BOOLEAN',
      vector: BOOLEAN,
      expression: 'CAST(NULL AS VARCHAR)',
      fill: (chunk, index, from, to) =>
        chunk.setColumnValues(
          index,
          values.slice(from, to).map(() => null),
        ),
    };
  }
  return {
    duck: 'INTEGER',
    vector: INTEGER,
    expression: `([${[...codes.keys()].map(quoteText).join(', ')}])[${cell}]`,
    fill: (chunk, index, from, to) =>
      chunk.setColumnValues(
        index,
        values.slice(from, to).map((value) => (value === null ? null : codes.get(value)!)),
      ),
  };
}
