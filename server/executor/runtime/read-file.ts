import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { DelimitedTextError } from '#nodes/kit/csv.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { DuckTable } from './duck-table.ts';
import { readDelimitedFile } from './read-delimited.ts';
import { readJsonFile, readParquetFile } from './read-typed.ts';
import { detectEncoding, transcode } from './text-encoding.ts';
import type { Workbench } from './workbench.ts';

export interface ReadPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** The name that people gave the file, when `path` does not show it. */
  readonly name?: string;
}

export interface FileTable {
  readonly table: DuckTable;
  /** What was odd about the file, for people. */
  readonly notes: readonly string[];
}

type Format = Exclude<ReadOptions['format'], 'auto'>;

/**
 * Reads a CSV, TSV, JSON, JSON Lines or Parquet file into a table; the one reader of runs, uploads and previews. docs/data-formats.md says
 * what each odd file gives. Errors: `data_empty`, `data_unparsable`, `columns_none`.
 */
export async function readFileTable(workbench: Workbench, path: string, options: ReadOptions, place: ReadPlace): Promise<FileTable> {
  const head = await headOf(path);
  if (head.length === 0) throw new NodeError('data_empty', 'The file is empty.');
  const format = options.format === 'auto' ? formatOf(head, place.name ?? path) : options.format;
  const session = await workbench.session();
  try {
    if (format === 'parquet') return { table: await workbench.make((target) => readParquetFile(session, path, target)), notes: [] };
    const notes: string[] = [];
    const text = await asUtf8(path, place, notes);
    if (format === 'json') return { table: await workbench.make((target) => readJsonFile(session, text, target)), notes };
    const delimiter = format === 'tsv' ? '\t' : options.delimiter;
    const table = await workbench.make((target) => readDelimitedFile(session, text, { delimiter, header: options.header }, { ...place, target, notes }));
    return { table, notes };
  } catch (error) {
    throw place.signal.aborted ? error : unparsable(error, format);
  }
}

function unparsable(error: unknown, format: Format): unknown {
  if (error instanceof NodeError) return error;
  if (error instanceof DelimitedTextError) return new NodeError('data_unparsable', error.message, { cause: error });
  const message = error instanceof Error ? error.message : '';
  if (/^Out of Memory/.test(message) || !/^[A-Z][A-Za-z -]* Error/.test(message)) return error;
  const title = { csv: 'CSV', tsv: 'TSV', json: 'JSON', parquet: 'Parquet' }[format];
  return new NodeError('data_unparsable', `The file cannot be read as ${title}: ${message.split('\n')[0]!.slice(0, 300)}`, { cause: error });
}

async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1_024), 0, 1_024, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function formatOf(head: Buffer, name: string): Format {
  const magic = head.toString('latin1', 0, 4);
  if (magic === 'PAR1') return 'parquet';
  if (magic.startsWith('\x1f\x8b')) throw new NodeError('data_unparsable', 'The file is compressed (gzip). Unpack it first.');
  if (magic === 'PK\x03\x04') throw new NodeError('data_unparsable', 'The file is a ZIP archive or an Excel workbook. Unpack it, or save the sheet as CSV.');
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === 'json' || extension === 'jsonl' || extension === 'ndjson') return 'json';
  if (extension === 'parquet') return 'parquet';
  if (extension === 'tsv' || extension === 'tab') return 'tsv';
  if (extension === 'csv') return 'csv';
  const beginning = head
    .toString('utf8')
    .replaceAll('\0', '')
    .replace(/^\uFEFF/, '');
  return /^\s*(\[\s*[{\]]|\{\s*["}])/.test(beginning) ? 'json' : 'csv';
}

async function asUtf8(path: string, { scratch, signal }: ReadPlace, notes: string[]): Promise<string> {
  const { encoding, marked } = await detectEncoding(path);
  if (encoding === 'utf-8' && !marked) return path;
  const copy = join(scratch, 'utf8.txt');
  await transcode(path, encoding, copy, signal);
  if (encoding === 'windows-1252') notes.push('The file is not UTF-8; it was read as Windows-1252 (Western European).');
  return copy;
}
