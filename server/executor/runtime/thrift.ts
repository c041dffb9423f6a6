// Writes values in Thrift's compact protocol. Source: thrift-compact-protocol.md of Apache Thrift.

/** A value with the number of its type. */
export interface Encoded {
  readonly type: number;
  readonly bytes: Buffer;
}
export interface Field {
  readonly id: number;
  readonly value: Encoded;
}

const TYPE = { whole32: 5, whole64: 6, binary: 8, list: 9, struct: 12 } as const;

/** Seven bits a byte, the lowest first. */
export function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  bytes.push(left);
  return Buffer.from(bytes);
}

/** Up to 2^52. */
const signed = (value: number): Buffer => unsigned(value >= 0 ? value * 2 : -value * 2 - 1);

export const field = (id: number, value: Encoded): Field => ({ id, value });
export const whole32 = (value: number): Encoded => ({ type: TYPE.whole32, bytes: signed(value) });
export const whole64 = (value: number): Encoded => ({ type: TYPE.whole64, bytes: signed(value) });
export const binary = (bytes: Uint8Array): Encoded => ({ type: TYPE.binary, bytes: Buffer.concat([unsigned(bytes.length), bytes]) });
export const text = (value: string): Encoded => binary(Buffer.from(value, 'utf8'));
export const struct = (...fields: readonly Field[]): Encoded => ({ type: TYPE.struct, bytes: structure(...fields) });

/** The elements are all of the kind that is named. */
export function list(kind: 'whole' | 'binary' | 'struct', elements: readonly Encoded[]): Encoded {
  const type = { whole: TYPE.whole32, binary: TYPE.binary, struct: TYPE.struct }[kind];
  const head = elements.length < 15 ? Buffer.of((elements.length << 4) | type) : Buffer.concat([Buffer.of(0xf0 | type), unsigned(elements.length)]);
  return { type: TYPE.list, bytes: Buffer.concat([head, ...elements.map(({ bytes }) => bytes)]) };
}

/** Fields in rising order of their ids, which lie less than 16 apart. */
export function structure(...fields: readonly Field[]): Buffer {
  const pieces: Buffer[] = [];
  let before = 0;
  for (const { id, value } of fields) {
    pieces.push(Buffer.of(((id - before) << 4) | value.type), value.bytes);
    before = id;
  }
  return Buffer.concat([...pieces, Buffer.of(0)]);
}
