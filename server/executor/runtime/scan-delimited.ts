import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { RecordParser, type TextRecord, type TextShape } from '#nodes/kit/csv.ts';
import { cellAutomaton, EVENT, FIRST_EVENT } from './cell-automaton.ts';

const clean = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text);

/** Whether DuckDB would read the file just as `RecordParser` does (otherwise it is rewritten first), and what its columns hold. */
export interface Shape {
  readonly regular: boolean;
  readonly lineEnd: '\n' | '\r\n';
  /** Per column, the `CELL` flags of all cells below the header; whole only when the file is regular. */
  readonly flags: Uint8Array;
}

const READ_BYTES = 1 << 20;

/**
 * One pass over the bytes: regular means that every line has `width` cells, line ends are alike, there is no empty line, no zero byte, and
 * quotes stand only where RFC 4180 lets them. The same pass tells what the cells look like.
 */
export async function scanShape(path: string, delimiter: string, width: number, header: boolean, signal: AbortSignal): Promise<Shape> {
  const flags = new Uint8Array(width);
  const separator = delimiter.charCodeAt(0);
  if (delimiter.length !== 1 || separator > 127 || '"\r\n\0'.includes(delimiter)) return { regular: false, lineEnd: '\n', flags };
  const automaton = cellAutomaton(separator);
  const { table, flags: flagsOf, lineStart, cellStart, returned, firstQuoted, firstClosed } = automaton;
  let state = lineStart;
  let column = 0;
  let heading = header;
  let ends = 0;
  const scan = (bytes: Uint8Array): boolean => {
    const last = width - 1;
    let here = state;
    for (let at = 0; at < bytes.length; at++) {
      const next = table[here + bytes[at]!]!;
      if (next < FIRST_EVENT) {
        here = next;
        continue;
      }
      if (next === EVENT.irregular) return false;
      if (here !== returned) flags[column] = flags[column]! | flagsOf[here >> 8]!;
      if (next === EVENT.delimiter) {
        if (column++ === last) return false;
        here = cellStart;
      } else if (next === EVENT.return) here = returned;
      else {
        const kind = here === returned ? 2 : 1;
        if (column !== last || (ends !== 0 && ends !== kind)) return false;
        ends = kind;
        if (heading) {
          heading = false;
          flags.fill(0);
        }
        column = 0;
        here = lineStart;
      }
    }
    state = here;
    return true;
  };
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, null);
      if (bytesRead === 0) break;
      if (!scan(buffer.subarray(0, bytesRead))) return { regular: false, lineEnd: '\n', flags };
    }
  } finally {
    await handle.close();
  }
  const lineEnd = ends === 2 ? '\r\n' : '\n';
  if (state === lineStart) return { regular: true, lineEnd, flags };
  if (state === returned || (state >= firstQuoted && state < firstClosed) || column !== width - 1) return { regular: false, lineEnd, flags };
  if (heading) flags.fill(0);
  else flags[column] = flags[column]! | flagsOf[state >> 8]!;
  return { regular: true, lineEnd, flags };
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
