import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '#nodes/kit/issues.ts';
import { baselineOf, type Baseline } from '#server/monitoring/baseline.ts';
import type { Tasks } from '../messages.ts';
import { Workbench } from '../runtime/workbench.ts';
import type { TaskLimits } from './limits.ts';

const MOST_ROWS = 20_000;

/** How the training rows, and what the model says of them, are spread. Of a large table a sample that is the same each time. */
export async function takeBaseline({ table, model, signature }: Tasks['baseline']['args'], limits: TaskLimits): Promise<Baseline> {
  if (table.meta.kind !== 'table') throw new NodeError('model_mismatch', 'The training rows are no table.');
  const { createOnnxRunner } = await import('#nodes/kit/onnx/session.server.ts');
  const { schema, rowCount } = table.meta;
  const scratch = await mkdtemp(join(limits.temporaryFolder, 'modelwright-baseline-'));
  const workbench = new Workbench({
    outputFolder: scratch,
    scratchFolder: scratch,
    memoryBytes: limits.memoryBytes,
    files: [table.path],
    signal: limits.signal,
  });
  try {
    const whole = workbench.open(table.path, schema, rowCount);
    const rows =
      rowCount > MOST_ROWS
        ? await workbench.query(`SELECT * FROM source USING SAMPLE reservoir(${MOST_ROWS} ROWS) REPEATABLE (1)`, { source: whole }, schema)
        : whole;
    const columns = await rows.read();
    const inputs = signature.inputs.filter((input) => columns.has(input.name));
    const outputs = await createOnnxRunner({ threads: 1 }).apply(await readFile(model), signature, columns, rows.rowCount, limits.signal);
    return {
      rowCount: rows.rowCount,
      inputs: inputs.map(({ name }) => baselineOf(name, columns.get(name)!)),
      outputs: signature.outputs.flatMap(({ name }) => (outputs.has(name) ? [baselineOf(name, outputs.get(name)!)] : [])),
    };
  } finally {
    await workbench.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
