import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api';
import { DuckDBDoubleVector } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { isTextual, type Columns, type ColumnSchema, type ColumnValues, type Table, type TableSchema } from '#nodes/kit/table.ts';
import type { Relation, TableQuery } from '../table-query.ts';
import type { DuckSession } from './duck.ts';
import { numericExpression } from './duck-types.ts';
import type { Sealed } from './seal.ts';

/** Categories with at most this many levels are read as codes, so that equal cells share one string. */
const CODED_LEVELS = 4_096;

/** A table in the store or in the output folder, read on demand. */
export class DuckTable implements Table {
  readonly schema: TableSchema;
  readonly rowCount: number;
  readonly hash?: string;
  readonly relation: Relation;
  /** For a table that is a query. */
  readonly query?: TableQuery;
  readonly sealed?: Sealed;
  readonly #workbench: TableMaker;
  #file: Promise<string> | null = null;

  constructor(workbench: TableMaker, place: Placed, schema: TableSchema, rowCount: number) {
    this.#workbench = workbench;
    this.relation = place.relation;
    this.query = place.query;
    this.hash = place.hash;
    this.sealed = place.sealed;
    this.schema = schema;
    this.rowCount = rowCount;
  }

  /** The path of the Parquet file; that of a query is written when it is first asked for. */
  file(): Promise<string> {
    return (this.#file ??= this.#whole());
  }

  async #whole(): Promise<string> {
    const { relation } = this;
    if (!('path' in relation)) return this.#workbench.write(relation, this.schema);
    return relation.columns ? this.#workbench.write({ sql: 'SELECT * FROM data', inputs: { data: relation } }, this.schema) : relation.path;
  }

  async read(names: readonly string[] = this.schema.columns.map((each) => each.name)): Promise<Columns> {
    const known = new Map(this.schema.columns.map((each) => [each.name, each]));
    const wanted = [...new Set(names)].map((name) => {
      const schema = known.get(name);
      if (!schema) throw new Error(`No column "${name}".`);
      return schema;
    });
    if (wanted.length === 0) return new Map();
    const path = await this.file();
    const session = await this.#workbench.session();
    return session.with((connection) => readColumns(connection, session.source(path), wanted, this.rowCount));
  }
}

/** What tables ask of the workbench that made them. */
interface TableMaker {
  session(): Promise<DuckSession>;
  /** Writes a query's rows to a Parquet file; gives its path. */
  write(relation: Extract<Relation, { sql: string }>, schema: TableSchema): Promise<string>;
}

/** Where a table lies. */
export interface Placed {
  readonly relation: Relation;
  readonly query?: TableQuery;
  /** Of the artifact, where it is in the store. */
  readonly hash?: string;
  /** Of the file, where it was brought to disk and hashed as it was written. */
  readonly sealed?: Sealed;
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
