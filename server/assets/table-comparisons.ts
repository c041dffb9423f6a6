import { NodeError } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import { AppError } from '../errors.ts';
import type { ArtifactFile, ColumnComparison, JoinRates, RowsDiff, TaskName, Tasks } from '../executor/messages.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Artifacts } from './artifacts.ts';
import { unparsable } from './datasets.ts';
import { commonColumns, diffSchemas, type SchemaDiff } from './schema-diff.ts';

export interface TableComparison {
  readonly schema: SchemaDiff;
  readonly rowCount: { readonly before: number; readonly after: number };
  /** Columns that both tables have, also under another name. */
  readonly columns: readonly ColumnComparison[];
  /** Common columns that were left out, as there are more than are compared. */
  readonly left: number;
}
export interface TablesDiff extends Pick<TableComparison, 'schema' | 'rowCount'> {
  readonly rows: RowsDiff;
}

const MOST_COLUMNS = 300;

/** What two tables have to do with each other, found in step processes. What cannot be compared is a 422. */
export class TableComparisons {
  readonly #artifacts: Pick<Artifacts, 'open'>;
  readonly #pool: Pick<StepPool, 'task'>;

  constructor(artifacts: Pick<Artifacts, 'open'>, pool: Pick<StepPool, 'task'>) {
    this.#artifacts = artifacts;
    this.#pool = pool;
  }

  async joinRates(
    workspaceId: string,
    hashes: { left: string; right: string },
    chosen: Pick<Tasks['joinRates']['args'], 'keys' | 'matchCase'>,
    signal?: AbortSignal,
  ): Promise<JoinRates> {
    const [left, right] = await this.#tables(workspaceId, hashes.left, hashes.right);
    return this.#ask('joinRates', { left: left.artifact, right: right.artifact, ...chosen }, signal);
  }

  async compare(workspaceId: string, hashes: { before: string; after: string }, signal?: AbortSignal): Promise<TableComparison> {
    const [before, after] = await this.#tables(workspaceId, hashes.before, hashes.after);
    const schema = diffSchemas(before.schema, after.schema);
    const common = commonColumns(before.schema, after.schema, schema);
    const pairs = common.slice(0, MOST_COLUMNS);
    const columns = pairs.length === 0 ? [] : await this.#ask('compareColumns', { before: before.artifact, after: after.artifact, pairs }, signal);
    return { schema, rowCount: { before: before.rowCount, after: after.rowCount }, columns, left: common.length - pairs.length };
  }

  /** Rows are compared as wholes, or with keys as rows of equal keys. */
  async diff(workspaceId: string, hashes: { before: string; after: string }, keys: readonly string[], signal?: AbortSignal): Promise<TablesDiff> {
    const [before, after] = await this.#tables(workspaceId, hashes.before, hashes.after);
    const schema = diffSchemas(before.schema, after.schema);
    const pairs = commonColumns(before.schema, after.schema, schema);
    const rows = await this.#ask('diff', { before: before.artifact, after: after.artifact, pairs, keys: [...new Set(keys)] }, signal);
    return { schema, rowCount: { before: before.rowCount, after: after.rowCount }, rows };
  }

  #tables(workspaceId: string, first: string, second: string): Promise<[OpenTable, OpenTable]> {
    return Promise.all([this.#table(workspaceId, first), this.#table(workspaceId, second)]);
  }

  async #table(workspaceId: string, hash: string): Promise<OpenTable> {
    const artifact = await this.#artifacts.open(workspaceId, hash);
    if (artifact.meta.kind !== 'table') throw new AppError(409, `This result is a ${artifact.meta.kind}, not a table.`, { code: 'artifact_kind' });
    return { artifact, schema: artifact.meta.schema, rowCount: artifact.meta.rowCount };
  }

  async #ask<N extends TaskName>(task: N, args: Tasks[N]['args'], signal?: AbortSignal): Promise<Tasks[N]['result']> {
    try {
      return await this.#pool.task(task, args, signal);
    } catch (error) {
      throw error instanceof NodeError ? unparsable(error) : error;
    }
  }
}

interface OpenTable {
  readonly artifact: ArtifactFile;
  readonly schema: TableSchema;
  readonly rowCount: number;
}
