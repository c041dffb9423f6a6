import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { DelimitedTextError } from '#nodes/kit/csv.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { KernelCrews } from '#nodes/kernels/kernel-crews.server.ts';
import type { FoundReading } from '../messages.ts';
import type { DuckTable } from './duck-table.ts';
import { headOf, isOfficeZip, isOldWorkbook, isPacked, isZip } from './file-head.ts';
import { foreignFormat } from './foreign-format.ts';
import { readArrowFile } from './read-arrow.ts';
import { readDelimitedFile, readDelimitedNumbers, type DelimitedPlace } from './read-delimited.ts';
import { readTextTable } from './read-text-table.ts';
import { readJsonFile, readParquetFile } from './read-typed.ts';
import { beginsAscii, detectEncoding, firstLines, skipLines, transcode } from './text-encoding.ts';
import { readWorkbook } from './read-workbook.ts';
import { gunzip, unzip, type Unpacked } from './unpack.ts';
import type { UnpackLimits } from './unpack-limit.ts';
import type { Workbench } from './workbench.ts';
import type { WrittenTable } from './write-table.ts';

export interface ReadPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** The name that people gave the file, when `path` does not show it. */
  readonly name?: string;
  readonly limits?: UnpackLimits;
  /** Read no more than so many bytes of a file of lines, to the end of a line. */
  readonly headBytes?: number;
  /** Columns of delimited text whose cells stay the text that they are. */
  readonly textColumns?: readonly string[];
  readonly crews?: KernelCrews;
  /** The schema alone is wanted: the table that is given of delimited text has no rows to read. */
  readonly schemaOnly?: boolean;
}

export interface FileTable {
  readonly table: DuckTable;
  /** What was odd about the file, for people. */
  readonly notes: readonly string[];
  /** The file has more than `headBytes`, and the rest was not read. */
  readonly partial: boolean;
  readonly found: Readonly<FoundReading>;
}

type Format = Exclude<ReadOptions['format'], 'auto'>;

const TITLES: Readonly<Record<Format, string>> = {
  csv: 'CSV',
  tsv: 'TSV',
  json: 'JSON',
  parquet: 'Parquet',
  excel: 'an Excel workbook',
  arrow: 'Arrow IPC',
  arff: 'ARFF',
  svmlight: 'SVMLight',
};

/**
 * Reads a file of any of `FILE_FORMATS`, packed or not, into a table; the one reader of runs, uploads and previews. docs/data-formats.md says
 * what each odd file gives. Errors: `data_empty`, `data_unparsable`, `columns_none`.
 */
export async function readFileTable(workbench: Workbench, path: string, options: ReadOptions, place: ReadPlace): Promise<FileTable> {
  const plain = await unpacked({ path, name: place.name ?? path }, options, place);
  const head = await headOf(plain.path);
  if (head.length === 0) throw new NodeError('data_empty', 'The file is empty.');
  const format = formatIn(head, plain.name, options);
  const notes: string[] = [];
  const found: FoundReading = { format };
  try {
    const beginning = place.headBytes !== undefined && isLines(format, head) ? await firstLines(plain.path, place.headBytes, place.scratch) : null;
    const from = beginning ?? plain.path;
    const table = await workbench.fill((target) => write(workbench, from, format, options, { ...place, threads: workbench.threads, target, notes, found }));
    return { table, notes, partial: beginning !== null, found };
  } catch (error) {
    throw place.signal.aborted ? error : unparsable(error, format);
  }
}

