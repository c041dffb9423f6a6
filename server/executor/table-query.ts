/** A table that is kept as the query that gives it: nothing of it is written until someone reads it other than by a query. */
export interface TableQuery {
  /** The product's own SQL over the names of `inputs`; it gives what is stored, column by column. */
  readonly sql: string;
  readonly inputs: Readonly<Record<string, TableSource>>;
}
/** A table in the store, or again a query. */
export type TableSource = { readonly hash: string } | TableQuery;

const isQuery = (source: TableSource): source is TableQuery => 'sql' in source;

/** The hashes of the stored tables that a query reads, each once. */
export function hashesOf(query: TableQuery): string[] {
  const read = (source: TableSource): string[] => (isQuery(source) ? Object.values(source.inputs).flatMap(read) : [source.hash]);
  return [...new Set(read(query))];
}

/** How many queries stand one within another. */
export const depthOf = (source: TableSource): number => (isQuery(source) ? 1 + Math.max(0, ...Object.values(source.inputs).map(depthOf)) : 0);

/** Where the rows of a table are found on this machine: in a file, of which it may be some columns alone, or by a query over others. */
export type Relation =
  { readonly path: string; readonly columns?: readonly string[] } | { readonly sql: string; readonly inputs: Readonly<Record<string, Relation>> };

/** The relation of a query whose stored tables lie at `paths`, by hash. */
export function relationOf(query: TableQuery, paths: Readonly<Record<string, string>>): Relation {
  const locate = (source: TableSource): Relation => {
    if (isQuery(source)) return relationOf(source, paths);
    const path = paths[source.hash];
    if (path === undefined) throw new Error(`Where the table ${source.hash} lies was not told.`);
    return { path };
  };
  return { sql: query.sql, inputs: Object.fromEntries(Object.entries(query.inputs).map(([name, source]) => [name, locate(source)])) };
}
