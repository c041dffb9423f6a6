import type { DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { ArtifactFile } from '../messages.ts';
import { Workbench } from '../runtime/workbench.ts';
import type { TaskLimits } from './limits.ts';

export interface OpenArtifact {
  readonly connection: DuckDBConnection;
  /** The path by which queries read the file. */
  readonly path: string;
  readonly schema: TableSchema;
  readonly rowCount: number;
}

/** Works on a table artifact through DuckDB, which may read that one file only. */
export function withArtifact<T>(artifact: ArtifactFile, limits: TaskLimits, work: (open: OpenArtifact) => Promise<T>): Promise<T> {
  return withArtifacts([artifact], limits, (connection, [table]) => work({ connection, ...table! }));
}

/** Works on several table artifacts at once; DuckDB may read their files only. */
export async function withArtifacts<T>(
  artifacts: readonly ArtifactFile[],
  limits: TaskLimits,
  work: (connection: DuckDBConnection, tables: readonly Omit<OpenArtifact, 'connection'>[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(limits.temporaryFolder, 'modelwright-table-'));
  const workbench = new Workbench({
    outputFolder: folder,
    scratchFolder: folder,
    memoryBytes: limits.memoryBytes,
    files: [...new Set(artifacts.map(({ path }) => path))],
    threads: limits.threads,
    engine: limits.engine,
    signal: limits.signal,
  });
  try {
    const session = await workbench.session();
    const tables = artifacts.map(({ path, meta }) => {
      if (meta.kind !== 'table') throw new Error('The artifact is no table.');
      return { path: session.source(path), schema: meta.schema, rowCount: meta.rowCount };
    });
    return await session.with((connection) => work(connection, tables));
  } finally {
    await workbench.close();
    await rm(folder, { recursive: true, force: true });
  }
}
