/**
 * A graph takes one tensor for each column, which is what other tools want and what costs: handing 28 tensors over takes longer than a hundred
 * trees. Before it is loaded for serving, its numeric inputs therefore become one matrix and a `Split` in front. Only the outer fields of the
 * protobuf are read (onnx.proto: ModelProto, GraphProto, NodeProto, ValueInfoProto), so that a forest of 100 MB costs no more than a copy.
 */
const MODEL_OPSETS = 8;
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INPUT = 11;
/** From here on `Split` has `num_outputs`; before, it split evenly without. */
const SPLIT_COUNTS = 18n;
const OLDEST_OPSET = 13n;

/** Begins with a blank, as the names of values within a graph do. */
export const PACKED_INPUT = ' packed numbers';

interface Field {
  readonly number: number;
  /** From the tag on. */
  readonly start: number;
  /** Of what a length-delimited field holds; otherwise of the value. */
  readonly from: number;
  readonly to: number;
  readonly wire: number;
}

function varint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
  throw new Error('The model file ends within a number.');
}

function* fields(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Field> {
  for (let start = from; start < to;) {
    const tag = varint(bytes, start);
    const wire = Number(tag.value & 7n);
    let at = tag.next;
    let end: number;
    if (wire === 0) end = varint(bytes, at).next;
    else if (wire === 1) end = at + 8;
    else if (wire === 5) end = at + 4;
    else if (wire === 2) {
      const length = varint(bytes, at);
      at = length.next;
      end = at + Number(length.value);
    } else throw new Error(`The model file has a field of wire type ${wire}.`);
    if (end > to) throw new Error('The model file ends within a field.');
    yield { number: Number(tag.value >> 3n), start, from: at, to: end, wire };
    start = end;
  }
}

function writeVarint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
const number = (field: number, value: number): Buffer => Buffer.from([...writeVarint(field * 8), ...writeVarint(value)]);
function message(field: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([...writeVarint(field * 8 + 2), ...writeVarint(body.length)]), body]);
}

const text = (bytes: Uint8Array, { from, to }: Field): string => Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');

function nameOf(bytes: Uint8Array, { from, to }: Field): string {
  for (const field of fields(bytes, from, to)) if (field.number === 1) return text(bytes, field);
  return '';
}

/** The version of the standard operators; 0 when the file does not say. */
function opsetOf(bytes: Uint8Array, imports: readonly Field[]): bigint {
  for (const each of imports) {
    const parts = [...fields(bytes, each.from, each.to)];
    const domain = parts.find((part) => part.number === 1);
    const version = parts.find((part) => part.number === 2);
    if (version && (!domain || ['', 'ai.onnx'].includes(text(bytes, domain)))) return varint(bytes, version.from).value;
  }
  return 0n;
}

/** `[rows, width]` of float32. */
const matrixInput = (width: number): Buffer =>
  message(
    GRAPH_INPUT,
    message(1, PACKED_INPUT),
    message(2, message(1, number(1, 1), message(2, message(1, message(2, 'rows')), message(1, number(1, width))))),
  );

function splitNode(outputs: readonly string[], opset: bigint): Buffer {
  const whole = (name: string, value: number): Buffer => message(5, message(1, name), number(3, value), number(20, 2));
  return message(
    GRAPH_NODE,
    message(1, PACKED_INPUT),
    ...outputs.map((name) => message(2, name)),
    message(4, 'Split'),
    whole('axis', 1),
    ...(opset >= SPLIT_COUNTS ? [whole('num_outputs', outputs.length)] : []),
  );
}

/**
 * The same model with its inputs `numbers` (float32 [rows, 1] each) as one matrix [rows, numbers.length], named PACKED_INPUT, in their order.
 * Null when there is nothing to gain or the file is too old for it: then it is loaded as it is.
 */
export function packInputs(model: Uint8Array, numbers: readonly string[]): Buffer | null {
  const outer = [...fields(model)];
  const graph = outer.filter((field) => field.number === MODEL_GRAPH);
  const opset = opsetOf(
    model,
    outer.filter((field) => field.number === MODEL_OPSETS),
  );
  if (numbers.length < 2 || graph.length !== 1 || opset < OLDEST_OPSET) return null;
  const within = [...fields(model, graph[0]!.from, graph[0]!.to)];
  const wanted = new Set(numbers);
  const taken = new Set<string>();
  const dropped: Field[] = [];
  for (const field of within) {
    if (field.number !== GRAPH_INPUT) continue;
    const name = nameOf(model, field);
    if (name === PACKED_INPUT) return null;
    if (!wanted.has(name)) continue;
    taken.add(name);
    dropped.push(field);
  }
  if (taken.size < 2) return null;
  // What the graph does not take still has its place in the matrix.
  const outputs = numbers.map((name, index) => (taken.has(name) ? name : `${PACKED_INPUT} ${index}`));
  const parts: Uint8Array[] = [splitNode(outputs, opset)];
  let at = graph[0]!.from;
  for (const { start, to } of dropped) {
    parts.push(model.subarray(at, start));
    at = to;
  }
  parts.push(model.subarray(at, graph[0]!.to), matrixInput(numbers.length));
  return Buffer.concat([model.subarray(0, graph[0]!.start), message(MODEL_GRAPH, ...parts), model.subarray(graph[0]!.to)]);
}
