import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { RecordParser, type TextRecord } from '#nodes/kit/csv.ts';

const clean = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text);

/** Whether DuckDB would read the file just as `RecordParser` does; otherwise it is rewritten first. */
export interface Shape {
  readonly regular: boolean;
  readonly quotes: boolean;
}

const [QUOTE, LINE_FEED, RETURN] = [34, 10, 13];

/**
 * One pass over the bytes: regular means that every line has `width` cells, line ends are alike, there is no empty line, no zero byte, and
 * quotes stand only where RFC 4180 lets them.
 */
export async function scanShape(path: string, delimiter: string, width: number, signal: AbortSignal): Promise<Shape> {
  const separator = delimiter.charCodeAt(0);
  let cells = 1;
  let cellStart = true;
  let lineStart = true;
  let inQuotes = false;
  let closed = false;
  let quotes = false;
  let returned = false;
  let ends: 'lf' | 'crlf' | null = null;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    const bytes = chunk as Buffer;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (inQuotes) {
        if (byte === QUOTE) {
          inQuotes = false;
          closed = true;
        } else if (byte === 0) return { regular: false, quotes: true };
        continue;
      }
      if (returned && byte !== LINE_FEED) return { regular: false, quotes };
      if (byte === separator) {
        cells++;
        cellStart = true;
        lineStart = false;
        closed = false;
      } else if (byte === LINE_FEED) {
        const kind = returned ? 'crlf' : 'lf';
        if (cells !== width || lineStart || (ends !== null && ends !== kind)) return { regular: false, quotes };
        ends = kind;
        returned = false;
        cells = 1;
        cellStart = true;
        lineStart = true;
        closed = false;
      } else if (byte === RETURN) returned = true;
      else if (byte === QUOTE) {
        if (closed) inQuotes = true;
        else if (cellStart) inQuotes = true;
        else return { regular: false, quotes };
        quotes = true;
        closed = false;
        cellStart = false;
        lineStart = false;
      } else {
        if (closed || byte === 0) return { regular: false, quotes };
        cellStart = false;
        lineStart = false;
      }
    }
  }
  return { regular: !inQuotes && !returned && (lineStart || cells === width), quotes };
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Writes the records of a file as regular CSV of `width` cells, with empty cells where a line has too few. */
export async function rewriteRegular(
  path: string,
  delimiter: string,
  width: number,
  to: string,
  signal: AbortSignal,
  check: (record: TextRecord, index: number) => void,
): Promise<void> {
  const out = createWriteStream(to, { highWaterMark: 1 << 20 });
  const lines: string[] = [];
  let index = 0;
  const parser = new RecordParser(delimiter, (record) => {
    check(record, index++);
    const cells = Array.from({ length: width }, (_, at) => quoted(record.cells[at] ?? ''));
    // A line of one empty cell would read as an empty line.
    lines.push(width === 1 && cells[0] === '' ? '""' : cells.join(','));
  });
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    lines.length = 0;
    if (!out.write(text)) await once(out, 'drain', { signal });
  };
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20, signal })) {
      parser.push(clean(chunk as string));
      await flush();
    }
    parser.finish();
    await flush();
  } finally {
    out.end();
    await once(out, 'close');
  }
}
