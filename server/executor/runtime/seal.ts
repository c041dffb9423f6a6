import { createHash, hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, statSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';

export interface Sealed {
  readonly hash: string;
  readonly bytes: number;
}

/** Files up to this size are read at once: each further call would take longer than the work itself. */
const SMALL = 1 << 20;

/** Brings a file to disk for good and gives its sha256 (hex) and size. */
export async function seal(path: string): Promise<Sealed> {
  return statSync(path).size <= SMALL ? sealSmall(path) : sealLarge(path);
}

function sealSmall(path: string): Sealed {
  const file = openSync(path, 'r+');
  try {
    const content = readFileSync(file);
    fsyncSync(file);
    return { hash: hash('sha256', content, 'hex'), bytes: content.byteLength };
  } finally {
    closeSync(file);
  }
}

async function sealLarge(path: string): Promise<Sealed> {
  const handle = await open(path, 'r+');
  try {
    const sum = createHash('sha256');
    const buffer = Buffer.allocUnsafe(1 << 20);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
      if (bytesRead === 0) break;
      sum.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    await handle.sync();
    return { hash: sum.digest('hex'), bytes };
  } finally {
    await handle.close();
  }
}

/** JSON with sorted keys and no white space: equal values, equal bytes. Not-a-number and infinities become null. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : each,
  );
}

export async function writeSealed(path: string, content: string | Uint8Array): Promise<Sealed> {
  await writeFile(path, content, { flag: 'wx' });
  return seal(path);
}
