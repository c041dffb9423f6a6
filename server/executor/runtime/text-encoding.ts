import { isAscii } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const ASCII_BYTES = 65_536;

export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * The encoding of a text file: by its byte order mark; else UTF-16 when every other byte of the beginning is zero; else UTF-8 when all of it
 * is valid UTF-8; else Windows-1252. `marked` = it begins with a mark.
 */
export async function detectEncoding(path: string): Promise<{ encoding: TextEncodingName; marked: boolean }> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
    const [first, second, third] = buffer;
    if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', marked: true };
    if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', marked: true };
    const marked = first === 0xef && second === 0xbb && third === 0xbf;
    const zeros = [0, 0];
    for (let index = 0; index < bytesRead; index++) if (buffer[index] === 0) zeros[index % 2]!++;
    if (bytesRead >= 4 && zeros[1]! > bytesRead / 4 && zeros[0]! < bytesRead / 20) return { encoding: 'utf-16le', marked: false };
    if (bytesRead >= 4 && zeros[0]! > bytesRead / 4 && zeros[1]! < bytesRead / 20) return { encoding: 'utf-16be', marked: false };
    return { encoding: (await isUtf8(path)) ? 'utf-8' : 'windows-1252', marked };
  } finally {
    await handle.close();
  }
}

/** Whether the first line, and some more, is ASCII without zeros. */
export async function beginsAscii(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ASCII_BYTES), 0, ASCII_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    return isAscii(head) && !head.includes(0) && /[\r\n]/.test(head.toString('latin1'));
  } finally {
    await handle.close();
  }
}

async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  // Whether a character may go on in the next piece.
  let open = false;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      const bytes = piece as Buffer;
      if (!open && isAscii(bytes)) continue;
      decoder.decode(bytes, { stream: true });
      open = bytes.at(-1)! > 127;
    }
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** Copies a text file as UTF-8 without a byte order mark. */
export async function transcode(path: string, encoding: TextEncodingName, to: string, signal: AbortSignal): Promise<void> {
  const decoder = new TextDecoder(encoding);
  const change = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(decoder.decode(chunk, { stream: true }))),
    flush: (done) => done(null, Buffer.from(decoder.decode())),
  });
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), change, createWriteStream(to), { signal });
}

/** The lines at the beginning of a text file that end within `bytes`, as a file in `scratch`; null when that is all of it or no line ends there. */
export async function firstLines(path: string, bytes: number, scratch: string): Promise<string | null> {
  const handle = await open(path, 'r');
  try {
    if ((await handle.stat()).size <= bytes) return null;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    const end = buffer.lastIndexOf(10, bytesRead - 2) + 1;
    if (end === 0) return null;
    const copy = join(scratch, 'first-lines');
    // In UTF-16 the line end has a zero byte beside it, behind it where the lower byte comes first.
    await writeFile(copy, buffer.subarray(0, buffer[end] === 0 && end % 2 === 1 ? end + 1 : end));
    return copy;
  } finally {
    await handle.close();
  }
}

/** Copies a text file that is UTF-8 without its first lines, ended by LF, CR LF or CR. */
export async function skipLines(path: string, lines: number, to: string, signal: AbortSignal): Promise<void> {
  let left = lines;
  let returned = false;
  const change = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let at = 0;
      for (; at < chunk.length && (left > 0 || returned); at++) {
        const byte = chunk[at]!;
        if (returned && byte !== 10 && left === 0) break;
        if (byte === 13 || (byte === 10 && !returned)) left--;
        returned = byte === 13;
      }
      if (at < chunk.length) returned = false;
      done(null, chunk.subarray(at));
    },
  });
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), change, createWriteStream(to), { signal });
}
