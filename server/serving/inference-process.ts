// The process of one deployment: an ONNX Runtime session and nothing else. Its working directory is empty and its environment has no secrets.
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FromInference, OutputColumn, ToInference } from './messages.ts';

const { InferenceSession: Session, Tensor: OnnxTensor, env } = await import('onnxruntime-node');
env.logLevel = 'error';

let session: InferenceSession | null = null;

const send = (message: FromInference): void => {
  process.send?.(message);
};
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function load(path: string, threads: number): Promise<void> {
  const started = performance.now();
  session = await Session.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Threads that wait by spinning would take the processor from the server between requests.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  });
  send({ type: 'loaded', inputs: session.inputNames, outputs: session.outputNames, milliseconds: performance.now() - started });
}

function outputColumn(tensor: Tensor, rowCount: number): OutputColumn {
  const { data } = tensor;
  if (data.length !== rowCount) throw new Error(`An output has ${data.length} values for ${rowCount} rows.`);
  if (tensor.type === 'string') return data as string[];
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return Float64Array.from(data as Iterable<number | bigint>, Number);
}

async function score(message: Extract<ToInference, { type: 'score' }>): Promise<void> {
  if (!session) throw new Error('No model is loaded.');
  const started = performance.now();
  const { rowCount, columns } = message.batch;
  const feeds = Object.create(null) as Record<string, Tensor>;
  for (const [name, values] of Object.entries(columns)) {
    feeds[name] =
      values instanceof Float32Array ? new OnnxTensor('float32', values, [rowCount, 1]) : new OnnxTensor('string', values as string[], [rowCount, 1]);
  }
  const result = await session.run(feeds, [...message.outputs]);
  const answer = message.outputs.map((name) => outputColumn(result[name]!, rowCount));
  send({ type: 'scored', id: message.id, columns: answer, milliseconds: performance.now() - started });
}

process.on('message', (message: ToInference) => {
  if (message.type === 'load') load(message.path, message.threads).catch((error: unknown) => send({ type: 'refused', message: textOf(error) }));
  else score(message).catch((error: unknown) => send({ type: 'failed', id: message.id, message: textOf(error) }));
});
// The server is gone: so is this process.
process.on('disconnect', () => process.exit(0));
// Ctrl+C reaches the whole group; the server drains and then closes the channel.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
