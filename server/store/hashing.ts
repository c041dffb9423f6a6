import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

const SMALL = 1 << 20;

/** sha256 of a file as 64 hex digits; large files are read in pieces, so that the event loop stays free. */
export async function hashFile(path: string, bytes: number): Promise<string> {
  if (bytes <= SMALL) return hash('sha256', await readFile(path), 'hex');
  const sum = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: SMALL })) sum.update(piece as Buffer);
  return sum.digest('hex');
}

/** sha256 of a text as 64 hex digits. */
export const hashText = (text: string): string => hash('sha256', text, 'hex');
