import type { Signature } from '#nodes/kit/signature.ts';
import type { Batch } from '../messages.ts';
import { checkRowCount, MAXIMUM_ROWS, rowReader, shownValue, wrongType, type Cell, type OpenBatch, type RowReader } from '../rows.ts';
import { parseExactJson } from './exact-json.ts';
import { field, isLarge, isRecord, parseJson, parseLargeJson } from './exchange.ts';
import { badTensor, isDatatype, readBinary, readData, type Datatype, type TensorValues } from './tensors.ts';

export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

export interface WantedOutput {
  readonly name: string;
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string | null;
  readonly inputs: readonly Tensor[];
  /** Null: all. */
  readonly outputs: readonly WantedOutput[] | null;
  /** Whether outputs that nothing is said of come as bytes. */
  readonly binary: boolean;
  /** Milliseconds. */
  readonly timeout: number | undefined;
}

/** More of either than any model here takes. */
const MOST_TENSORS = 20_000;
const MOST_VALUES = 2 ** 27;

const parametersOf = (record: Record<string, unknown>): Record<string, unknown> => {
  const parameters = field(record, 'parameters');
  if (parameters === undefined || parameters === null) return {};
  if (!isRecord(parameters)) throw badTensor('"parameters" must be an object.');
  return parameters;
};

const isExact = (bytes: Buffer): boolean => bytes.includes('INT64') && /\d{16}/.test(bytes.toString('latin1'));

/** The JSON of a body of `POST …/infer`; a promise when it is large. Throws 400. */
export function readInferJson(json: Buffer): unknown {
  if (isLarge(json)) return parseLargeJson(json, isExact(json) ? parseExactJson : undefined);
  const text = json.toString();
  return text.includes('INT64') && /\d{16}/.test(text) ? parseExactJson(text) : parseJson(text);
}

/** The part of a body that is JSON: all of it, or as much as `Inference-Header-Content-Length` says; the bytes of binary inputs are behind it. Throws 400. */
export function jsonPart(body: Buffer, headerLength: string | undefined): Buffer {
  if (headerLength === undefined) return body;
  const length = /^\d{1,10}$/.test(headerLength) ? Number(headerLength) : NaN;
  if (!(length > 0 && length <= body.length)) throw badTensor('The header Inference-Header-Content-Length does not say how many bytes of the body are JSON.');
  return body.subarray(0, length);
}

/** Reads the JSON of a request and the bytes behind it. Throws 400. */
export function readInferRequest(json: unknown, bytes: Buffer): InferRequest {
  const inputs = isRecord(json) ? field(json, 'inputs') : undefined;
  if (!isRecord(json) || !Array.isArray(inputs)) throw badTensor('The body must be an object with a list "inputs".');
  if (inputs.length > MOST_TENSORS) throw badTensor(`There are ${inputs.length} inputs.`);
  const binary = new BinaryPart(bytes);
  const tensors = inputs.map((input) => readTensor(input, binary));
  binary.end();
  const twice = new Set<string>();
  for (const { name } of tensors) {
    if (twice.has(name)) throw badTensor(`The input "${name}" is there twice.`);
    twice.add(name);
  }
  const parameters = parametersOf(json);
  const all = field(parameters, 'binary_data_output') === true;
  const timeout = field(parameters, 'timeout');
  const id = field(json, 'id');
  return {
    id: typeof id === 'string' ? id : null,
    inputs: tensors,
    outputs: readOutputs(field(json, 'outputs'), all),
    binary: all,
    // Microseconds, as Triton counts it; 0 is none.
    timeout: typeof timeout === 'number' && timeout > 0 ? timeout / 1_000 : undefined,
  };
}

/** The bytes behind the JSON, which inputs take from in their order. */
class BinaryPart {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(name: string, size: unknown): Buffer {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || this.#at + size > this.#bytes.length)
      throw badTensor(`The input "${name}" says binary_data_size ${shownValue(size)}; ${this.#bytes.length - this.#at} bytes are left.`);
    const part = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return part;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw badTensor(`${this.#bytes.length - this.#at} bytes at the end of the body belong to no input.`);
  }
}

function readTensor(input: unknown, binary: BinaryPart): Tensor {
  const name = isRecord(input) ? field(input, 'name') : undefined;
  if (!isRecord(input) || typeof name !== 'string') throw badTensor('Every input needs a "name".');
  const datatype = field(input, 'datatype');
  if (!isDatatype(datatype)) throw badTensor(`The input "${name}" has no known "datatype".`);
  const shape = field(input, 'shape');
  if (!Array.isArray(shape) || shape.length > 2 || shape.length === 0 || !shape.every((each) => Number.isSafeInteger(each) && (each as number) >= 0))
    throw badTensor(`The input "${name}" must have a "shape" of [rows], [rows, 1] or [rows, columns].`);
  const dimensions = shape as number[];
  const count = dimensions.reduce((product, each) => product * each, 1);
  // Before anything is made as large as somebody says.
  checkRowCount(dimensions[0]!);
  if (count > MOST_VALUES) throw badTensor(`The input "${name}" has ${count} values; one request may have ${MAXIMUM_ROWS} rows.`);
  const size = field(parametersOf(input), 'binary_data_size');
  const data = field(input, 'data');
  if (size !== undefined && data !== undefined) throw badTensor(`The input "${name}" has both "data" and binary data.`);
  const values = size === undefined ? readData(name, datatype, data, dimensions, count) : readBinary(name, datatype, binary.take(name, size), count);
  return { name, datatype, shape: dimensions, values };
}

