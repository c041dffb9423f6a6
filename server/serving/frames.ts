import type { Batch, FromInference, LoadOrder, OutputColumn, ScoredBatch, ToInference } from './messages.ts';

/**
 * Messages between the server and the process of a model, as bytes on a pipe: length (uint32, of what follows), kind (uint8), content. Numbers
 * are little-endian and travel as they lie in memory, which is what makes this many times faster than structured clones.
 */
const LOAD = 1;
const SCORE = 2;
const LOADED = 3;
const REFUSED = 4;
const SCORED = 5;
const FAILED = 6;

/** A frame that says it is larger is not one of ours. */
const LARGEST_FRAME = 2 ** 30;

export class FrameError extends Error {}

/** Puts the pieces of a stream together again. */
export class FrameReader {
  readonly #pieces: Buffer[] = [];
  #held = 0;

  /** Gives every frame that is whole by now, without its length. Throws FrameError when the bytes are no frames. */
  *push(piece: Buffer): Generator<Buffer> {
    this.#pieces.push(piece);
    this.#held += piece.length;
    while (this.#held >= 4) {
      if (this.#pieces[0]!.length < 4) this.#join();
      const length = this.#pieces[0]!.readUInt32LE(0);
      if (length === 0 || length > LARGEST_FRAME) throw new FrameError(`A frame of ${length} bytes.`);
      if (this.#held < 4 + length) return;
      if (this.#pieces[0]!.length < 4 + length) this.#join();
      const first = this.#pieces[0]!;
      if (first.length === 4 + length) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(4 + length);
      this.#held -= 4 + length;
      yield first.subarray(4, 4 + length);
    }
  }

  #join(): void {
    this.#pieces.splice(0, this.#pieces.length, Buffer.concat(this.#pieces, this.#held));
  }
}

/** `elsewhere`: bytes of the content that do not lie here. */
function frame(kind: number, length: number, elsewhere = 0): Buffer {
  const bytes = Buffer.allocUnsafe(5 + length - elsewhere);
  bytes.writeUInt32LE(1 + length, 0);
  bytes[4] = kind;
  return bytes;
}

function textFrame(kind: number, text: string, id?: number): Buffer {
  const at = id === undefined ? 5 : 9;
  const bytes = frame(kind, at - 5 + Buffer.byteLength(text));
  if (id !== undefined) bytes.writeUInt32LE(id, 5);
  bytes.write(text, at);
  return bytes;
}

const bytesOf = (values: Float32Array | Float64Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Copies, since a view needs an aligned start. */
function floats<T extends Float32Array | Float64Array>(bytes: Buffer, from: number, to: number, into: T): T {
  bytesOf(into).set(bytes.subarray(from, to));
  return into;
}

export const loadFrame = (order: LoadOrder): Buffer => textFrame(LOAD, JSON.stringify(order));

/** Numbers of more bytes go into the pipe from where they are. */
const COPIED = 4_096;

/** Batches of the same model, one below the other; in pieces that follow each other. */
export function scoreFrame(id: number, batches: readonly Batch[]): Uint8Array[] {
  const first = batches[0]!;
  const texts = first.texts.map((_, column) =>
    Buffer.from((batches.length === 1 ? first.texts[column]! : batches.flatMap((each) => each.texts[column]!)).join('\0')),
  );
  const numberBytes = batches.reduce((sum, each) => sum + each.numbers.byteLength, 0);
  const textBytes = texts.reduce((sum, text) => sum + 4 + text.length, 0);
  const apart = numberBytes > COPIED;
  const bytes = frame(SCORE, 12 + numberBytes + textBytes, apart ? numberBytes : 0);
  bytes.writeUInt32LE(id, 5);
  bytes.writeUInt32LE(
    batches.reduce((sum, each) => sum + each.rowCount, 0),
    9,
  );
  bytes.writeUInt32LE(numberBytes, 13);
  let at = 17;
  for (const { numbers } of apart ? [] : batches) {
    bytes.set(bytesOf(numbers), at);
    at += numbers.byteLength;
  }
  for (const text of texts) {
    bytes.writeUInt32LE(text.length, at);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return apart ? [bytes.subarray(0, 17), ...batches.map(({ numbers }) => bytesOf(numbers)), bytes.subarray(17)] : [bytes];
}

export function readOrder(bytes: Buffer): ToInference {
  if (bytes[0] === LOAD) return { type: 'load', ...(JSON.parse(bytes.toString('utf8', 1)) as LoadOrder) };
  if (bytes[0] !== SCORE) throw new FrameError(`A frame of kind ${bytes[0]}.`);
  const numberBytes = bytes.readUInt32LE(9);
  let at = 13 + numberBytes;
  const numbers = floats(bytes, 13, at, new Float32Array(numberBytes / 4));
  const texts: string[][] = [];
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at);
    texts.push(bytes.toString('utf8', at + 4, at + 4 + length).split('\0'));
    at += 4 + length;
  }
  return { type: 'score', id: bytes.readUInt32LE(1), rowCount: bytes.readUInt32LE(5), numbers, texts };
}

export const loadedFrame = (milliseconds: number): Buffer => textFrame(LOADED, String(milliseconds));
export const refusedFrame = (message: string): Buffer => textFrame(REFUSED, message);
export const failedFrame = (id: number, message: string): Buffer => textFrame(FAILED, message, id);

export function scoredFrame(id: number, { outputs, computeMilliseconds }: ScoredBatch): Buffer {
  const columns = outputs.map((values) =>
    values instanceof Float32Array || values instanceof Float64Array
      ? { kind: values.BYTES_PER_ELEMENT, bytes: bytesOf(values) }
      : { kind: 0, bytes: Buffer.from(JSON.stringify(values)) },
  );
  const bytes = frame(SCORED, 12 + columns.reduce((sum, column) => sum + 5 + column.bytes.length, 0));
  bytes.writeUInt32LE(id, 5);
  bytes.writeDoubleLE(computeMilliseconds, 9);
  let at = 17;
  for (const column of columns) {
    bytes[at] = column.kind;
    bytes.writeUInt32LE(column.bytes.length, at + 1);
    bytes.set(column.bytes, at + 5);
    at += 5 + column.bytes.length;
  }
  return bytes;
}

/** Throws when the bytes are no answer: the process is then not to be trusted any more. */
export function readAnswer(bytes: Buffer): FromInference {
  switch (bytes[0]) {
    case LOADED:
      return { type: 'loaded', milliseconds: Number(bytes.toString('utf8', 1)) };
    case REFUSED:
      return { type: 'refused', message: bytes.toString('utf8', 1) };
    case FAILED:
      return { type: 'failed', id: bytes.readUInt32LE(1), message: bytes.toString('utf8', 5) };
    case SCORED:
      return { type: 'scored', id: bytes.readUInt32LE(1), computeMilliseconds: bytes.readDoubleLE(5), outputs: readColumns(bytes, 13) };
    default:
      throw new FrameError(`A frame of kind ${bytes[0]}.`);
  }
}

function readColumns(bytes: Buffer, from: number): OutputColumn[] {
  const outputs: OutputColumn[] = [];
  for (let at = from; at < bytes.length;) {
    const kind = bytes[at];
    const start = at + 5;
    const length = bytes.readUInt32LE(at + 1);
    at = start + length;
    if (at > bytes.length) throw new FrameError('A column ends behind its frame.');
    if (kind === 4) outputs.push(floats(bytes, start, at, new Float32Array(length / 4)));
    else if (kind === 8) outputs.push(floats(bytes, start, at, new Float64Array(length / 8)));
    else outputs.push(JSON.parse(bytes.toString('utf8', start, at)) as string[]);
  }
  return outputs;
}
