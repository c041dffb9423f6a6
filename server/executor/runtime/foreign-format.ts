/** What files that hold no table begin with: people upload them under a wrong name, or get a page where they expected data. */
const BEGINNINGS: readonly (readonly [begins: string | RegExp, what: string])[] = [
  ['\x89PNG\r\n\x1a\n', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  [/^GIF8[79]a/, 'a GIF picture'],
  ['%PDF-', 'a PDF document'],
  ['SQLite format 3\0', 'a SQLite database; connect it on the page of connections'],
  ['\x28\xb5\x2f\xfd', 'packed with Zstandard; unpack it, or pack it with gzip or ZIP'],
  [/^BZh[1-9]1AY/, 'packed with bzip2; unpack it, or pack it with gzip or ZIP'],
  ['\xfd7zXZ\0', 'packed with xz; unpack it, or pack it with gzip or ZIP'],
  ["7z\xbc\xaf'\x1c", 'packed with 7-Zip; unpack it, or pack it with gzip or ZIP'],
  ['Rar!\x1a\x07', 'packed with RAR; unpack it, or pack it with gzip or ZIP'],
  ['PARE', 'encrypted Parquet; write it without encryption'],
  [/^ORC[\0-\x1f]/, 'an ORC file; write it as Parquet'],
  [/^Obj\x01/, 'an Avro file; write it as Parquet'],
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file; write it as Parquet'],
  ['\x93NUMPY', 'a NumPy array; write it as Parquet or CSV'],
  ['\x7fELF', 'a program'],
  ['MZ\x90\0', 'a program'],
  [/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^>]*-->\s*)?<(!doctype\s+)?html[\s>]/i, 'an HTML page, perhaps one that asks to sign in'],
];

/** What a file is by its first bytes, when that is nothing that holds a table as we read it; null for everything else. */
export function foreignFormat(head: Buffer): string | null {
  const text = head.toString('latin1');
  return BEGINNINGS.find(([begins]) => (typeof begins === 'string' ? text.startsWith(begins) : begins.test(text)))?.[1] ?? null;
}
