import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '#nodes/kit/issues.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { ColumnLoss, FileParts, FoundReading, ProducedArtifact, Tasks } from '../messages.ts';
import { filePartsOf } from '../runtime/file-parts.ts';
import { readFileTable } from '../runtime/read-file.ts';
import { seal } from '../runtime/seal.ts';
import { Workbench } from '../runtime/workbench.ts';
import type { TaskLimits } from './limits.ts';
import { rows } from './rows.ts';
import { lossNote, shapeColumns, textColumns } from './shape-columns.ts';

interface Ingested {
  readonly artifact: ProducedArtifact;
  readonly notes: string[];
  readonly lost: readonly ColumnLoss[];
  readonly partial: boolean;
  readonly found: Readonly<FoundReading>;
}

/** Reads an uploaded file into a Parquet table in the output folder, its columns as people chose them. */
export async function ingest(args: Tasks['ingest']['args'], limits: TaskLimits): Promise<Tasks['ingest']['result']> {
  const { artifact, notes, lost } = await readInto(args, limits);
  return { artifact, notes, lost };
}

function readInto(
  { path, name, outputFolder, options = {}, columns = [] }: Tasks['ingest']['args'],
  limits: TaskLimits,
  headBytes?: number,
): Promise<Ingested> {
  return reading({ path, outputFolder }, limits, async (workbench, scratch) => {
    const { signal, crews } = limits;
    const place = { scratch, signal, crews, name, headBytes, textColumns: textColumns(columns) };
    const read = await readFileTable(workbench, path, { format: 'auto', ...options }, place);
    const { table, lost } = await shapeColumns(workbench, read.table, columns, options.datetimeFormat);
    const { schema, rowCount } = table;
    const file = await table.file();
    const artifact: ProducedArtifact = {
      port: 'data',
      kind: 'table',
      path: file,
      ...(table.sealed ?? (await seal(file))),
      meta: { kind: 'table', schema, rowCount },
    };
    return { artifact, notes: [...read.notes, ...lost.map(lossNote)], lost, partial: read.partial, found: read.found };
  });
}

/** Has a file read by a workbench that ends with the work, as its scratch folder does. */
async function reading<T>(
  { path, outputFolder }: { readonly path: string; readonly outputFolder: string },
  { memoryBytes, threads, signal }: TaskLimits,
  work: (workbench: Workbench, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(outputFolder, 'reading-'));
  const workbench = new Workbench({ outputFolder, scratchFolder: scratch, memoryBytes, files: [path], threads, signal });
  try {
    return await work(workbench, scratch);
  } finally {
    await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The schema of a file, by looking at all of it as `ingest` does: what a preview shows is what a run gets. */
export async function sniff({ path, name }: Tasks['sniff']['args'], limits: TaskLimits): Promise<{ schema: TableSchema; notes: string[] }> {
  const folder = await mkdtemp(join(limits.temporaryFolder, 'modelwright-sniff-'));
  try {
    return await reading({ path, outputFolder: folder }, limits, async (workbench, scratch) => {
      const { table, notes } = await readFileTable(workbench, path, { format: 'auto' }, { scratch, signal: limits.signal, name, schemaOnly: true });
      return { schema: table.schema, notes: [...notes] };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What there is to choose from in a file. */
export async function fileParts({ path, member }: Tasks['fileParts']['args'], { temporaryFolder, signal }: TaskLimits): Promise<FileParts> {
  const scratch = await mkdtemp(join(temporaryFolder, 'modelwright-parts-'));
  try {
    return await filePartsOf(path, member, { scratch, signal });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Of a large text file a preview reads this much. */
const HEAD_BYTES = 8 * 2 ** 20;

/**
 * The first rows and the schema of a file under options. A file of lines is read to `HEAD_BYTES`, all others whole, as `ingest` reads them. Where
 * the beginning alone cannot be read, as when it ends within quotes, or has no row, as when the first is longer, the whole file is read.
 */
export async function preview({ path, name, options, columns, limit }: Tasks['preview']['args'], limits: TaskLimits): Promise<Tasks['preview']['result']> {
  const folder = await mkdtemp(join(limits.temporaryFolder, 'modelwright-preview-'));
  const read = async (headBytes?: number): Promise<Tasks['preview']['result']> => {
    const outputFolder = await mkdtemp(join(folder, 'table-'));
    const { artifact, ...said } = await readInto({ path, name, outputFolder, options, columns }, limits, headBytes);
    if (artifact.meta.kind !== 'table') throw new Error('Expected a table.');
    const { schema, rowCount } = artifact.meta;
    return { schema, rowCount, rows: (await rows({ artifact, offset: 0, limit }, limits)).rows, ...said };
  };
  try {
    const beginning = await read(HEAD_BYTES).catch((error: unknown) => {
      if (error instanceof NodeError && !limits.signal.aborted) return null;
      throw error;
    });
    return beginning && (beginning.rowCount > 0 || !beginning.partial) ? beginning : await read();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
