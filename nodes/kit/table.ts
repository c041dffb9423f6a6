import type { Task } from './signature.ts';

/** The types a column can have. In typed arrays all but `text` and `category`, which are strings, are numbers; `graphTypeOf` tells what they are in ONNX. */
export const COLUMN_TYPES = ['number', 'integer', 'boolean', 'text', 'category', 'datetime'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** What a column is for. A column with no role is an ordinary feature. */
export const COLUMN_ROLES = ['feature', 'label', 'weight', 'id', 'score'] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  /** May hold missing values. */
  readonly nullable: boolean;
  /** Of a score: what made it. */
  readonly model?: { readonly title: string; readonly task: Task };
}

export interface TableSchema {
  readonly columns: readonly ColumnSchema[];
  /** More columns may come: what leaves depends on data that no one has read yet. */
  readonly open: boolean;
}

/**
 * The values of one column. Numbers, integers, booleans (0 and 1) and datetimes (milliseconds since 1970, UTC) as float64 with NaN for
 * missing; text and categories as strings with null for missing.
 */
export type ColumnValues = Float64Array | readonly (string | null)[];
export type Columns = ReadonlyMap<string, ColumnValues>;

/** A table on an edge: its schema, and its columns on demand. It never changes. */
export interface Table {
  readonly schema: TableSchema;
  readonly rowCount: number;
  /** sha256 of the file that holds it, once it is stored. */
  readonly hash?: string;
  /** Reads whole columns, by default all of them. */
  read(names?: readonly string[]): Promise<Columns>;
}

export const isTextual = (type: ColumnType): boolean => type === 'text' || type === 'category';
export const isNumeric = (type: ColumnType): boolean => type === 'number' || type === 'integer';

export function column(name: string, type: ColumnType, more: Partial<Omit<ColumnSchema, 'name' | 'type'>> = {}): ColumnSchema {
  return { name, type, role: 'feature', nullable: false, ...more };
}

export function tableSchema(columns: readonly ColumnSchema[], open = false): TableSchema {
  return { columns, open };
}

export const OPEN_TABLE: TableSchema = { columns: [], open: true };

const indexes = new WeakMap<TableSchema['columns'], ReadonlyMap<string, ColumnSchema>>();

/** The columns by name; made once for a schema, so that whoever asks for each of thousands does not go through all of them each time. */
export function columnsByName({ columns }: TableSchema): ReadonlyMap<string, ColumnSchema> {
  const known = indexes.get(columns);
  if (known) return known;
  // Backwards, so that of two of one name the first stays.
  const made = new Map(columns.toReversed().map((each) => [each.name, each]));
  indexes.set(columns, made);
  return made;
}

/** From here on an index is worth its memory. */
const INDEXED = 32;

/** The column of that name, or undefined. */
export function findColumn(schema: TableSchema | undefined, name: string): ColumnSchema | undefined {
  if (!schema) return undefined;
  return schema.columns.length < INDEXED ? schema.columns.find((each) => each.name === name) : columnsByName(schema).get(name);
}

/** A column of a query's result: its type as found, but a promised category stays one, a promised number may hold whole numbers, and roles stay. */
export function resultColumn(name: string, found: ColumnType, promised: ColumnSchema | undefined): ColumnSchema {
  if (!promised) return column(name, found);
  const same = isTextual(found) && isTextual(promised.type);
  const type = same ? promised.type : found === 'integer' && promised.type === 'number' ? 'number' : found;
  return column(name, type, { role: promised.role, ...(promised.model && { model: promised.model }) });
}

class MemoryTable implements Table {
  readonly schema: TableSchema;
  readonly rowCount: number;
  readonly #columns: Columns;

  constructor(schema: TableSchema, columns: Columns, rowCount: number) {
    this.schema = schema;
    this.#columns = columns;
    this.rowCount = rowCount;
  }

  async read(names: readonly string[] = this.schema.columns.map((each) => each.name)): Promise<Columns> {
    return new Map(
      names.map((name) => {
        const values = this.#columns.get(name);
        if (!values) throw new Error(`No column "${name}".`);
        return [name, values];
      }),
    );
  }
}

/** A table of columns that are in memory already. */
export function memoryTable(schema: TableSchema, columns: Columns): Table {
  const first = columns.values().next().value;
  return new MemoryTable(schema, columns, first?.length ?? 0);
}

type Cell = number | string | boolean | null;

/**
 * A small table for examples and tests. Types follow the values: numbers → number, booleans → boolean, strings → category; give a schema to
 * say otherwise.
 * @example tableOf({ age: [20, null], city: ['Oslo', 'Rome'] })
 */
export function tableOf(data: Readonly<Record<string, readonly Cell[]>>, overrides: Readonly<Record<string, Partial<ColumnSchema>>> = {}): Table {
  const columns = new Map<string, ColumnValues>();
  const schema: ColumnSchema[] = [];
  for (const [name, cells] of Object.entries(data)) {
    const some = cells.find((cell) => cell !== null);
    const guess: ColumnType = typeof some === 'string' ? 'category' : typeof some === 'boolean' ? 'boolean' : 'number';
    const described = column(name, guess, { nullable: cells.includes(null), ...overrides[name] });
    schema.push(described);
    columns.set(
      name,
      isTextual(described.type)
        ? cells.map((cell) => (cell === null ? null : String(cell)))
        : Float64Array.from(cells, (cell) => (cell === null ? NaN : Number(cell))),
    );
  }
  return new MemoryTable(tableSchema(schema), columns, Object.values(data)[0]?.length ?? 0);
}
