import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '#nodes/kit/issues.ts';
import { quoteName } from '#nodes/kit/define.ts';
import { tableSchema, type Columns, type Table, type TableSchema } from '#nodes/kit/table.ts';
import { WIDE } from '#nodes/transform/query-in-parts.server.ts';
import type { ArtifactFile } from '../messages.ts';
import { relationOf, type Relation, type TableSource } from '../table-query.ts';
import { DuckTable } from './duck-table.ts';
import type { DuckEngine } from './duck-engine.ts';
import { DuckSession, type SessionLimits } from './duck.ts';
import { writeBeside } from './parquet-beside.ts';
import { writeSideBySide } from './parquet-side-by-side.ts';
import { NarrowFiles, readFooter } from './narrow-files.ts';
import { describeTable, queryRows, queryTable } from './query-table.ts';
import { writeTable, type WrittenTable } from './write-table.ts';

export interface WorkbenchOptions {
  readonly outputFolder: string;
  readonly scratchFolder: string;
  readonly memoryBytes: number;
  /** Files that may be read. */
  readonly files: readonly string[];
  readonly threads?: number;
  /** The database of the process; without it the workbench opens one of its own. */
  readonly engine?: DuckEngine;
  readonly signal: AbortSignal;
}

/** What a step process holds before it does anything. Of the rest, DuckDB may use half; the other half is for columns in memory. */
const PROCESS_BYTES = 128 * 2 ** 20;

/** Rows of a table from which on copying its bytes is worth a file of its own kind; that of a wide one always is. */
const COPIED_FROM = 50_000;

/** Where a step makes tables: a DuckDB session that opens when it is first needed, and names for the files. */
export class Workbench {
  readonly #options: WorkbenchOptions;
  #session: Promise<DuckSession> | null = null;
  #count = 0;
  readonly #claimed = new Set<string>();
  readonly #narrowFiles = new NarrowFiles();
  readonly #stop = (): void => void this.#session?.then((session) => session.interrupt()).catch(() => undefined);

  constructor(options: WorkbenchOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#stop);
  }

  readonly session = (): Promise<DuckSession> => {
    this.#options.signal.throwIfAborted();
    return (this.#session ??= this.#open());
  };

  #open(): Promise<DuckSession> {
    const { outputFolder, scratchFolder, memoryBytes, files, threads = 1, engine } = this.#options;
    const spillFolder = join(scratchFolder, 'spill');
    const limits: SessionLimits = {
      memoryBytes: Math.max(memoryBytes - PROCESS_BYTES, 0) / 2,
      threads,
      spillFolder,
      files,
      folders: [scratchFolder, outputFolder],
    };
    return engine ? engine.session(limits) : DuckSession.open(limits);
  }

