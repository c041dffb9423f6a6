import { Buffer } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { MAGIC } from './parquet-output.ts';
import { field, struct, whole64, type Encoded, type Field } from './thrift.ts';
import { bytesOf, elementsOf, fieldsOf, textOf, wholeOf } from './thrift-reader.ts';

const LARGEST_FOOTER = 256 * 2 ** 20;

// Numbers of fields in parquet.thrift of Apache Parquet 2.
const FILE = { schema: 2, rowCount: 3, groups: 4, encryption: 8 } as const;
const ELEMENT = { name: 4, children: 5 } as const;
const GROUP = { chunks: 1, rows: 3 } as const;
const CHUNK = { path: 1, offset: 2, metadata: 3 } as const;
const METADATA = {
  type: 1,
  encodings: 2,
  path: 3,
  codec: 4,
  plainBytes: 6,
  bytes: 7,
  dataPage: 9,
  indexPage: 10,
  dictionaryPage: 11,
  statistics: 12,
  bloomFilter: 14,
  bloomFilterBytes: 15,
} as const;
const STATISTICS = { missing: 3, greatest: 5, least: 6 } as const;
const PLACES: readonly number[] = [METADATA.dataPage, METADATA.indexPage, METADATA.dictionaryPage];

/** Where the values of a column of a row group stand. */
export interface SourceChunk {
  readonly from: number;
  readonly bytes: number;
  readonly plainBytes: number;
  /** The number of its type. */
  readonly type: number;
  /** How its pages are packed when their values are as in memory, in no dictionary; null for all others. */
  readonly plain: 'none' | 'zstd' | null;
  /** Of its values, where they were counted. */
  readonly statistics: { readonly missing: number | null; readonly least: Buffer | null; readonly greatest: Buffer | null };
  /** How it is described when its first byte stands elsewhere. Its indexes are left behind. */
  readonly movedTo: (from: number) => Encoded;
}
export interface SourceGroup {
  readonly rows: number;
  readonly chunks: ReadonlyMap<string, SourceChunk>;
}
/** The footer of a file of a flat table. */
export interface Source {
  readonly columns: ReadonlyMap<string, Encoded>;
  readonly groups: readonly SourceGroup[];
}

/** Reads the footer; null for a file whose columns cannot be taken over as they are: nested, encrypted, or in several files. */
export async function readSource(file: FileHandle): Promise<Source | null> {
  const { size } = await file.stat();
  const end = await readAt(file, size - 8, 8);
  const length = end.readUInt32LE(0);
  if (!end.subarray(4).equals(MAGIC) || length > LARGEST_FOOTER || length + 12 > size) return null;
  const footer = byId(fieldsOf(await readAt(file, size - 8 - length, length)));
  if (footer.has(FILE.encryption)) return null;
  const [root, ...elements] = elementsOf(footer.get(FILE.schema)!);
  const described = elements.map((element) => ({ element, fields: byId(fieldsOf(element.bytes)) }));
  if (!root || described.some(({ fields }) => fields.has(ELEMENT.children))) return null;
  const columns = new Map(described.map(({ element, fields }) => [textOf(fields.get(ELEMENT.name)!), element]));
  const groups = elementsOf(footer.get(FILE.groups)!).map((group): SourceGroup | null => {
    const fields = byId(fieldsOf(group.bytes));
    const chunks = elementsOf(fields.get(GROUP.chunks)!).map(chunkOf);
    if (chunks.some((chunk) => chunk === null)) return null;
    return { rows: wholeOf(fields.get(GROUP.rows)!), chunks: new Map(chunks as [string, SourceChunk][]) };
  });
  return groups.includes(null) ? null : { columns, groups: groups as SourceGroup[] };
}

const byId = (fields: readonly Field[]): Map<number, Encoded> => new Map(fields.map(({ id, value }) => [id, value]));

function chunkOf(chunk: Encoded): [string, SourceChunk] | null {
  const fields = byId(fieldsOf(chunk.bytes));
  const encoded = fields.get(CHUNK.metadata);
  if (!encoded || fields.has(CHUNK.path)) return null;
  const all = fieldsOf(encoded.bytes).filter(({ id }) => id !== METADATA.bloomFilter && id !== METADATA.bloomFilterBytes);
  const metadata = byId(all);
  const path = elementsOf(metadata.get(METADATA.path)!);
  if (path.length !== 1) return null;
  const places = PLACES.flatMap((id) => (metadata.has(id) ? wholeOf(metadata.get(id)!) : [])).filter((place) => place > 0);
  const from = Math.min(...places);
  const movedTo = (target: number): Encoded => {
    const moved = all.map(({ id, value }) => (PLACES.includes(id) && wholeOf(value) > 0 ? field(id, whole64(wholeOf(value) - from + target)) : { id, value }));
    return struct(field(CHUNK.offset, whole64(target)), field(CHUNK.metadata, struct(...moved)));
  };
  const whole = (id: number): number => wholeOf(metadata.get(id)!);
  const encodings = elementsOf(metadata.get(METADATA.encodings)!).map(wholeOf);
  const isPlain = encodings.every((each) => PLAIN.includes(each)) && !metadata.has(METADATA.dictionaryPage);
  const plain = isPlain ? (CODECS[whole(METADATA.codec)] ?? null) : null;
  const sizes = { bytes: whole(METADATA.bytes), plainBytes: whole(METADATA.plainBytes) };
  return [textOf(path[0]!), { from, ...sizes, type: whole(METADATA.type), plain, statistics: statisticsOf(metadata.get(METADATA.statistics)), movedTo }];
}

/** Encodings of values and of levels that are runs and bits. */
const PLAIN: readonly number[] = [0, 3];
const CODECS: Readonly<Record<number, 'none' | 'zstd'>> = { 0: 'none', 6: 'zstd' };

function statisticsOf(encoded: Encoded | undefined): SourceChunk['statistics'] {
  const fields = byId(encoded ? fieldsOf(encoded.bytes) : []);
  const [missing, least, greatest] = [STATISTICS.missing, STATISTICS.least, STATISTICS.greatest].map((id) => fields.get(id));
  return { missing: missing ? wholeOf(missing) : null, least: least ? bytesOf(least) : null, greatest: greatest ? bytesOf(greatest) : null };
}

/** Throws when the file ends before. */
export async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(bytes, at, length - at, from + at);
    if (bytesRead === 0) throw new RangeError('The file ends too early.');
    at += bytesRead;
  }
  return bytes;
}

/** Opens the file for as long as the work takes. */
export async function withSource<T>(path: string, work: (file: FileHandle, source: Source) => Promise<T>): Promise<T | null> {
  const file = await open(path, 'r');
  try {
    const source = await readSource(file);
    return source && (await work(file, source));
  } finally {
    await file.close();
  }
}
