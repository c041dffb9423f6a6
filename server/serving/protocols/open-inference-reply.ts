import { graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import { SCORED_LABELS, type Signature, type SignatureInput, type SignatureOutput } from '#nodes/kit/signature.ts';
import type { ScoreAnswer } from '../deployments.ts';
import type { OutputColumn } from '../messages.ts';
import type { Reply } from './exchange.ts';
import type { InferRequest } from './open-inference-request.ts';
import { badTensor, writeTexts } from './tensors.ts';

type Datatype = 'FP32' | 'FP64' | 'BYTES';

/** In a graph a column is float32, or text, as dates are. Numbers of every datatype are taken; this is the one that loses nothing on the way. */
const inputDatatype = ({ type }: SignatureInput): Datatype => (graphTypeOf(type) === 'string' ? 'BYTES' : 'FP32');

/** The same of what a graph gives; classes that are numbers keep all their digits. */
function outputDatatype({ name, type }: SignatureOutput, { task }: Signature): Datatype {
  if (graphTypeOf(type) === 'string') return 'BYTES';
  return name === SCORED_LABELS && type !== 'boolean' && (task === 'two-class' || task === 'multiclass') ? 'FP64' : 'FP32';
}

export interface TensorDescription {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** The tensors that a deployment takes and gives. */
export function tensorDescriptions(signature: Signature): { inputs: TensorDescription[]; outputs: TensorDescription[] } {
  const shape = [-1, 1];
  return {
    inputs: signature.inputs.map((input) => ({ name: input.name, datatype: inputDatatype(input), shape })),
    outputs: signature.outputs.map((output) => ({ name: output.name, datatype: outputDatatype(output, signature), shape })),
  };
}

interface WrittenOutput {
  readonly head: string;
  readonly bytes: Buffer | null;
}

/** The answer to `POST …/infer`: JSON, with the bytes of binary outputs behind it. Throws 400 for an output that the model does not have. */
export function writeInferReply(model: string, request: InferRequest, { signature, outputs, rowCount, deployment }: ScoreAnswer): Reply {
  const wanted = request.outputs ?? signature.outputs.map(({ name }) => ({ name, binary: request.binary }));
  const written = wanted.map(({ name, binary }) => {
    const index = signature.outputs.findIndex((output) => output.name === name);
    if (index < 0) throw badTensor(`The model has no output "${name}". It gives: ${signature.outputs.map((output) => output.name).join(', ')}.`);
    const output = signature.outputs[index]!;
    return writeOutput(name, outputDatatype(output, signature), outputs[index]!, rowCount, binary);
  });
  const id = request.id === null ? '' : `,"id":${JSON.stringify(request.id)}`;
  const json = `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(deployment)}${id},"outputs":[${written.map(({ head }) => head).join(',')}]}`;
  const binary = written.flatMap(({ bytes }) => bytes ?? []);
  if (binary.length === 0) return { status: 200, type: 'application/json', body: json };
  const head = Buffer.from(json);
  return {
    status: 200,
    type: 'application/octet-stream',
    body: Buffer.concat([head, ...binary]),
    headers: { 'inference-header-content-length': String(head.length) },
  };
}

function writeOutput(name: string, datatype: Datatype, values: OutputColumn, rowCount: number, binary: boolean): WrittenOutput {
  const textual = !(values instanceof Float32Array || values instanceof Float64Array);
  const before = `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${rowCount},1],`;
  if (!binary) return { head: `${before}"data":[${textual ? values.map((value) => JSON.stringify(value)).join(',') : numbers(values)}]}`, bytes: null };
  const bytes = textual ? writeTexts(values) : floatBytes(values, datatype === 'FP64' ? Float64Array : Float32Array);
  return { head: `${before}"parameters":{"binary_data_size":${bytes.length}}}`, bytes };
}

/** JSON has no word for NaN and infinities: null. */
function numbers(values: Float32Array | Float64Array): string {
  let text = '';
  for (let row = 0; row < values.length; row++) text += `${row > 0 ? ',' : ''}${Number.isFinite(values[row]) ? values[row] : 'null'}`;
  return text;
}

function floatBytes(values: Float32Array | Float64Array, kind: typeof Float32Array | typeof Float64Array): Buffer {
  const { buffer, byteOffset, byteLength } = values instanceof kind ? values : kind.from(values);
  return Buffer.from(buffer, byteOffset, byteLength);
}
