// The process of one deployment: an ONNX Runtime session and nothing else. Its working directory is empty and its environment has no secrets.
import { readFileSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { failedFrame, FrameReader, loadedFrame, readOrder, refusedFrame, scoredFrame } from './frames.ts';
import type { LoadOrder, OutputColumn, ToInference } from './messages.ts';
import { textRanges, type TextRange } from '#nodes/kit/onnx/text-ranges.ts';
import { packInputs, PACKED_INPUT } from './packed-inputs.ts';

const { InferenceSession: Session, Tensor: OnnxTensor, env } = await import('onnxruntime-node');
env.logLevel = 'error';

/** A larger file is mapped by ONNX Runtime itself; one tensor for each column costs little beside what such a model computes. */
const LARGEST_PACKED = 256 * 2 ** 20;

type Feeds = Record<string, Tensor>;
type ScoreOrder = Extract<ToInference, { type: 'score' }>;

interface Loaded {
  readonly session: InferenceSession;
  readonly feeds: (order: ScoreOrder) => Feeds;
  readonly outputs: readonly string[];
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function load({ path, threads, inputs, outputCount }: LoadOrder): Promise<Loaded> {
  const packed = statSync(path).size <= LARGEST_PACKED ? packInputs(readFileSync(path), inputs.numbers) : null;
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Threads that wait by spinning would take the processor from the server between requests.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
  const session = packed ? await Session.create(packed, options) : await Session.create(path, options);
  if (session.outputNames.length < outputCount) throw new Error('The model has fewer outputs than its signature says.');
  const taken = new Set(session.inputNames);
  const width = inputs.numbers.length;
  const feeds = ({ rowCount, numbers, texts }: ScoreOrder): Feeds => {
    // No prototype: a column may be called __proto__.
    const tensors = Object.create(null) as Feeds;
    if (packed) tensors[PACKED_INPUT] = new OnnxTensor('float32', numbers, [rowCount, width]);
    inputs.numbers.forEach((name, column) => {
      if (taken.has(name)) tensors[name] = new OnnxTensor('float32', columnOf(numbers, column, width), [rowCount, 1]);
    });
    inputs.texts.forEach((name, column) => {
      if (taken.has(name)) tensors[name] = new OnnxTensor('string', texts[column] as string[], [rowCount, 1]);
    });
    return tensors;
  };
  return { session, feeds, outputs: session.outputNames.slice(0, outputCount) };
}

function columnOf(numbers: Float32Array, column: number, width: number): Float32Array {
  if (width === 1) return numbers;
  const values = new Float32Array(numbers.length / width);
  for (let row = 0; row < values.length; row++) values[row] = numbers[row * width + column]!;
  return values;
}

function outputColumn(tensor: Tensor, rowCount: number): OutputColumn {
  const { data } = tensor;
  if (data.length !== rowCount) throw new Error(`An output has ${data.length} values for ${rowCount} rows.`);
  if (tensor.type === 'string') return data as string[];
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return Float64Array.from(data as Iterable<number | bigint>, Number);
}

/** Some rows of an order. */
function rowsOf(order: ScoreOrder, { from, to }: TextRange): ScoreOrder {
  const width = order.numbers.length / order.rowCount;
  return { ...order, rowCount: to - from, numbers: order.numbers.slice(from * width, to * width), texts: order.texts.map((each) => each.slice(from, to)) };
}

async function scoreRows({ session, feeds, outputs }: Loaded, order: ScoreOrder): Promise<OutputColumn[]> {
  const result = await session.run(feeds(order), outputs);
  return outputs.map((name) => outputColumn(result[name]!, order.rowCount));
}

function joined(parts: readonly OutputColumn[]): OutputColumn {
  if (parts.length === 1) return parts[0]!;
  return parts[0] instanceof Array ? (parts as string[][]).flat() : Float64Array.from((parts as Float32Array[]).flatMap((each) => [...each]));
}

async function score(loaded: Loaded, order: ScoreOrder): Promise<Buffer> {
  const started = performance.now();
  const ranges = textRanges(order.texts, 0, order.rowCount);
  const parts: OutputColumn[][] = [];
  for (const range of ranges) parts.push(await scoreRows(loaded, ranges.length === 1 ? order : rowsOf(order, range)));
  const columns = loaded.outputs.map((_, index) => joined(parts.map((part) => part[index]!)));
  return scoredFrame(order.id, { outputs: columns, computeMilliseconds: performance.now() - started });
}

const pipe = new Socket({ fd: 3, readable: true, writable: true });
const reader = new FrameReader();
let loaded: Loaded | null = null;

async function carryOut(order: ToInference): Promise<Buffer> {
  if (order.type === 'load') {
    const started = performance.now();
    try {
      loaded = await load(order);
      return loadedFrame(performance.now() - started);
    } catch (error) {
      return refusedFrame(textOf(error));
    }
  }
  try {
    if (!loaded) throw new Error('No model is loaded.');
    return await score(loaded, order);
  } catch (error) {
    return failedFrame(order.id, textOf(error));
  }
}

// One after the other: the graph blocks this process anyway.
let before: Promise<unknown> = Promise.resolve();
pipe.on('data', (piece) => {
  for (const frame of reader.push(piece)) {
    const order = readOrder(frame);
    before = before.then(async () => pipe.write(await carryOut(order)));
  }
});
// The server is gone: so is this process.
pipe.on('error', () => process.exit(0));
pipe.on('close', () => process.exit(0));
pipe.on('end', () => process.exit(0));
// Ctrl+C reaches the whole group; the server drains and then closes the pipe.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
