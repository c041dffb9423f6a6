import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxRunner, OpenGraph } from '../context.ts';
import { parseDatetime } from '../cells.ts';
import { NodeError } from '../issues.ts';
import type { Signature, SignatureInput } from '../signature.ts';
import { datetimeText, graphTypeOf } from './graph-type.ts';
import { textRanges, type TextRange } from './text-ranges.ts';
import { isTextual, type Columns, type ColumnValues } from '../table.ts';

/** Rows per call: large enough to hide the call, small enough to stop soon. */
export const BATCH_ROWS = 8_192;

export interface SessionOptions {
  readonly threads: number;
}

/** Opens a session on one thread pool of the given size. Throws NodeError `model_mismatch` when ONNX Runtime refuses the file. */
export async function openSession(onnx: Uint8Array, { threads }: SessionOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnx, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential', logSeverityLevel: 3 });
  } catch (cause) {
    throw new NodeError('model_mismatch', `ONNX Runtime cannot load this model: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Numbers as float32 has them; one that is too large for it is missing, as tables have it (`floatInSql`). */
function singles(values: Float64Array): Float32Array {
  const data = new Float32Array(values);
  for (let row = 0; row < data.length; row += 1) if (Math.abs(data[row]!) === Infinity && Number.isFinite(values[row]!)) data[row] = NaN;
  return data;
}

/**
 * Rows `from` to `to` of a column as a tensor [rows, 1], as `graphTypeOf` tells: float32 with NaN, or strings with "" for missing. A column that is
 * absent counts as missing.
 */
export function columnTensor(values: ColumnValues | undefined, input: SignatureInput, from: number, to: number): Tensor {
  const rowCount = to - from;
  if (isTextual(input.type)) {
    const data = new Array<string>(rowCount).fill('');
    if (values instanceof Float64Array) throw new NodeError('model_mismatch', `The model takes "${input.name}" as text, but it is a number here.`);
    if (values) for (let row = 0; row < rowCount; row += 1) data[row] = values[from + row] ?? '';
    return new Tensor('string', data, [rowCount, 1]);
  }
  if (input.type === 'datetime' && values instanceof Float64Array)
    return new Tensor('string', Array.from(values.subarray(from, to), datetimeText), [rowCount, 1]);
  if (graphTypeOf(input.type) === 'string' && !values) return new Tensor('string', new Array<string>(rowCount).fill(''), [rowCount, 1]);
  if (values && !(values instanceof Float64Array)) throw new NodeError('model_mismatch', `The model takes "${input.name}" as a number, but it is text here.`);
  const data = values ? singles(values.subarray(from, to)) : new Float32Array(rowCount).fill(NaN);
  return new Tensor('float32', data, [rowCount, 1]);
}

/** The tensors that a fitted graph takes, for rows `from` to `to`. Throws `column_missing` when a required column is not there. */
export function feedsOf(signature: Signature, graphInputs: readonly string[], inputs: Columns, from: number, to: number): Record<string, Tensor> {
  const feeds: [string, Tensor][] = [];
  for (const input of signature.inputs) {
    if (!graphInputs.includes(input.name)) continue;
    const values = inputs.get(input.name);
    if (!values && input.required) throw new NodeError('column_missing', `The column "${input.name}" is missing; the fitted graph was made with it.`);
    feeds.push([input.name, columnTensor(values, input, from, to)]);
  }
  // By definition, not by assignment: a column may be called __proto__.
  return Object.fromEntries(feeds);
}

function* batchesOf(texts: readonly (readonly (string | null)[])[], rowCount: number): Generator<TextRange> {
  for (let from = 0; from < rowCount; from += BATCH_ROWS) yield* textRanges(texts, from, Math.min(from + BATCH_ROWS, rowCount));
}

async function runBatches(session: InferenceSession, signature: Signature, inputs: Columns, rowCount: number, signal?: AbortSignal): Promise<Columns> {
  const columns = signature.outputs.map((output) => (isTextual(output.type) ? new Array<string | null>(rowCount).fill(null) : new Float64Array(rowCount)));
  const texts = signature.inputs.flatMap(({ name }) => {
    const values = inputs.get(name);
    return values && !(values instanceof Float64Array) ? [values] : [];
  });
  for (const { from, to } of batchesOf(texts, rowCount)) {
    signal?.throwIfAborted();
    const results = await session.run(feedsOf(signature, session.inputNames, inputs, from, to));
    for (const [index, column] of columns.entries()) {
      const { data } = results[session.outputNames[index]!]!;
      if (data.length !== to - from)
        throw new NodeError('model_mismatch', `The model gives ${data.length} values of "${signature.outputs[index]!.name}" for ${to - from} rows.`);
      if (column instanceof Float64Array) {
        if (data instanceof Float32Array || data instanceof Float64Array) column.set(data, from);
        else if (signature.outputs[index]!.type === 'datetime')
          for (let row = 0; row < data.length; row += 1) column[from + row] = parseDatetime(String(data[row]));
        else for (let row = 0; row < data.length; row += 1) column[from + row] = Number(data[row]);
      } else {
        for (let row = 0; row < data.length; row += 1) column[from + row] = data[row] === '' ? null : String(data[row]);
      }
    }
    // Other work of the process, such as a cancel that has arrived, gets its turn between batches: `run` itself blocks the event loop.
    if (to < rowCount) await new Promise((resume) => setImmediate(resume));
  }
  return new Map(signature.outputs.map((output, index) => [output.name, columns[index]!]));
}

/** Runs fitted graphs over columns in ONNX Runtime. Outputs correspond to the signature's by position. */
export function createOnnxRunner(options: SessionOptions): OnnxRunner {
  const open = async (onnx: Uint8Array, signature: Signature): Promise<OpenGraph> => {
    const session = await openSession(onnx, options);
    if (session.outputNames.length < signature.outputs.length) {
      await session.release();
      throw new NodeError('model_mismatch', 'The model has fewer outputs than its signature says.');
    }
    return {
      async apply(inputs, rowCount, signal) {
        signal?.throwIfAborted();
        return runBatches(session, signature, inputs, rowCount, signal);
      },
      close: () => session.release(),
    };
  };
  return {
    open,
    async apply(onnx, signature, inputs, rowCount, signal) {
      signal?.throwIfAborted();
      if (signature.outputs.length === 0) return new Map();
      const graph = await open(onnx, signature);
      try {
        return await graph.apply(inputs, rowCount, signal);
      } finally {
        await graph.close();
      }
    },
  };
}