  /** A path in the output folder that is not taken. */
  newPath(extension: string): string {
    return join(this.#options.outputFolder, `output-${++this.#count}.${extension}`);
  }

  /** Threads that what is written may use. */
  get threads(): number {
    return this.#options.threads ?? 1;
  }

  /** The path for one output; a second output of the same file gets a copy, since each is moved into the store. */
  async claim(path: string): Promise<string> {
    if (!this.#claimed.has(path)) {
      this.#claimed.add(path);
      return path;
    }
    const copy = this.newPath('parquet');
    await copyFile(path, copy);
    return copy;
  }

  /** A table over a Parquet file whose schema is known; `hash` where it is in the store. */
  open(path: string, schema: TableSchema, rowCount: number, hash?: string): DuckTable {
    return new DuckTable(this, { relation: { path }, hash }, schema, rowCount);
  }

  /** The table of an artifact, whether its file holds rows or a query. */
  openArtifact({ hash, path, meta, sources = {} }: ArtifactFile): DuckTable {
    if (meta.kind !== 'table') throw new NodeError('data_missing', 'This is no table.');
    const { schema, rowCount, query } = meta;
    return query ? new DuckTable(this, { relation: relationOf(query, sources), query, hash }, schema, rowCount) : this.open(path, schema, rowCount, hash);
  }

  /** A new table: `write` fills the Parquet file at the path that it gets. */
  make(write: (path: string, session: DuckSession) => Promise<WrittenTable>): Promise<DuckTable> {
    return this.fill(async (path) => write(path, await this.session()));
  }

  /** As `make`, for what may need no session. */
  async fill(write: (path: string) => Promise<WrittenTable>): Promise<DuckTable> {
    const path = this.newPath('parquet');
    const { schema, rowCount, sealed } = await write(path);
    this.#options.signal.throwIfAborted();
    return new DuckTable(this, { relation: { path }, sealed }, schema, rowCount);
  }

  table(schema: TableSchema, columns: Columns): Promise<DuckTable> {
    return this.make((path, session) => writeTable(session, schema, columns, path));
  }

  /** New columns beside those of a table, row by row; `schema` has all in their order. */
  async beside(table: Table, columns: Columns, schema: TableSchema): Promise<DuckTable> {
    const given = { columns: schema.columns.filter(({ name }) => columns.has(name)), open: false };
    if (given.columns.length === schema.columns.length) return this.table(schema, columns);
    const names = schema.columns.map(({ name }) => `${columns.has(name) ? 'made' : 'data'}.${quoteName(name)}`);
    if (given.columns.length === 0) return this.query(`SELECT ${names.join(', ')} FROM data`, { data: table }, schema);
    const data = await this.stored(table);
    if (data.rowCount >= COPIED_FROM || schema.columns.length > WIDE) {
      const path = this.newPath('parquet');
      const written = await writeBeside({ base: await data.file(), schema, columns, signal: this.#options.signal }, path);
      if (written) return new DuckTable(this, { relation: { path }, sealed: written.sealed }, written.schema, written.rowCount);
    }
    return this.query(`SELECT ${names.join(', ')} FROM data POSITIONAL JOIN made`, { data, made: await this.table(given, columns) }, schema);
  }

  /** Columns of tables of equally many rows in the order of `schema`, each from the last table that has it. */
  async sideBySide(tables: readonly Table[], schema: TableSchema): Promise<DuckTable> {
    const owners = new Map(tables.flatMap((table, at) => table.schema.columns.map(({ name }) => [name, at] as const)));
    const taken = tables.map((table, at) => ({
      table,
      name: `t${at}`,
      names: schema.columns.map(({ name }) => name).filter((name) => owners.get(name) === at),
    }));
    const used = await Promise.all(
      taken.filter(({ names }) => names.length > 0).map(async ({ table, ...rest }) => ({ ...rest, table: await this.stored(table) })),
    );
    const sides = await Promise.all(used.map(async ({ table, names }) => ({ path: await table.file(), schema: table.schema, names })));
    const path = this.newPath('parquet');
    const how = { path, signal: this.#options.signal, sourceOf: readFooter, lasting: true };
    const written = await writeSideBySide(sides, schema, how);
    if (written) return new DuckTable(this, { relation: { path }, sealed: written.sealed }, written.schema, written.rowCount);
    const columns = schema.columns.map(({ name }) => `t${owners.get(name)}.${quoteName(name)}`);
    const inputs = Object.fromEntries(used.map(({ name, table }) => [name, table]));
    return this.query(`SELECT ${columns.join(', ')} FROM ${Object.keys(inputs).join(' POSITIONAL JOIN ')}`, inputs, schema);
  }

  async write({ sql, inputs }: Extract<Relation, { sql: string }>, schema: TableSchema): Promise<string> {
    const path = this.newPath('parquet');
    await queryTable(await this.session(), sql, inputs, schema, path, true);
    return path;
  }

  /** `own`: the text is the product's, not people's. */
  async query(sql: string, inputs: Readonly<Record<string, Table>>, schema: TableSchema, own = false): Promise<DuckTable> {
    const relations = await this.#relations(inputs);
    return this.make((path, session) => queryTable(session, sql, relations, schema, path, own));
  }

  /**
   * A table that stays a query of the product over tables of the store; nothing is written. Unless `rowCount` is known, what it computes is
   * computed once, so that whatever fails fails now.
   */
  async lazyQuery(sql: string, inputs: Readonly<Record<string, DuckTable>>, schema: TableSchema, rowCount?: number): Promise<DuckTable> {
    const relations = await this.#relations(inputs);
    const described = await describeTable(await this.session(), sql, relations, schema, rowCount);
    this.#options.signal.throwIfAborted();
    const sources = Object.entries(inputs).map(([name, { query, hash }]): [string, TableSource] => {
      if (query) return [name, query];
      if (hash === undefined) throw new Error(`"${name}" is not in the store.`);
      return [name, { hash }];
    });
    const place = { relation: { sql: described.sql, inputs: relations }, query: { sql: described.sql, inputs: Object.fromEntries(sources) } };
    return new DuckTable(this, place, described.schema, described.rowCount);
  }

  async rows(sql: string, inputs: Readonly<Record<string, Table>>): Promise<Record<string, number | string | boolean | null>[]> {
    const relations = await this.#relations(inputs);
    return queryRows(await this.session(), sql, relations);
  }

  /** Some columns of a table, for queries alone: those of a wide one have a file of their own while the step goes on, or none is written. */
  async only(table: Table, names: readonly string[]): Promise<DuckTable> {
    const wanted = new Set(names);
    const schema = tableSchema(table.schema.columns.filter(({ name }) => wanted.has(name)));
    const path = await (await this.stored(table)).file();
    const narrow =
      table.schema.columns.length <= WIDE
        ? null
        : await this.#narrowFiles.of({ path, schema, target: () => this.newPath('parquet'), signal: this.#options.signal });
    if (narrow !== null) return new DuckTable(this, { relation: { path: narrow } }, schema, table.rowCount);
    return new DuckTable(this, { relation: { path, columns: schema.columns.map(({ name }) => name) } }, schema, table.rowCount);
  }

  /** The table as one of this workbench: as it is, or written when it is in memory. */
  async stored(table: Table): Promise<DuckTable> {
    return table instanceof DuckTable ? table : this.table(table.schema, await table.read());
  }

  async #relations(inputs: Readonly<Record<string, Table | undefined>>): Promise<Record<string, Relation>> {
    const relations: Record<string, Relation> = {};
    for (const [name, table] of Object.entries(inputs)) if (table) relations[name] = (await this.stored(table)).relation;
    return relations;
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop);
    const session = await this.#session?.catch(() => null);
    session?.close();
  }
}
