import { constants, lstatSync, mkdirSync } from 'node:fs';
import { copyFile, chmod, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hashFile } from '../store/hashing.ts';

/**
 * Copies a regular file to a new place, syncs it there, and gives the size and sha256 of what then lies there; null when there is no such file.
 * Links are not followed.
 */
export async function transfer(from: string, to: string): Promise<{ bytes: number; hash: string } | null> {
  const found = await lstat(from).catch(() => null);
  if (!found?.isFile()) return null;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  await chmod(to, 0o600);
  const file = await open(to, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const { size: bytes } = lstatSync(to);
  return { bytes, hash: await hashFile(to, bytes) };
}

/** Says how far the work has come, at most once a second. */
export class Progress {
  readonly #say: (text: string) => void;
  readonly #what: string;
  readonly #total: number;
  #last = performance.now();
  #bytes = 0;

  constructor(say: (text: string) => void, what: string, total: number) {
    this.#say = say;
    this.#what = what;
    this.#total = total;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    const now = performance.now();
    if (now - this.#last < 1_000) return;
    this.#last = now;
    this.#say(`${this.#what}: ${megabytes(this.#bytes)} of ${megabytes(this.#total)}`);
  }
}

/** Bytes for people, such as `12.3 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
