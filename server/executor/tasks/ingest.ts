import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { ProducedArtifact, Tasks } from '../messages.ts';
import { readFileTable } from '../runtime/read-file.ts';
import { seal } from '../runtime/seal.ts';
import { Workbench } from '../runtime/workbench.ts';
import type { TaskLimits } from './limits.ts';
import { rows } from './rows.ts';

/** Reads an uploaded file into a Parquet table in the output folder. */
export async function ingest({ path, name, outputFolder, options = {} }: Tasks['ingest']['args'], limits: TaskLimits): Promise<Tasks['ingest']['result']> {
  const scratch = await mkdtemp(join(outputFolder, 'reading-'));
  const workbench = new Workbench({
    outputFolder,
    scratchFolder: scratch,
    memoryBytes: limits.memoryBytes,
    files: [path],
    threads: limits.threads,
    signal: limits.signal,
  });
  try {
    const { table, notes } = await readFileTable(workbench, path, { format: 'auto', ...options }, { scratch, signal: limits.signal, name });
    const { schema, rowCount } = table;
    const artifact: ProducedArtifact = {
      port: 'data',
      kind: 'table',
      path: table.path,
      ...(await seal(table.path)),
      meta: { kind: 'table', schema, rowCount },
    };
    return { artifact, notes: [...notes] };
  } finally {
    await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The schema of a file, by reading all of it as `ingest` does: what a preview shows is what a run gets. */
export async function sniff({ path, name }: Tasks['sniff']['args'], limits: TaskLimits): Promise<{ schema: TableSchema; notes: string[] }> {
  const folder = await mkdtemp(join(limits.temporaryFolder, 'modelwright-sniff-'));
  try {
    const { artifact, notes } = await ingest({ path, name, outputFolder: folder }, limits);
    if (artifact.meta.kind !== 'table') throw new Error('Expected a table.');
    return { schema: artifact.meta.schema, notes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first rows and the schema of a file under options; all of it is read, so that types and errors are those of `ingest`. */
export async function preview({ path, name, options, limit }: Tasks['preview']['args'], limits: TaskLimits): Promise<Tasks['preview']['result']> {
  const folder = await mkdtemp(join(limits.temporaryFolder, 'modelwright-preview-'));
  try {
    const { artifact, notes } = await ingest({ path, name, outputFolder: folder, options }, limits);
    if (artifact.meta.kind !== 'table') throw new Error('Expected a table.');
    const { schema, rowCount } = artifact.meta;
    const { rows: first } = await rows({ artifact, offset: 0, limit }, limits);
    return { schema, rowCount, rows: first, notes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
