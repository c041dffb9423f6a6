/**
 * Unpacks an LZ4 frame, which Arrow and Feather files hold (the LZ4 Frame and Block Format descriptions, version 1.6). Checksums are not looked at.
 * @throws Error when the bytes are no whole LZ4 frame
 */
export function decompressLz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== 0x184d2204) throw new Error('This is no LZ4 frame.');
  const flags = bytes[4]!;
  const [checksums, sized, dictionary] = [(flags & 0x10) !== 0, (flags & 0x08) !== 0, (flags & 0x01) !== 0];
  let at = 6 + (sized ? 8 : 0) + (dictionary ? 4 : 0) + 1;
  const out = new Output(sized ? Math.min(Number(view.getBigUint64(6, true)), bytes.length * 255) : bytes.length * 4);
  for (;;) {
    if (at + 4 > bytes.length) throw new Error('The LZ4 frame is cut off.');
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return out.bytes();
    const length = size & 0x7fff_ffff;
    if (at + length > bytes.length) throw new Error('The LZ4 frame is cut off.');
    const block = bytes.subarray(at, at + length);
    if (size >>> 31 === 1) out.copy(block);
    else decompressBlock(block, out);
    at += length + (checksums ? 4 : 0);
  }
}

class Output {
  #buffer: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#buffer = new Uint8Array(Math.max(64, capacity));
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#length + more, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  copy(from: Uint8Array): void {
    this.#reserve(from.length);
    this.#buffer.set(from, this.#length);
    this.#length += from.length;
  }

  /** Repeats what was written `offset` bytes before; it may run into itself. */
  repeat(offset: number, length: number): void {
    if (offset === 0 || offset > this.#length) throw new Error('The LZ4 block points before its beginning.');
    this.#reserve(length);
    if (offset >= length) this.#buffer.copyWithin(this.#length, this.#length - offset, this.#length - offset + length);
    else for (let index = 0; index < length; index++) this.#buffer[this.#length + index] = this.#buffer[this.#length + index - offset]!;
    this.#length += length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

function decompressBlock(block: Uint8Array, out: Output): void {
  let at = 0;
  const lengthOf = (start: number): number => {
    let length = start;
    if (start !== 15) return length;
    for (;;) {
      const more = block[at++];
      if (more === undefined) throw new Error('The LZ4 block is cut off.');
      length += more;
      if (more !== 255) return length;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = lengthOf(token >> 4);
    if (at + literals > block.length) throw new Error('The LZ4 block is cut off.');
    out.copy(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    if (at + 2 > block.length) throw new Error('The LZ4 block is cut off.');
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    out.repeat(offset, lengthOf(token & 15) + 4);
  }
}
