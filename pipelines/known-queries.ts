import type { Assets, QueryCheck } from '#nodes/kit/define.ts';
import type { ColumnType, TableSchema } from '#nodes/kit/table.ts';

/** A query over tables of some schemas: what DuckDB is asked. */
export interface QueryQuestion {
  readonly sql: string;
  readonly inputs: Readonly<Record<string, { readonly columns: readonly { readonly name: string; readonly type: ColumnType }[] }>>;
}

const KEPT = 1_000;

/** Answers of DuckDB to queries without data, which hold for ever; the oldest are forgotten. */
export class KnownQueries {
  readonly #answers = new Map<string, QueryCheck>();
  readonly #texts = new WeakMap<TableSchema, string>();

  /** What `infer` may look up; what is asked for and not known is told to `want`. Open tables, and those without columns, cannot be asked about. */
  lookup(want: (key: string, question: QueryQuestion) => void): NonNullable<Assets['query']> {
    return (sql, inputs) => {
      const tables = Object.entries(inputs);
      if (tables.some(([, { open, columns }]) => open || columns.length === 0)) return undefined;
      const key = JSON.stringify([sql, tables.map(([name, schema]) => [name, this.#textOf(schema)])]);
      const known = this.#answers.get(key);
      if (!known) want(key, { sql, inputs: Object.fromEntries(tables.map(([name, { columns }]) => [name, { columns: columns.map(short) }])) });
      return known;
    };
  }

  learn(key: string, answer: QueryCheck): void {
    this.#answers.set(key, answer);
    if (this.#answers.size > KEPT) this.#answers.delete(this.#answers.keys().next().value!);
  }

  #textOf(schema: TableSchema): string {
    let text = this.#texts.get(schema);
    if (text === undefined) this.#texts.set(schema, (text = JSON.stringify(schema.columns.map(({ name, type }) => [name, type]))));
    return text;
  }
}

const short = ({ name, type }: { name: string; type: ColumnType }) => ({ name, type });