async function write(workbench: Workbench, path: string, format: Format, options: ReadOptions, place: DelimitedPlace): Promise<WrittenTable> {
  switch (format) {
    case 'parquet':
      await refuseCutParquet(path);
      return readParquetFile(await workbench.session(), path, place.target);
    case 'arrow':
      return readArrowFile(await workbench.session(), path, place);
    case 'excel':
      return readWorkbook(await workbench.session(), path, options, place);
    case 'json':
      return readJsonFile(await workbench.session(), await asUtf8(path, options, place), place.target);
    case 'arff':
    case 'svmlight':
      return readTextTable(await workbench.session(), await asUtf8(path, options, place), format, place);
    case 'csv':
    case 'tsv': {
      const delimiter = format === 'tsv' ? '\t' : options.delimiter;
      return readDelimited(workbench, path, { ...options, delimiter }, place);
    }
  }
}

async function readDelimited(workbench: Workbench, path: string, options: ReadOptions, place: DelimitedPlace): Promise<WrittenTable> {
  const shaped = { ...options, firstLine: 1 + (options.skipRows ?? 0) };
  // A file of plain numbers reads alike in all encodings but UTF-16: finding out which one it is would take a pass over all of it.
  const isTried = !options.skipRows && !options.encoding?.startsWith('utf-16') && (await beginsAscii(path));
  const numbers = isTried ? await readDelimitedNumbers(path, shaped, place) : null;
  if (numbers) {
    place.found.encoding = 'utf-8';
    return numbers;
  }
  const text = await withoutLines(await asUtf8(path, options, place), options, place);
  return (
    (isTried && text === path ? null : await readDelimitedNumbers(text, shaped, place)) ?? readDelimitedFile(await workbench.session(), text, shaped, place)
  );
}

/**
 * The file itself, or what is packed in it, also when that is packed again, as in a ZIP of a gzip file. Where only the beginning of a file of lines is
 * wanted, no more than that is unpacked.
 */
async function unpacked(file: Unpacked, options: ReadOptions, place: ReadPlace, depth = 0): Promise<Unpacked> {
  const head = await headOf(file.path);
  if (!isPacked(head)) return file;
  const zip = isZip(head);
  if (zip && (await isOfficeZip(file.path))) return file;
  if (depth === 2) throw new NodeError('data_unparsable', 'The file is packed more than twice. Unpack it first.');
  const unpack = (most?: number): Promise<Unpacked> => (zip ? unzip(file.path, options.member, place, most) : gunzip(file.path, file.name, place, most));
  if (place.headBytes !== undefined) {
    const beginning = await unpack(place.headBytes + 1);
    const first = await headOf(beginning.path);
    if (first.length > 0 && !isPacked(first) && isLines(formatIn(first, beginning.name, options), first)) return beginning;
  }
  return unpacked(await unpack(), zip ? { format: 'auto' } : options, place, depth + 1);
}

const formatIn = (head: Buffer, name: string, { format, encoding = 'auto' }: ReadOptions): Format =>
  format === 'auto' ? formatOf(head, name, encoding !== 'auto') : format;

function unparsable(error: unknown, format: Format): unknown {
  if (error instanceof NodeError) return error;
  if (error instanceof DelimitedTextError) return new NodeError('data_unparsable', error.message, { cause: error });
  const message = error instanceof Error ? error.message : '';
  if (/^Out of Memory/.test(message) || !/^[A-Z][A-Za-z -]* Error/.test(message)) return error;
  // Its name on this machine is nobody's business, and another one in a preview.
  const why = message.split('\n')[0]!.replace(/\b(file) ['"][^'"]+['"]/gi, '$1');
  return new NodeError('data_unparsable', `The file cannot be read as ${TITLES[format]}: ${why.slice(0, 300)}`, { cause: error });
}

/** Parquet begins and ends with the same four bytes; what it holds is told at the end, so without that nothing of it can be read. */
async function refuseCutParquet(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const magic = async (at: number): Promise<string> => (await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, at))).buffer.toString('latin1');
    if ((await magic(0)) !== 'PAR1') throw new NodeError('data_unparsable', 'The file does not begin as Parquet does. Choose another format.');
    if ((await magic(size - 4)) !== 'PAR1')
      throw new NodeError('data_unparsable', 'The file begins as Parquet but does not end so: it was cut off. Copy or download it again.');
  } finally {
    await handle.close();
  }
}

