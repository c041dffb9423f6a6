import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { AppError } from '../../errors.ts';

const NOTHING = Buffer.alloc(0);
const unpack: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
};

const tooLarge = (limit: number): AppError =>
  new AppError(413, `The body is larger than ${limit / 1024} kB. Send fewer rows at a time.`, { code: 'too_large', headers: { connection: 'close' } });

/**
 * The whole body of a request, unpacked. Both what arrives and what it unpacks to stay below the limit.
 * @throws AppError 413, 415 for an encoding that is not known, 400 for bytes that do not unpack, 408 when the caller hangs up
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': chunked, 'content-encoding': encoding = 'identity' } = request.headers;
  if (Number(length ?? 0) > limit) throw tooLarge(limit);
  const bytes = length === undefined && chunked === undefined ? NOTHING : await received(request, limit);
  if (encoding === 'identity' || bytes.length === 0) return bytes;
  const open = unpack[encoding.toLowerCase()];
  if (!open) throw new AppError(415, `Bodies may be packed with gzip or deflate, not "${encoding.slice(0, 50)}".`, { code: 'media_type' });
  try {
    return await open(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new AppError(400, `The body is not valid ${encoding}.`, { code: 'encoding_invalid', cause: error });
  }
}

function received(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let first: Buffer | null = null;
    let more: Buffer[] | null = null;
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limit) {
        request.removeAllListeners('data');
        request.resume();
        reject(tooLarge(limit));
      } else if (first === null) first = piece;
      else (more ??= [first]).push(piece);
    });
    // Every request closes in the end, and an error is dear: it is made only for those that close too early.
    const hungUp = (): void => {
      if (!request.complete) reject(new AppError(408, 'The caller hung up before the whole body was there.', { code: 'hung_up' }));
    };
    request.once('end', () => resolve(more ? Buffer.concat(more, bytes) : (first ?? NOTHING)));
    request.once('error', hungUp);
    request.once('close', hungUp);
  });
}
