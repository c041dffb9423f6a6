import { open } from 'node:fs/promises';
import { zipNames } from './unpack.ts';

/** The first 1,024 bytes of a file, or all that it has. */
export async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1_024), 0, 1_024, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export const isZip = (head: Buffer): boolean => head.toString('latin1', 0, 4) === 'PK\x03\x04';
export const isPacked = (head: Buffer): boolean => isZip(head) || (head[0] === 0x1f && head[1] === 0x8b);
/** Compound files of Excel before 2007. */
export const isOldWorkbook = (head: Buffer): boolean => head.toString('latin1', 0, 8) === '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

/** Whether a ZIP archive is a workbook, or another document of an office. */
export const isOfficeZip = async (path: string): Promise<boolean> =>
  (await zipNames(path)).some((name) => /^(xl\/workbook\.|\[Content_Types\]\.xml$)/i.test(name));
