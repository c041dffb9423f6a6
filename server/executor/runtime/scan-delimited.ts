import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { CellScanner, type ScannedCells } from '#nodes/kernels/delimited-cells.server.ts';
import { CATEGORY_LEVELS } from '#nodes/kit/cells.ts';
import { RecordParser, type TextRecord, type TextShape } from '#nodes/kit/csv.ts';
import { CELL, cellAutomaton } from './cell-automaton.ts';

const clean = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text);

const READ_BYTES = 1 << 20;

export interface ScanOptions {
  /** The first line holds names. */
  readonly header: boolean;
  /** Cells that are missing are empty by now, so that a usual missing word is a text. */
  readonly ownWords?: boolean;
  readonly signal: AbortSignal;
}

/**
 * One pass over the bytes: what the cells of each column are, or null where DuckDB would not read the file just as `RecordParser` does
 * (otherwise it is rewritten first). Regular means that every line has `width` cells, line ends are alike, there is no empty line, no zero
 * byte, and quotes stand only where RFC 4180 lets them. Its memory does not depend on the size of the file.
 */
export async function scanCells(
  path: string,
  delimiter: string,
  width: number,
  { header, ownWords = false, signal }: ScanOptions,
): Promise<ScannedCells | null> {
  const separator = delimiter.charCodeAt(0);
  if (delimiter.length !== 1 || separator > 127 || '"\r\n\0'.includes(delimiter)) return null;
  const scanner = await CellScanner.create({
    automaton: cellAutomaton(separator),
    width,
    delimiter: separator,
    header,
    missing: CELL.empty | CELL.word,
    other: CELL.other,
    ownWords,
    levels: CATEGORY_LEVELS,
  });
  const handle = await open(path, 'r');
  try {
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(scanner.room(), 0, READ_BYTES, null);
      if (bytesRead === 0) return scanner.finish();
      if (!scanner.scan(bytesRead)) return null;
    }
  } finally {
    await handle.close();
  }
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export interface Rewriting {
  readonly delimiter: string;
  readonly width: number;
  readonly shape: TextShape;
  readonly signal: AbortSignal;
}

/** Calls `take` with each record of a file; `flush` after each piece of it. Zero bytes are left out. */
export async function eachRecord(
  path: string,
  { delimiter, shape, signal }: Rewriting,
  take: (record: TextRecord) => void,
  flush: () => Promise<void> | void = () => undefined,
): Promise<void> {
  const parser = new RecordParser(delimiter, take, shape);
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20, signal })) {
    parser.push(clean(chunk as string));
    await flush();
  }
  parser.finish();
  await flush();
}

/** Writes the records of a file as regular CSV of `width` cells, with empty cells where a line has too few. */
export async function rewriteRegular(
  path: string,
  rewriting: Rewriting,
  to: string,
  check: (record: TextRecord, index: number) => void,
  plain: (cell: string, column: number, row: number) => string,
): Promise<void> {
  const { width, signal } = rewriting;
  const out = createWriteStream(to, { highWaterMark: 1 << 20 });
  const lines: string[] = [];
  let index = 0;
  const take = (record: TextRecord): void => {
    const row = index++;
    check(record, row);
    const cells = Array.from({ length: width }, (_, at) => quoted(plain(record.cells[at] ?? '', at, row)));
    // A line of one empty cell would read as an empty line.
    lines.push(width === 1 && cells[0] === '' ? '""' : cells.join(','));
  };
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    lines.length = 0;
    if (!out.write(text)) await once(out, 'drain', { signal });
  };
  try {
    await eachRecord(path, rewriting, take, flush);
  } finally {
    out.end();
    await once(out, 'close');
  }
}
