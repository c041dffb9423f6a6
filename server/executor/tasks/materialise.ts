import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tasks } from '../messages.ts';
import { seal } from '../runtime/seal.ts';
import { Workbench } from '../runtime/workbench.ts';
import type { TaskLimits } from './limits.ts';

/** Writes the rows of a table that is a query, on one thread: the same bytes each time. */
export async function materialise(
  { artifact, outputFolder }: Tasks['materialise']['args'],
  { memoryBytes, engine, signal }: TaskLimits,
): Promise<Tasks['materialise']['result']> {
  const scratchFolder = await mkdtemp(join(outputFolder, 'writing-'));
  const files = Object.values(artifact.sources ?? {});
  const workbench = new Workbench({ outputFolder, scratchFolder, memoryBytes, files, threads: 1, engine, signal });
  try {
    const table = workbench.openArtifact(artifact);
    const path = await table.file();
    const { schema, rowCount } = table;
    return { port: 'data', kind: 'table', path, ...(await seal(path)), meta: { kind: 'table', schema, rowCount } };
  } finally {
    await workbench.close();
    await rm(scratchFolder, { recursive: true, force: true });
  }
}
