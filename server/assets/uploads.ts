import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { newId } from '../db/ids.ts';
import type { Disk } from '../store/disk.ts';

export interface Upload {
  readonly path: string;
  readonly bytes: number;
  readonly hash: string;
}

/** The file name that a caller gives in X-File-Name, percent-encoded: a label for people, never a path. */
export function fileNameOf(header: string | undefined): string {
  let name = header ?? '';
  try {
    name = decodeURIComponent(name);
  } catch {
    throw new AppError(400, 'X-File-Name must be percent-encoded.', { code: 'file_name_invalid' });
  }
  return plainFileName(name, 'the header X-File-Name');
}

/** The last part of a name as a label for people; `where` says where a caller gives it. */
export function plainFileName(given: string, where: string): string {
  const name = (given.split(/[/\\]/).at(-1) ?? '').trim();
  if (name === '' || name.length > 255 || /[\u0000-\u001f\u007f]/.test(name))
    throw new AppError(400, `Give the file a name of 1 to 255 characters in ${where}.`, { code: 'file_name_invalid' });
  return name;
}

export const receiveLimit = (limit: number): AppError =>
  new AppError(413, `The file is larger than ${Math.floor(limit / 2 ** 20)} MB, the most that this installation takes (MODELWRIGHT_UPLOAD_MB).`, {
    code: 'too_large',
  });

/**
 * Streams a body to a file under a name of our own, fsynced and hashed on the way. Throws 413 as soon as more than `limit` bytes came, 400
 * when nothing did, 507 while the disk is full; the file is then gone.
 */
export async function receive(
  body: ReadableStream<Uint8Array> | null,
  folder: string,
  { limit, disk, announced = 0 }: { limit: number; disk: Disk; announced?: number },
): Promise<Upload> {
  if (!body) throw new AppError(400, 'The request has no body. Send the file itself as the body.', { code: 'data_empty' });
  disk.refuseWhenFull(Math.min(announced, limit));
  const path = join(folder, newId());
  const file = await open(path, 'wx', 0o600);
  const sum = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.byteLength;
      if (bytes > limit) throw receiveLimit(limit);
      sum.update(piece);
      await file.write(piece);
    }
    if (bytes === 0) throw new AppError(400, 'The file is empty.', { code: 'data_empty' });
    await file.sync();
    await file.close();
    return { path, bytes, hash: sum.digest('hex') };
  } catch (error) {
    await file.close().catch(() => {});
    await rm(path, { force: true });
    throw error;
  }
}
