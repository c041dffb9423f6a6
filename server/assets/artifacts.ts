import { readFile } from 'node:fs/promises';
import { and, eq } from '../db/drizzle.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Report } from '#nodes/kit/reports.ts';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import { neutralised } from '#nodes/kit/spreadsheet-cell.ts';
import type { Database } from '../db/client.ts';
import { artifacts } from '../db/schema.ts';
import { AppError, notFound } from '../errors.ts';
import type { ArtifactFile, ArtifactMeta, CorrelationMatrix, MissingMap, RowFilter, TableProfile, Tasks } from '../executor/messages.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Store } from '../store/store.ts';
import { ArtifactDamaged } from '../store/store.ts';
import type { PlainTables } from './plain-tables.ts';

export interface ArtifactRow {
  readonly hash: string;
  readonly kind: ArtifactMeta['kind'];
  readonly bytes: number;
  readonly meta: ArtifactMeta;
}
export interface RowsQuery {
  readonly offset: number;
  readonly limit: number;
  /** The first column whose cells are wanted, counted from 0. */
  readonly firstColumn?: number;
  /** The most columns whose cells are wanted; all others from the first one by default. */
  readonly columnLimit?: number;
  readonly sort?: string;
  readonly descending?: boolean;
  readonly search?: string;
  readonly filters?: readonly RowFilter[];
  /** Texts are not cut. */
  readonly whole?: boolean;
}
export interface RowsView {
  /** Those of the cells. */
  readonly columns: readonly ColumnSchema[];
  /** Of the whole table. */
  readonly columnCount: number;
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  readonly rowCount: number;
  readonly offset: number;
}

const KEPT = 200;
const ASKED_WRONG: ReadonlySet<string> = new Set(['column_missing', 'column_wrong_type', 'parameter_invalid']);
const LARGEST_REPORT = 64 * 2 ** 20;

/** What is in the store, seen through a workspace: a hash that the workspace does not hold is not found. */
export class Artifacts {
  readonly #db: Database;
  readonly #store: Store;
  readonly #pool: Pick<StepPool, 'task'>;
  readonly #tables: Pick<PlainTables, 'plain'>;
  /** Content never changes, so a profile is right for ever. */
  readonly #profiles = new Map<string, Promise<TableProfile>>();
  readonly #correlations = new Map<string, Promise<CorrelationMatrix>>();
  readonly #missing = new Map<string, Promise<MissingMap>>();

  constructor(db: Database, store: Store, pool: Pick<StepPool, 'task'>, tables: Pick<PlainTables, 'plain'>) {
    this.#tables = tables;
    this.#db = db;
    this.#store = store;
    this.#pool = pool;
  }

  get(workspaceId: string, hash: string): ArtifactRow {
    const row = this.#db
      .select()
      .from(artifacts)
      .where(and(eq(artifacts.workspaceId, workspaceId), eq(artifacts.hash, hash)))
      .get();
    if (!row) throw notFound('result', hash.slice(0, 12));
    return { hash: row.hash, kind: row.kind, bytes: row.bytes, meta: row.meta };
  }

  /** The artifact with the path of its verified file; a table that is a query is written. Throws 409 when the file is damaged or gone. */
  async open(workspaceId: string, hash: string): Promise<ArtifactFile> {
    const { bytes, meta } = this.get(workspaceId, hash);
    try {
      const { path } = await this.#store.open(hash);
      return await this.#tables.plain({ hash, path, bytes, meta });
    } catch (error) {
      if (error instanceof ArtifactDamaged) throw new AppError(409, error.message, { code: 'artifact_damaged', cause: error });
      throw error;
    }
  }