function readOutputs(outputs: unknown, all: boolean): readonly WantedOutput[] | null {
  if (outputs === undefined || outputs === null || (Array.isArray(outputs) && outputs.length === 0)) return null;
  if (!Array.isArray(outputs) || outputs.length > MOST_TENSORS) throw badTensor('"outputs" must be a list.');
  return outputs.map((output: unknown) => {
    const name = isRecord(output) ? field(output, 'name') : undefined;
    if (!isRecord(output) || typeof name !== 'string') throw badTensor('Every output needs a "name".');
    const parameters = parametersOf(output);
    if (field(parameters, 'classification') !== undefined) throw badTensor('The extension "classification" is not there: the outputs name labels already.');
    const binary = field(parameters, 'binary_data');
    return { name, binary: typeof binary === 'boolean' ? binary : all };
  });
}

/** Tensors as rows of a model: one for each column, or a single one [rows, columns] in the order of the columns. Throws 400 naming the input. */
export function tensorBatch(inputs: readonly Tensor[], signature: Signature): Batch {
  const reader = rowReader(signature);
  const rowCount = inputs[0]?.shape[0] ?? 0;
  checkRowCount(rowCount);
  const [only] = inputs;
  if (inputs.length === 1 && only!.shape.length === 2 && only!.shape[1] !== 1) return matrixBatch(only!, reader);
  const batch = reader.open(rowCount);
  for (const input of inputs) {
    const cell = reader.cell(input.name);
    if (!cell) throw badTensor(`The model has no input "${input.name}". It takes: ${reader.listed()}.`);
    if (input.shape.length === 2 && input.shape[1] !== 1)
      throw badTensor(`The input "${input.name}" is one column: its shape is [rows, 1], not [${input.shape.join(', ')}].`);
    if (input.shape[0] !== rowCount) throw badTensor(`The input "${input.name}" has ${input.shape[0]} rows, "${only!.name}" has ${rowCount}.`);
    fill(batch, cell, input, 0, 1, reader.layout.numbers.length);
  }
  reader.requireColumns(inputs.map((input) => input.name));
  return batch;
}

function matrixBatch(input: Tensor, reader: RowReader): Batch {
  const [rowCount, columns] = input.shape as [number, number];
  if (columns !== reader.cells.length)
    throw badTensor(`The input "${input.name}" has ${columns} columns; the model takes ${reader.cells.length}: ${reader.listed()}.`);
  const plain = reader.layout.texts.length === 0 && reader.cells.every((cell) => PLAIN.has(cell.input.type));
  if (plain && input.values instanceof Float32Array && !holdsInfinity(input.values)) return { rowCount, numbers: input.values, texts: [] };
  const batch = reader.open(rowCount);
  reader.cells.forEach((cell, column) => fill(batch, cell, input, column, columns, reader.layout.numbers.length));
  return batch;
}

/** A loop, since this is done for each of thousands of values of each request. */
function holdsInfinity(values: Float32Array): boolean {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < bits.length; index++) if ((bits[index]! & 0x7fffffff) === 0x7f800000) return true;
  return false;
}

/** Types whose numbers are taken as they are. */
const PLAIN: ReadonlySet<string> = new Set(['number', 'integer']);

/** Every `stride`th value from `from` on goes into one cell's column. */
function fill(batch: OpenBatch, cell: Cell, { values, datatype }: Tensor, from: number, stride: number, width: number): void {
  const { rowCount, numbers } = batch;
  if (values instanceof Float32Array && PLAIN.has(cell.input.type)) {
    for (let row = 0; row < rowCount; row++) {
      const value = values[from + row * stride]!;
      if (value === Infinity || value === -Infinity) throw wrongType(row, cell.input, 'a number', value);
      numbers[row * width + cell.at] = value;
    }
    return;
  }
  for (let row = 0; row < rowCount; row++) cell.put(batch, row, valueFor(cell, values[from + row * stride]!, datatype));
}

/** A value of a tensor as the same value of JSON would be: NaN is a missing number, whole numbers may be texts, and 1 a truth. */
function valueFor(cell: Cell, value: number | bigint | boolean | string | null, datatype: Datatype): unknown {
  if (typeof value === 'number' && Number.isNaN(value)) return null;
  if (cell.textual) {
    const whole = datatype.startsWith('INT') || datatype.startsWith('UINT');
    return whole && value !== null ? String(value) : value;
  }
  if (typeof value === 'boolean') return cell.input.type === 'boolean' ? value : Number(value);
  return typeof value === 'bigint' ? Number(value) : value;
}
