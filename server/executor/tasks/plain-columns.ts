import { readFile, writeFile } from 'node:fs/promises';
import type { Tasks } from '../messages.ts';

/** Writes a fitted graph with plain columns as its inputs, for tools that feed data frames. */
export async function plainColumns({ path, signature, to }: Tasks['plainColumns']['args']): Promise<null> {
  const { withPlainColumns } = await import('#nodes/kit/onnx/plain-columns.ts');
  await writeFile(to, withPlainColumns(await readFile(path), signature));
  return null;
}
