import type { RunContext } from '../kit/context.ts';
import type { Table, TableSchema } from '../kit/table.ts';

/**
 * Columns of one query: the time that DuckDB plans one grows with the square of its expressions, and with all columns of its inputs; with 10,000 of
 * both it takes minutes.
 */
const PART = 500;

export const isWide = ({ schema }: Table): boolean => schema.columns.length > PART;

export interface RowSource {
  /** What the expressions are computed from, in SQL over `inputs`; its rows have an order. Of the input `data` only what the expressions name is there. */
  readonly from: string;
  readonly inputs: Readonly<Record<string, Table>>;
}

/**
 * The table `SELECT expressions FROM from`; `expressions` are the columns of `schema` in its order, each with its name. Many are computed by several
 * queries and laid side by side, so they must be of single rows.
 */
export async function queryInParts(expressions: readonly string[], { from, inputs }: RowSource, schema: TableSchema, context: RunContext): Promise<Table> {
  if (expressions.length <= PART) return context.query(`SELECT ${expressions.join(', ')} FROM ${from}`, inputs, schema);
  const parts: Record<string, Table> = {};
  for (let at = 0; at < expressions.length; at += PART) {
    context.progress((0.8 * at) / expressions.length, `Columns ${at + 1} to ${Math.min(at + PART, expressions.length)}`);
    const some = expressions.slice(at, at + PART);
    const columns = { columns: schema.columns.slice(at, at + PART), open: false };
    const data = inputs.data && (await narrow(inputs.data, some, context));
    parts[`part${at}`] = await context.query(`SELECT ${some.join(', ')} FROM ${from}`, data ? { ...inputs, data } : inputs, columns);
  }
  return context.query(`SELECT * FROM ${Object.keys(parts).join(' POSITIONAL JOIN ')}`, parts, schema);
}

const TOKENS = /'(?:[^']|'')*'|"((?:[^"]|"")*)"/g;

/** A wide table with the columns alone that the product's own expressions name, in double quotes; any other table as it is. */
export function narrow(data: Table, expressions: readonly string[], context: Pick<RunContext, 'only'>): Table | Promise<Table> {
  if (!isWide(data)) return data;
  const named = new Set(expressions.flatMap((sql) => [...sql.matchAll(TOKENS)].flatMap(([, name]) => name?.replaceAll('""', '"') ?? [])));
  const names = data.schema.columns.map(({ name }) => name).filter((name) => named.has(name));
  return context.only(data, names.length > 0 ? names : [data.schema.columns[0]!.name]);
}
