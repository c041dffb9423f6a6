import type { ColumnSchema, ColumnValues } from './table.ts';

/** What a source holds: a table or view of a database, or a file or folder. */
export interface ConnectionItem {
  /** How `Import Data` names it: `schema.table`, or a path within the connection with `/` between parts. */
  readonly path: string;
  readonly type: 'table' | 'view' | 'file' | 'folder';
  readonly bytes?: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt?: number;
}

/** What nodes can do with connections of a kind. */
export interface ConnectionAbility {
  readonly gives: 'files' | 'rows';
  /** Whether Export Data can write there. */
  readonly writes: boolean;
}

export type RowSource = { readonly table: string } | { readonly query: string };

export interface RowBatch {
  readonly rowCount: number;
  readonly values: readonly ColumnValues[];
}

export interface ReadRows {
  readonly columns: readonly ColumnSchema[];
  /**
   * Whole batches of columns, in the source's order; each has as many values as it has rows. Integers are exact: where a batch holds one beyond
   * ±(2^53 − 1), that column of that batch is decimal texts, with null for missing, in place of float64.
   */
  readonly batches: AsyncIterable<RowBatch>;
}

export interface RowReadOptions {
  /**
   * Only rows whose column is greater than the value; without a value all rows. The value is what was read before, as text: a number, or an instant
   * as `2024-01-31 12:00:00.123` (UTC). Datetimes are compared by whole milliseconds, rounded down, since no more of them is kept.
   */
  readonly after?: { readonly column: string; readonly value: string | null };
  readonly batchRows: number;
}

export type WriteMode = 'create' | 'append' | 'replace';

/** How a write of rows ended. */
export interface WriteEnd {
  /** An earlier try of the step had written the rows, so that nothing was written now. */
  readonly earlier: boolean;
  /** The write is noted in the database beside its rows, so that another try of the step sees it. */
  readonly noted: boolean;
}

/** An open connection. What a kind cannot do is left out, and the screens do not offer it. Errors: `NodeError` with `connection_refused`, `connection_failed`, `connection_missing`. */
export interface OpenConnection {
  /** Tries what reading needs, and says in words what was found: `PostgreSQL 15.4, 12 tables`. */
  test(): Promise<string>;
  list(path: string): Promise<readonly ConnectionItem[]>;
  readonly files?: {
    /** Changes whenever the content does, as far as the source tells: an ETag, or size and time. */
    state(path: string): Promise<string>;
    read(path: string): Promise<AsyncIterable<Uint8Array>>;
    write?(path: string, content: AsyncIterable<Uint8Array>, bytes: number): Promise<void>;
  };
  readonly rows?: {
    read(source: RowSource, options: RowReadOptions): Promise<ReadRows>;
    /** All rows or none, in one transaction; once for each step and table, where the write can be noted. */
    write?(table: string, rows: ReadRows, mode: WriteMode): Promise<WriteEnd>;
  };
  close(): Promise<void>;
}
