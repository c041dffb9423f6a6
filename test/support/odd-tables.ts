import { memoryTable, tableSchema, type Columns, type ColumnValues, type Table } from '#nodes/kit/table.ts';

type Change = (values: ColumnValues) => ColumnValues;

async function withValues(table: Table, change: Change): Promise<Table> {
  const columns: Columns = new Map([...(await table.read())].map(([name, values]) => [name, change(values)]));
  return memoryTable(table.schema, columns);
}

const firstValues = (values: ColumnValues, count: number): ColumnValues => (values instanceof Float64Array ? values.slice(0, count) : values.slice(0, count));

const repeat =
  (times: number): Change =>
  (values) => {
    const length = values.length * times;
    if (values instanceof Float64Array) return Float64Array.from({ length }, (_, index) => values[index % values.length]!);
    return Array.from({ length }, (_, index) => values[index % values.length]!);
  };

const missing: Change = (values) => (values instanceof Float64Array ? values.map(() => NaN) : values.map(() => null));
const constant: Change = (values) => {
  if (!(values instanceof Float64Array)) return values.map(() => values.find((value) => value !== null) ?? null);
  const some = values.find((value) => !Number.isNaN(value)) ?? NaN;
  return values.map(() => some);
};

/** The same table with no rows, one row, only missing values, or one value per column. */
export const ODD_TABLES: Readonly<Record<string, (table: Table) => Promise<Table>>> = {
  '0 rows': (table) => withValues(table, (values) => firstValues(values, 0)),
  '1 row': (table) => withValues(table, (values) => firstValues(values, 1)),
  'all missing': async (table) => nullable(await withValues(table, missing)),
  constant: (table) => withValues(table, constant),
};

async function nullable(table: Table): Promise<Table> {
  return memoryTable(tableSchema(table.schema.columns.map((each) => ({ ...each, nullable: true }))), await table.read());
}

/** The table with its rows over and over. */
export const repeated = (table: Table, times: number): Promise<Table> => withValues(table, repeat(times));

const ODD_NAMES = [
  '__proto__',
  'a "quoted" name',
  "it's",
  'select',
  'ünï cödé ☃',
  '{curly} [square]',
  'a,b;c',
  '-- comment',
  ' x',
  'constructor',
  '%s',
  '$1',
  'a\\b',
  '<b>',
];
/** Names that break SQL, JSON or objects where they are not quoted. */
export const oddName = (index: number): string => (index < ODD_NAMES.length ? ODD_NAMES[index]! : `odd name ${index}`);

/** The table with odd column names, and the old names by the new. */
export async function oddlyNamed(table: Table, names: Map<string, string>): Promise<Table> {
  for (const { name } of table.schema.columns) if (!names.has(name)) names.set(name, oddName(names.size));
  const columns: Columns = new Map([...(await table.read())].map(([name, values]) => [names.get(name)!, values]));
  return memoryTable(tableSchema(table.schema.columns.map((each) => ({ ...each, name: names.get(each.name)! }))), columns);
}

/** Parameters in which every text that names a column names it anew. */
export function renamed(params: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof params === 'string') return names.get(params) ?? params;
  if (Array.isArray(params)) return params.map((each) => renamed(each, names));
  if (params !== null && typeof params === 'object') return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, renamed(value, names)]));
  return params;
}

/** The values of a column as a plain array, not-a-number as null, for comparing. */
export const plainValues = (values: ColumnValues): (number | string | null)[] =>
  Array.from<number | string | null, number | string | null>(values, (value) => (typeof value === 'number' && Number.isNaN(value) ? null : value));

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && 'schema' in value && 'read' in value;
