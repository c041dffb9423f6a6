import type { Encoded, Field } from './thrift.ts';

// Reads values in Thrift's compact protocol without knowing what they mean. Source: thrift-compact-protocol.md of Apache Thrift.

const TYPE = { true: 1, false: 2, whole8: 3, whole16: 4, whole32: 5, whole64: 6, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12 } as const;

class Cursor {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError('The Thrift value ends too early.');
    return value;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) break;
      if (byte < 128) return value;
    }
    throw new RangeError('A number of the Thrift value is too large.');
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  listHead(): { type: number; size: number } {
    const head = this.byte();
    return { type: head & 15, size: head >> 4 === 15 ? this.unsigned() : head >> 4 };
  }

  /** Passes over an element of a list or a map, where truth values are a byte each. */
  skipElement(type: number): void {
    if (type === TYPE.true || type === TYPE.false) this.byte();
    else this.skip(type);
  }

  /** Passes over the value of a field, whose type tells a truth value already. */
  skip(type: number): void {
    switch (type) {
      case TYPE.true:
      case TYPE.false:
        return;
      case TYPE.whole8:
        this.at++;
        return;
      case TYPE.whole16:
      case TYPE.whole32:
      case TYPE.whole64:
        while (this.byte() > 127);
        return;
      case TYPE.double:
        this.at += 8;
        return;
      case TYPE.binary: {
        const length = this.unsigned();
        this.at += length;
        return;
      }
      case TYPE.list:
      case TYPE.set: {
        const { type: element, size } = this.listHead();
        for (let index = 0; index < size; index++) this.skipElement(element);
        return;
      }
      case TYPE.map: {
        const size = this.unsigned();
        if (size === 0) return;
        const types = this.byte();
        for (let index = 0; index < size; index++) {
          this.skipElement(types >> 4);
          this.skipElement(types & 15);
        }
        return;
      }
      case TYPE.struct:
        this.fields();
        return;
      default:
        throw new RangeError(`There is no Thrift type ${type}.`);
    }
  }

  fields(): Field[] {
    const found: Field[] = [];
    let id = 0;
    for (let head = this.byte(); head !== 0; head = this.byte()) {
      id = head >> 4 === 0 ? this.signed() : id + (head >> 4);
      const type = head & 15;
      const from = this.at;
      this.skip(type);
      found.push({ id, value: { type, bytes: this.bytes.subarray(from, this.at) } });
    }
    return found;
  }
}

/** The fields of a structure. Throws RangeError when the bytes are none. */
export const fieldsOf = (structure: Buffer): Field[] => new Cursor(structure).fields();

/** A structure at the beginning of the bytes, and how long it is. Throws RangeError when there is none. */
export function structureAt(bytes: Buffer): { readonly fields: Field[]; readonly length: number } {
  const cursor = new Cursor(bytes);
  return { fields: cursor.fields(), length: cursor.at };
}

/** The elements of a list. */
export function elementsOf({ bytes }: Encoded): Encoded[] {
  const cursor = new Cursor(bytes);
  const { type, size } = cursor.listHead();
  return Array.from({ length: size }, () => {
    const from = cursor.at;
    cursor.skipElement(type);
    return { type, bytes: bytes.subarray(from, cursor.at) };
  });
}

/** A whole number. Throws RangeError beyond 2^52. */
export const wholeOf = ({ bytes }: Encoded): number => new Cursor(bytes).signed();

export function bytesOf({ bytes }: Encoded): Buffer {
  const cursor = new Cursor(bytes);
  const length = cursor.unsigned();
  return bytes.subarray(cursor.at, cursor.at + length);
}

/** UTF-8. */
export const textOf = (encoded: Encoded): string => bytesOf(encoded).toString('utf8');
