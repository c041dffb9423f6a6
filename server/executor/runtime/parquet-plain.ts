import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { MeasuredPage } from '#nodes/kernels/column-statistics.server.ts';
import type { SourceChunk, SourceGroup } from './parquet-source.ts';
import type { Encoded } from './thrift.ts';
import { fieldsOf, structureAt, wholeOf } from './thrift-reader.ts';

// Numbers of fields in parquet.thrift of Apache Parquet 2.
const PAGE = { type: 1, plainBytes: 2, bytes: 3, header: 5 } as const;
const HEADER = { rows: 1, encoding: 2 } as const;
const DATA_PAGE = 0;
const PLAIN = 0;
/** A header without statistics is shorter. */
const MOST_HEADER_BYTES = 1_024;
const VALUE_BYTES = 8;

const unpack = promisify(zstdDecompress);

/** How many bytes the columns of a row group take in memory; null when the values of one of them are not plain. */
export function plainBytes({ chunks }: SourceGroup, names: readonly string[]): number | null {
  let bytes = 0;
  for (const name of names) {
    const chunk = chunks.get(name);
    if (!chunk?.plain) return null;
    bytes += chunk.plainBytes;
  }
  return bytes;
}

/**
 * Reads columns of a row group into memory, whose pages are plain, of values of 8 bytes; gives the pages of each. Throws RangeError when they are
 * none of these.
 */
export async function readPlainGroup(
  file: FileHandle,
  { chunks }: SourceGroup,
  names: readonly string[],
  memory: Uint8Array,
): Promise<readonly (readonly MeasuredPage[])[]> {
  const wanted = names.map((name) => chunks.get(name)!);
  const pages = new Map<SourceChunk, MeasuredPage[]>();
  let end = 0;
  for (const { from, to, chunks: joined } of rangesOf(wanted)) {
    const isPlain = joined[0]!.plain === 'none';
    const bytes = isPlain ? memory.subarray(end, end + to - from) : new Uint8Array(to - from);
    const { bytesRead } = await file.read(bytes, 0, to - from, from);
    if (bytesRead !== to - from) throw new RangeError('The file ends too early.');
    for (const chunk of joined) {
      if (isPlain) pages.set(chunk, plainPages(memory, end + chunk.from - from, chunk.bytes));
      else {
        pages.set(chunk, await unpackedPages(bytes.subarray(chunk.from - from, chunk.from - from + chunk.bytes), memory, end));
        end += chunk.plainBytes;
      }
    }
    if (isPlain) end += to - from;
  }
  return wanted.map((chunk) => pages.get(chunk)!);
}

interface Range {
  from: number;
  to: number;
  chunks: SourceChunk[];
}

/** Chunks that lie beside each other, packed alike, are read together. */
function rangesOf(chunks: readonly SourceChunk[]): Range[] {
  const ranges: Range[] = [];
  for (const chunk of chunks.toSorted((a, b) => a.from - b.from)) {
    const last = ranges.at(-1);
    if (last?.to === chunk.from && last.chunks[0]!.plain === chunk.plain) {
      last.to += chunk.bytes;
      last.chunks.push(chunk);
    } else ranges.push({ from: chunk.from, to: chunk.from + chunk.bytes, chunks: [chunk] });
  }
  return ranges;
}

function plainPages(memory: Uint8Array, from: number, bytes: number): MeasuredPage[] {
  const pages: MeasuredPage[] = [];
  for (let at = from; at < from + bytes;) {
    const { length, size, rows } = headerAt(memory, at, from + bytes);
    pages.push(pageAt(memory, at + length, size, rows));
    at += length + size;
  }
  return pages;
}

async function unpackedPages(chunk: Uint8Array, memory: Uint8Array, to: number): Promise<MeasuredPage[]> {
  const pages: MeasuredPage[] = [];
  for (let at = 0; at < chunk.length;) {
    const { length, size, rows, plainSize } = headerAt(chunk, at, chunk.length);
    const plain = await unpack(chunk.subarray(at + length, at + length + size), { maxOutputLength: plainSize });
    if (plain.length !== plainSize) throw new RangeError('A page has another length than its header says.');
    memory.set(plain, to);
    pages.push(pageAt(memory, to, plainSize, rows));
    to += plainSize;
    at += length + size;
  }
  return pages;
}

function headerAt(memory: Uint8Array, at: number, end: number): { length: number; size: number; plainSize: number; rows: number } {
  const { fields, length } = structureAt(Buffer.from(memory.buffer, memory.byteOffset + at, Math.min(MOST_HEADER_BYTES, end - at)));
  const field = (id: number): Encoded | undefined => fields.find((each) => each.id === id)?.value;
  const header = field(PAGE.header);
  if (!header || wholeOf(field(PAGE.type)!) !== DATA_PAGE) throw new RangeError('There is another page than one of data.');
  const inner = new Map(fieldsOf(header.bytes).map(({ id, value }) => [id, value]));
  if (wholeOf(inner.get(HEADER.encoding)!) !== PLAIN) throw new RangeError('A page is not plain.');
  return { length, size: wholeOf(field(PAGE.bytes)!), plainSize: wholeOf(field(PAGE.plainBytes)!), rows: wholeOf(inner.get(HEADER.rows)!) };
}

function pageAt(memory: Uint8Array, levels: number, size: number, rows: number): MeasuredPage {
  const levelBytes = 4 + new DataView(memory.buffer, memory.byteOffset + levels, 4).getUint32(0, true);
  const present = (size - levelBytes) / VALUE_BYTES;
  if (!Number.isInteger(present) || present < 0 || present > rows) throw new RangeError('A page has another length than its values.');
  return { rows, levels: present === rows ? null : levels, values: levels + levelBytes, present };
}
