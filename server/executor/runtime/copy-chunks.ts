import type { FileHandle } from 'node:fs/promises';
import type { ParquetOutput } from './parquet-output.ts';
import { readAt, type SourceGroup } from './parquet-source.ts';
import type { Encoded } from './thrift.ts';

const COPIED_AT_ONCE = 8 * 2 ** 20;

export interface CopiedChunks {
  /** By column: how it stands in the footer. */
  readonly descriptions: ReadonlyMap<string, Encoded>;
  readonly plainBytes: number;
}

/** Copies the bytes of some columns of a row group from file to file, neither unpacked nor packed again. */
export async function copyChunks(file: FileHandle, group: SourceGroup, names: readonly string[], output: ParquetOutput): Promise<CopiedChunks> {
  const descriptions = new Map<string, Encoded>();
  const ranges: { from: number; to: number }[] = [];
  let plainBytes = 0;
  let at = output.offset;
  for (const name of names) {
    const chunk = group.chunks.get(name)!;
    descriptions.set(name, chunk.movedTo(at));
    at += chunk.bytes;
    plainBytes += chunk.plainBytes;
    const last = ranges.at(-1);
    if (last?.to === chunk.from) last.to += chunk.bytes;
    else ranges.push({ from: chunk.from, to: chunk.from + chunk.bytes });
  }
  for (const range of ranges) {
    for (let place = range.from; place < range.to; place += COPIED_AT_ONCE) {
      await output.write([await readAt(file, place, Math.min(COPIED_AT_ONCE, range.to - place))]);
    }
  }
  return { descriptions, plainBytes };
}
