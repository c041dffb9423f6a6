import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  /** The text, or the path of a file below 4 GB. */
  readonly content: { readonly text: string } | { readonly path: string };
}

const FLAGS = 0x0808; // sizes follow the data; names are UTF-8
const DATE = 0x21; // 1980-01-01: equal content gives equal bytes

/** A ZIP archive as a stream; nothing is packed, since models hardly shrink. */
export async function* zipOf(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const title = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    writeCommon(head, 4, title.length);
    yield head;
    yield title;
    let sum = 0;
    let size = 0;
    for await (const piece of 'text' in content ? [Buffer.from(content.text)] : (createReadStream(content.path) as AsyncIterable<Buffer>)) {
      sum = crc32(piece, sum);
      size += piece.length;
      yield piece;
    }
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(0x08074b50, 0);
    sizes.writeUInt32LE(sum, 4);
    sizes.writeUInt32LE(size, 8);
    sizes.writeUInt32LE(size, 12);
    yield sizes;
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(0x0314, 4);
    writeCommon(entry, 6, title.length);
    sizes.copy(entry, 16, 4);
    entry.writeUInt32LE((0o100644 << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, title);
    offset += head.length + title.length + size + sizes.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  yield central;
  yield end;
}

/** What an entry and its line in the directory share, from the version that is needed to the length of the name. */
function writeCommon(buffer: Buffer, at: number, nameLength: number): void {
  buffer.writeUInt16LE(20, at);
  buffer.writeUInt16LE(FLAGS, at + 2);
  buffer.writeUInt16LE(DATE, at + 8);
  buffer.writeUInt16LE(nameLength, at + 22);
}
