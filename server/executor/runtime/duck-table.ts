import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api';
import { DuckDBDoubleVector } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { isTextual, type Columns, type ColumnSchema, type ColumnValues, type Table, type TableSchema } from '#nodes/kit/table.ts';
import type { DuckSession } from './duck.ts';
import { numericExpression } from './duck-types.ts';

/** Categories with at most this many levels are read as codes, so that equal cells share one string. */
const CODED_LEVELS = 4_096;

/** A table in a Parquet file, read on demand. */
export class DuckTable implements Table {
  readonly schema: TableSchema;
  readonly rowCount: number;
  readonly path: string;
  readonly hash?: string;
  readonly #session: () => Promise<DuckSession>;

  constructor(session: () => Promise<DuckSession>, path: string, schema: TableSchema, rowCount: number, hash?: string) {
    this.#session = session;
    this.path = path;
    this.schema = schema;
    this.rowCount = rowCount;
    this.hash = hash;
  }

  async read(names: readonly string[] = this.schema.columns.map((each) => each.name)): Promise<Columns> {
    const known = new Map(this.schema.columns.map((each) => [each.name, each]));
    const wanted = [...new Set(names)].map((name) => {
      const schema = known.get(name);
      if (!schema) throw new Error(`No column "${name}".`);
      return schema;
    });
    if (wanted.length === 0) return new Map();
    const session = await this.#session();
    return session.with((connection) => readColumns(connection, session.source(this.path), wanted, this.rowCount));
  }
}

type Filler = (vector: DuckDBVector, from: number) => void;

async function readColumns(connection: DuckDBConnection, path: string, wanted: readonly ColumnSchema[], rowCount: number): Promise<Columns> {
  const source = `read_parquet(${quoteText(path)})`;
  const columns = new Map<string, ColumnValues>();
  const fillers: Filler[] = [];
  const expressions: string[] = [];
  for (const schema of wanted) {
    const identifier = quoteName(schema.name);
    if (!isTextual(schema.type)) {
      const values = new Float64Array(rowCount);
      columns.set(schema.name, values);
      expressions.push(numericExpression(schema.name, schema.type));
      fillers.push((vector, from) => values.set(doubles(vector), from));
      continue;
    }
    const values = new Array<string | null>(rowCount).fill(null);
    columns.set(schema.name, values);
    const levels = schema.type === 'category' ? await levelsOf(connection, source, identifier) : null;
    if (levels !== null && levels.length > 0) {
      expressions.push(`coalesce(CAST(enum_code(CAST(${identifier} AS ENUM (${levels.map(quoteText).join(', ')}))) AS DOUBLE), 'NaN'::DOUBLE)`);
      fillers.push((vector, from) => {
        const codes = doubles(vector);
        for (let row = 0; row < codes.length; row++) values[from + row] = levels[codes[row]!] ?? null;
      });
    } else {
      expressions.push(identifier);
      fillers.push((vector, from) => {
        for (let row = 0; row < vector.itemCount; row++) values[from + row] = vector.getItem(row) as string | null;
      });
    }
  }
  const result = await connection.stream(`SELECT ${expressions.join(', ')} FROM ${source}`);
  let from = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [index, fill] of fillers.entries()) fill(chunk.getColumnVector(index), from);
    from += chunk.rowCount;
  }
  if (from !== rowCount) throw new Error(`The table has ${from} rows where ${rowCount} were expected.`);
  return columns;
}

const doubles = (vector: DuckDBVector): Float64Array => {
  if (!(vector instanceof DuckDBDoubleVector)) throw new Error('Expected a vector of doubles.');
  return vector['items'];
};

async function levelsOf(connection: DuckDBConnection, source: string, identifier: string): Promise<string[] | null> {
  const reader = await connection.runAndReadAll(`SELECT DISTINCT ${identifier} FROM ${source} WHERE ${identifier} IS NOT NULL LIMIT ${CODED_LEVELS + 1}`);
  const levels = reader.getColumns()[0] as string[] | undefined;
  return levels === undefined ? [] : levels.length > CODED_LEVELS ? null : levels;
}
