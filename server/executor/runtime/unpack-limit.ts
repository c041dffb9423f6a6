import { statfs } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { NodeError } from '#nodes/kit/issues.ts';

export interface UnpackLimits {
  /** Bytes that an archive may unpack to. */
  readonly totalBytes: number;
  /** Unpacked bytes to packed bytes, from `ratioFromBytes` unpacked bytes on. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
  /** Bytes that stay free on the disk. */
  readonly reserveBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = { totalBytes: 32 * 2 ** 30, ratio: 200, ratioFromBytes: 256 * 2 ** 20, reserveBytes: 512 * 2 ** 20 };

const LOOK_EVERY = 32 * 2 ** 20;
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MB`;

/**
 * Counts unpacked bytes while they come and throws once they are beyond the limits: what an archive says of its own size is not believed.
 * Errors: `data_unparsable`.
 */
export function unpackedCounter(packedBytes: number, folder: string, limits: UnpackLimits): (more: number) => Promise<void> {
  let bytes = 0;
  let looked = -LOOK_EVERY;
  return async (more) => {
    bytes += more;
    if (bytes > limits.totalBytes)
      throw new NodeError('data_unparsable', `The file unpacks to more than ${megabytes(limits.totalBytes)}, which is the most that is unpacked. Split it.`);
    if (bytes > limits.ratioFromBytes && bytes > packedBytes * limits.ratio)
      throw new NodeError(
        'data_unparsable',
        `The file unpacks to more than ${limits.ratio} times its size. It may be a ZIP bomb; unpack it yourself if it is not.`,
      );
    if (bytes - looked < LOOK_EVERY) return;
    looked = bytes;
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < limits.reserveBytes)
      throw new NodeError('data_unparsable', `The disk has no room to unpack the file: only ${megabytes(bavail * bsize)} are free. Make room.`);
  };
}

/** Lets unpacked bytes through as long as they stay within the limits. */
export function limitUnpacked(packedBytes: number, folder: string, limits: UnpackLimits): Transform {
  const count = unpackedCounter(packedBytes, folder, limits);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count(chunk.length).then(
        () => done(null, chunk),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
}
