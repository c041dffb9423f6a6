import type { FileHandle } from 'node:fs/promises';

const LINE_FEED = 10;
const RETURN = 13;

/** A line that begins in a stretch of a file may end so many bytes beyond it. */
const BEYOND = 65_536;

/** Bytes that `readLines` needs for a stretch: with one before it, those beyond, and a line end. */
export const linesBytes = (stretch: number): number => 1 + stretch + BEYOND + 2;

/** Lines of a file, each ended by a line feed: all from `start` on, of `size` bytes. */
export interface LinesFile {
  readonly handle: FileHandle;
  readonly start: number;
  readonly size: number;
  /** Whether lines end in a carriage return as well. */
  readonly returns: boolean;
}

/**
 * Reads the lines that begin in a stretch of a file into memory of `linesBytes`; gives where they lie in it. The last line of the file may go
 * without an end, and gets one. Null when a line ends too far beyond the stretch, or the file is shorter than it was.
 */
export async function readLines(
  { handle, start, size, returns }: LinesFile,
  { from, to }: { readonly from: number; readonly to: number },
  memory: Uint8Array,
): Promise<{ from: number; to: number } | null> {
  // The byte before tells whether a line begins with the stretch.
  const base = from > start ? from - 1 : from;
  const wanted = Math.min(size, to + BEYOND) - base;
  const { bytesRead } = await handle.read(memory, 0, wanted, base);
  if (bytesRead < wanted) return null;
  const begin = from > start ? memory.indexOf(LINE_FEED) + 1 : 0;
  if (begin + base > to || (from > start && begin === 0)) return { from: 0, to: 0 };
  if (to < size) {
    const end = memory.subarray(0, wanted).indexOf(LINE_FEED, to - 1 - base) + 1;
    return end > 0 ? { from: begin, to: end } : null;
  }
  if (begin === wanted || memory[wanted - 1] === LINE_FEED) return { from: begin, to: wanted };
  const close = returns ? [RETURN, LINE_FEED] : [LINE_FEED];
  memory.set(close, wanted);
  return { from: begin, to: wanted + close.length };
}
