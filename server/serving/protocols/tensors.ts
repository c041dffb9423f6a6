import { AppError } from '../../errors.ts';
import { shownValue } from '../rows.ts';

export const DATATYPES = ['BOOL', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64', 'FP16', 'BF16', 'FP32', 'FP64', 'BYTES'] as const;
export type Datatype = (typeof DATATYPES)[number];
type FixedDatatype = Exclude<Datatype, 'BYTES'>;

export const isDatatype = (value: unknown): value is Datatype => DATATYPES.includes(value as Datatype);

/** Values of a tensor, row-major. Of whole numbers those beyond ±2^53 may be bigints; null is a missing value. */
export type TensorValues = Float32Array | Float64Array | readonly (number | bigint | boolean | string | null)[];

export const badTensor = (message: string): AppError => new AppError(400, message, { code: 'tensor_invalid' });

/** Bytes of one element. */
const WIDTHS: Readonly<Record<FixedDatatype, number>> = {
  BOOL: 1,
  UINT8: 1,
  INT8: 1,
  UINT16: 2,
  INT16: 2,
  FP16: 2,
  BF16: 2,
  UINT32: 4,
  INT32: 4,
  FP32: 4,
  UINT64: 8,
  INT64: 8,
  FP64: 8,
};

const RANGES: Readonly<Partial<Record<Datatype, readonly [bigint, bigint]>>> = {
  UINT8: [0n, 255n],
  INT8: [-128n, 127n],
  UINT16: [0n, 65_535n],
  INT16: [-32_768n, 32_767n],
  UINT32: [0n, 4_294_967_295n],
  INT32: [-2_147_483_648n, 2_147_483_647n],
  UINT64: [0n, 2n ** 64n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** IEEE 754 half precision. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

const narrow = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

const READERS: Readonly<Record<Exclude<FixedDatatype, 'FP32' | 'FP64'>, (bytes: Buffer, at: number) => number | bigint | boolean>> = {
  BOOL: (bytes, at) => bytes[at] !== 0,
  UINT8: (bytes, at) => bytes[at]!,
  INT8: (bytes, at) => bytes.readInt8(at),
  UINT16: (bytes, at) => bytes.readUInt16LE(at),
  INT16: (bytes, at) => bytes.readInt16LE(at),
  UINT32: (bytes, at) => bytes.readUInt32LE(at),
  INT32: (bytes, at) => bytes.readInt32LE(at),
  UINT64: (bytes, at) => narrow(bytes.readBigUInt64LE(at)),
  INT64: (bytes, at) => narrow(bytes.readBigInt64LE(at)),
  FP16: (bytes, at) => half(bytes.readUInt16LE(at)),
  BF16: (bytes, at) => {
    const wide = Buffer.alloc(4);
    wide.writeUInt16LE(bytes.readUInt16LE(at), 2);
    return wide.readFloatLE(0);
  },
};

/**
 * A view of the bytes, which are no more than three places further to the left then, where a view may begin. What stood there before is read
 * already: the head of the body, or a tensor that is a copy; a view before this one was moved as far.
 */
function floatsIn(bytes: Buffer): Float32Array {
  const { buffer, byteOffset, length } = bytes;
  const start = byteOffset - (byteOffset % 4);
  if (start < byteOffset) new Uint8Array(buffer, start, length + byteOffset - start).copyWithin(0, byteOffset - start);
  return new Float32Array(buffer, start, length / 4);
}

/**
 * Little-endian bytes without gaps; `count` values exactly. The bytes are given away: numbers of FP32 stay where they are. Throws 400 when they
 * do not fit.
 */
export function readBinary(name: string, datatype: Datatype, bytes: Buffer, count: number): TensorValues {
  if (datatype === 'BYTES') return readTexts(name, bytes, count);
  const width = WIDTHS[datatype];
  if (bytes.length !== count * width) throw badTensor(`The input "${name}" has ${bytes.length} bytes; ${count} values of ${datatype} have ${count * width}.`);
  if (datatype === 'FP32') return floatsIn(bytes);
  if (datatype === 'FP64') {
    const values = new Float64Array(count);
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const read = READERS[datatype];
  return Array.from({ length: count }, (_, index) => read(bytes, index * width));
}

function readTexts(name: string, bytes: Buffer, count: number): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length && texts.length <= count) {
    const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Infinity;
    if (end > bytes.length) throw badTensor(`The input "${name}" ends within a text.`);
    texts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  if (texts.length !== count || at !== bytes.length) throw badTensor(`The input "${name}" does not hold ${count} texts, each with its length in front.`);
  return texts;
}

/** Values of JSON, flat or nested as deep as the shape. Throws 400 when they are not `count` values of the datatype. */
export function readData(name: string, datatype: Datatype, data: unknown, shape: readonly number[], count: number): TensorValues {
  let values: unknown = data;
  for (let depth = 1; depth < shape.length && Array.isArray(values) && Array.isArray(values[0]); depth++) {
    if (!values.every(Array.isArray)) throw badTensor(`The data of the input "${name}" is nested unevenly.`);
    values = values.flat(1);
  }
  if (!Array.isArray(values)) throw badTensor(`The input "${name}" has no list "data".`);
  if (values.length !== count) throw badTensor(`The input "${name}" has ${values.length} values; its shape [${shape.join(', ')}] says ${count}.`);
  const fits = fitsOf(datatype);
  const wrong = values.findIndex((value) => !fits(value));
  if (wrong >= 0) throw badTensor(`Value ${wrong} of the input "${name}" is no ${datatype}: ${shownValue(values[wrong])}.`);
  return values as (number | bigint | boolean | string | null)[];
}

function fitsOf(datatype: Datatype): (value: unknown) => boolean {
  if (datatype === 'BYTES') return (value) => typeof value === 'string' || value === null;
  if (datatype === 'BOOL') return (value) => typeof value === 'boolean' || value === 0 || value === 1 || value === null;
  const range = RANGES[datatype];
  if (!range) return (value) => typeof value === 'number' || typeof value === 'bigint' || value === null;
  const [least, most] = [Number(range[0]), Number(range[1])];
  return (value) => {
    if (typeof value === 'bigint') return value >= range[0] && value <= range[1];
    return value === null || (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most);
  };
}

/** Texts with their lengths in front, as BYTES travel. */
export function writeTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
