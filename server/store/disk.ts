import { statfsSync } from 'node:fs';
import { diskFull } from '../errors.ts';

const MEGABYTE = 2 ** 20;
/** What stays free when nothing else was asked for, and the share of a small disk that this is at most. */
const RESERVE_BYTES = 200 * MEGABYTE;
const RESERVE_SHARE = 0.02;

export interface DiskSpace {
  readonly totalBytes: number;
  /** What this process may still write. */
  readonly freeBytes: number;
}

/**
 * Looks after the disk under the data folder. New work is refused while less than the reserve is free, so that what runs already can end and the
 * database never meets a full disk first.
 */
export class Disk {
  readonly #folder: string;
  readonly #reserveBytes: number | null;

  /** `reserveBytes` null: 200 MB, or 2 % of a disk below 10 GB. */
  constructor(folder: string, reserveBytes: number | null = null) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  space(): DiskSpace {
    const { blocks, bavail, bsize } = statfsSync(this.#folder);
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  }

  /** @throws AppError 507 when less than the reserve would be free after `bytes` more were written */
  refuseWhenFull(bytes = 0): void {
    const { totalBytes, freeBytes } = this.space();
    const reserve = this.#reserveBytes ?? Math.min(RESERVE_BYTES, totalBytes * RESERVE_SHARE);
    if (freeBytes - bytes >= reserve) return;
    const free = `${Math.floor(freeBytes / MEGABYTE)} MB`;
    const needed = `${Math.ceil((reserve + bytes) / MEGABYTE)} MB`;
    throw diskFull(`The disk of the data folder has ${free} free, and this needs ${needed}.`);
  }
}
