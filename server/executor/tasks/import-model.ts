import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '#nodes/kit/issues.ts';
import type { Model } from '#nodes/kit/kinds.ts';
import { isTextual, type Columns, type ColumnValues } from '#nodes/kit/table.ts';
import type { ModelTrial } from '#server/db/schema/models.ts';
import type { ImportModelRequest, ImportModelResult } from '../messages.ts';
import { writeSealed } from '../runtime/seal.ts';
import type { TaskLimits } from './limits.ts';

const SHOWN = 20;

/** Looks through an ONNX file that was made elsewhere, puts columns around it, and scores rows with it: the one place where it runs before it is kept. */
export async function importModel({ path, title, meaning: given, rows, outputFolder }: ImportModelRequest, limits: TaskLimits): Promise<ImportModelResult> {
  const [{ IMPORT_LIMITS, inspectImported }, { meaningOf, whyNotMeant }, { wrapImported }, { createOnnxRunner }] = await Promise.all([
    import('#nodes/kit/onnx/imported/inspect.ts'),
    import('#nodes/kit/onnx/imported/meaning.ts'),
    import('#nodes/kit/onnx/imported/wrap.ts'),
    import('#nodes/kit/onnx/session.server.ts'),
  ]);
  const { size } = await stat(path);
  if (size > IMPORT_LIMITS.bytes)
    throw new NodeError('model_mismatch', `The file is larger than ${IMPORT_LIMITS.bytes / 2 ** 20} MB, the most that a model may have.`);
  const read = inspectImported(await readFile(path));
  const { found } = read;
  const meaning = given ?? meaningOf(found);
  const why = whyNotMeant(found, meaning);
  if (why !== null) return { found, meaning, why, artifact: null, trial: null };
  const model = wrapImported(read, meaning, title);
  const file = join(outputFolder, 'imported.onnx');
  const sealed = await writeSealed(file, model.onnx);
  const artifact = {
    port: 'model',
    kind: 'model',
    path: file,
    ...sealed,
    meta: { kind: 'model', signature: model.signature, summary: model.summary },
  } as const;
  try {
    const columns = rows ? columnsOf(model, rows) : madeUp(model);
    const rowCount = [...columns.values()][0]?.length ?? 0;
    const began = performance.now();
    const scores = await createOnnxRunner({ threads: 1 }).apply(model.onnx, model.signature, columns, rowCount, limits.signal);
    return { found, meaning, why: null, artifact, trial: trialOf(columns, scores, rowCount, performance.now() - began) };
  } catch (error) {
    limits.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    return { found, meaning, why: `It does not score rows: ${message}`, artifact, trial: null };
  }
}

/** Five rows of small numbers and short texts. */
function madeUp({ signature }: Model): Columns {
  const numbers = [0, 1, -1, 0.5, 10];
  return new Map(
    signature.inputs.map(({ name, type }, at): [string, ColumnValues] => [
      name,
      isTextual(type)
        ? ['', 'a', 'b', 'a b', '1']
        : Float64Array.from(numbers, (_, row) => (type === 'boolean' ? row % 2 : type === 'integer' ? row : numbers[(row + at) % numbers.length]!)),
    ]),
  );
}

function columnsOf({ signature }: Model, rows: NonNullable<ImportModelRequest['rows']>): Columns {
  return new Map(
    signature.inputs.map(({ name, type }): [string, ColumnValues] => {
      const cells = rows.map((row) => (Object.hasOwn(row, name) ? row[name]! : null));
      if (isTextual(type)) return [name, cells.map((cell) => (cell === null ? null : String(cell)))];
      return [
        name,
        Float64Array.from(cells, (cell, row) => {
          const number = cell === null || cell === '' ? NaN : Number(cell);
          if (Number.isNaN(number) && cell !== null && cell !== '')
            throw new NodeError('model_mismatch', `Row ${row + 1}: “${cell}” in “${name}” is no number.`);
          return number;
        }),
      ];
    }),
  );
}

function trialOf(inputs: Columns, outputs: Columns, rowCount: number, milliseconds: number): ModelTrial {
  const all = [...inputs.values(), ...outputs.values()];
  const cell = (value: number | string | null): number | string | null => (typeof value === 'number' && !Number.isFinite(value) ? null : value);
  const rows = Array.from({ length: Math.min(rowCount, SHOWN) }, (_, row) => all.map((values) => cell(values[row]!)));
  return { rowCount, milliseconds, inputs: [...inputs.keys()], outputs: [...outputs.keys()], rows };
}