const EXTENSIONS: ReadonlyMap<string, Format> = new Map([
  ...['json', 'jsonl', 'ndjson'].map((extension) => [extension, 'json'] as const),
  ...['tsv', 'tab'].map((extension) => [extension, 'tsv'] as const),
  ...['svmlight', 'svm', 'libsvm'].map((extension) => [extension, 'svmlight'] as const),
  ['csv', 'csv'],
  ['arff', 'arff'],
]);

/** By the first bytes, where they tell; else by the name; else by how the text begins. Who names an encoding says that it is text. */
function formatOf(head: Buffer, name: string, text: boolean): Format {
  const magic = head.toString('latin1', 0, 8);
  if (magic.startsWith('PAR1')) return 'parquet';
  if (isZip(head) || isOldWorkbook(head)) return 'excel';
  if (magic.startsWith('ARROW1\0\0') || magic.startsWith('\xff\xff\xff\xff')) return 'arrow';
  const foreign = foreignFormat(head);
  if (foreign !== null) throw new NodeError('data_unparsable', `The file is ${foreign}. Where it is a table all the same, choose its format.`);
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (/^(xlsx|xlsm|xlsb|xls|arrow|arrows|feather|parquet)$/.test(extension))
    throw new NodeError('data_unparsable', `The file ends in .${extension}, but is none inside. Is it complete? If it is text, choose its format.`);
  if (!text && isBinary(head))
    throw new NodeError('data_unparsable', 'The file is not text, and of no format that is read. Where it is a table all the same, choose its format.');
  const known = EXTENSIONS.get(extension);
  if (known) return known;
  const beginning = head
    .toString('utf8')
    .replaceAll('\0', '')
    .replace(/^\uFEFF/, '');
  if (/^(\s*%[^\n]*\n)*\s*@relation\b/i.test(beginning)) return 'arff';
  return /^\s*(\[\s*[{\]]|\{\s*["}])/.test(beginning) ? 'json' : 'csv';
}

/** Whether bytes are control characters so often that no text begins with them; those of UTF-16 are told by its mark. */
function isBinary(head: Buffer): boolean {
  if (/^(\xff\xfe|\xfe\xff)/.test(head.toString('latin1', 0, 2))) return false;
  const controls = head.filter((byte) => byte !== 0 && byte < 32 && !/[\t\n\v\f\r\x1a\x1b]/.test(String.fromCharCode(byte)));
  return controls.length > head.length / 20;
}

const isLines = (format: Format, head: Buffer): boolean =>
  format === 'json' ? /^[\s\0\uFEFF]*\{/.test(head.toString('utf8')) : ['csv', 'tsv', 'arff', 'svmlight'].includes(format);

async function asUtf8(path: string, { encoding: chosen = 'auto' }: ReadOptions, { scratch, signal, notes, found: told }: DelimitedPlace): Promise<string> {
  const { encoding: found, marked } = await detectEncoding(path);
  const encoding = chosen === 'auto' ? found : chosen !== 'utf-16' ? chosen : found === 'utf-16be' ? found : 'utf-16le';
  told.encoding = encoding;
  if (encoding === 'utf-8' && found === 'utf-8' && !marked) return path;
  const copy = join(scratch, 'utf8.txt');
  await transcode(path, encoding, copy, signal);
  if (encoding === 'windows-1252' && chosen === 'auto') notes.push('The file is not UTF-8; it was read as Windows-1252 (Western European).');
  return copy;
}

async function withoutLines(path: string, { skipRows = 0 }: ReadOptions, { scratch, signal }: DelimitedPlace): Promise<string> {
  if (skipRows === 0) return path;
  const copy = join(scratch, 'without-first-lines.txt');
  await skipLines(path, skipRows, copy, signal);
  return copy;
}