  async rows(
    workspaceId: string,
    hash: string,
    { offset, limit, firstColumn = 0, columnLimit, sort, descending = false, search, filters, whole }: RowsQuery,
    signal?: AbortSignal,
  ): Promise<RowsView> {
    const { artifact, schema } = await this.#table(workspaceId, hash);
    if (sort !== undefined && !schema.columns.some((column) => column.name === sort))
      throw new AppError(400, `The table has no column "${sort}".`, { code: 'column_missing' });
    const columns = { from: firstColumn, count: columnLimit ?? schema.columns.length };
    const { rows, rowCount } = await this.#ask(
      'rows',
      {
        ...{ artifact, offset, limit, columns },
        ...(sort === undefined ? {} : { sort: { column: sort, descending } }),
        ...(search ? { search } : {}),
        ...(filters ? { filters } : {}),
        ...(whole ? { whole } : {}),
      },
      signal,
    );
    return { columns: schema.columns.slice(firstColumn, firstColumn + columns.count), columnCount: schema.columns.length, rows, rowCount, offset };
  }

  async profile(workspaceId: string, hash: string): Promise<TableProfile> {
    const { artifact } = await this.#table(workspaceId, hash);
    return keep(this.#profiles, hash, () => this.#pool.task('profile', { artifact }));
  }

  async correlation(workspaceId: string, hash: string): Promise<CorrelationMatrix> {
    const { artifact } = await this.#table(workspaceId, hash);
    return keep(this.#correlations, hash, () => this.#pool.task('correlation', { artifact }));
  }

  async missingMap(workspaceId: string, hash: string): Promise<MissingMap> {
    const { artifact } = await this.#table(workspaceId, hash);
    return keep(this.#missing, hash, () => this.#pool.task('missingMap', { artifact }));
  }

  /** Some 2,000 pairs of values of two numeric columns. */
  async pairs(workspaceId: string, hash: string, x: string, y: string, signal?: AbortSignal): Promise<Tasks['pairs']['result']> {
    const { artifact } = await this.#table(workspaceId, hash);
    return this.#ask('pairs', { artifact, x, y }, signal);
  }

  async report(workspaceId: string, hash: string): Promise<Report> {
    const { path, meta, bytes } = await this.open(workspaceId, hash);
    if (meta.kind !== 'report') throw wrongKind(meta.kind, 'report');
    if (bytes > LARGEST_REPORT) throw new AppError(409, 'The report is too large to show.', { code: 'too_large' });
    return JSON.parse(await readFile(path, 'utf8')) as Report;
  }

  model(workspaceId: string, hash: string) {
    const { meta } = this.get(workspaceId, hash);
    if (meta.kind !== 'model') throw wrongKind(meta.kind, 'model');
    return { signature: meta.signature, summary: meta.summary };
  }

  /** A task whose refusal is the asker's to mend. */
  async #ask<N extends 'rows' | 'pairs'>(task: N, args: Tasks[N]['args'], signal?: AbortSignal): Promise<Tasks[N]['result']> {
    try {
      return await this.#pool.task(task, args, signal);
    } catch (error) {
      if (error instanceof NodeError && ASKED_WRONG.has(error.code)) throw new AppError(400, error.message, { code: error.code, cause: error });
      throw error;
    }
  }

  async #table(workspaceId: string, hash: string) {
    const artifact = await this.open(workspaceId, hash);
    if (artifact.meta.kind !== 'table') throw wrongKind(artifact.meta.kind, 'table');
    return { artifact, schema: artifact.meta.schema };
  }
}

/** What was asked before, or what is asked now; the oldest answers are forgotten. */
function keep<T>(answers: Map<string, Promise<T>>, hash: string, ask: () => Promise<T>): Promise<T> {
  const known = answers.get(hash);
  if (known) return known;
  const answer = ask();
  answer.catch(() => answers.delete(hash));
  answers.set(hash, answer);
  if (answers.size > KEPT) answers.delete(answers.keys().next().value!);
  return answer;
}

const wrongKind = (is: string, wanted: string): AppError => new AppError(409, `This result is a ${is}, not a ${wanted}.`, { code: 'artifact_kind' });

/** One CSV record; cells that a spreadsheet would run as a formula get an apostrophe in front, numbers stay numbers. */
export function csvRecord(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells
    .map((cell) => {
      if (cell === null) return '';
      if (typeof cell !== 'string') return String(cell);
      const safe = neutralised(cell);
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',')}\r\n`;
}
