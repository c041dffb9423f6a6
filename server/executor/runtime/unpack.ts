import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline as chain, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { NodeError } from '#nodes/kit/issues.ts';
import { limitUnpacked, UNPACK_LIMITS, unpackedCounter, type UnpackLimits } from './unpack-limit.ts';

export interface UnpackPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly limits?: UnpackLimits;
}

export interface Unpacked {
  readonly path: string;
  /** The name of the data within, which tells its format. */
  readonly name: string;
}

const unreadable = (what: string, error: unknown): unknown => {
  if (error instanceof NodeError) return error;
  const message = error instanceof Error ? error.message : '';
  return new NodeError('data_unparsable', `The ${what} cannot be unpacked${message ? `: ${message.slice(0, 300).replace(/\.+$/, '')}` : ''}. Is it complete?`, {
    cause: error,
  });
};

async function* beginningOf(content: Readable, most: number): AsyncGenerator<Buffer> {
  let left = most;
  for await (const chunk of content) {
    const bytes = chunk as Buffer;
    yield bytes.subarray(0, left);
    left -= bytes.length;
    // What comes after is not unpacked.
    if (left <= 0) return;
  }
}

const save = (content: Readable, to: string, most: number, signal: AbortSignal): Promise<void> =>
  pipeline(beginningOf(content, most), createWriteStream(to), { signal });

/** Errors come out of the last stream. */
const ignored = (): void => undefined;

/** Unpacks a gzip file into the scratch folder, or the first `most` bytes of what is in it. */
export async function gunzip(path: string, name: string, { scratch, signal, limits = UNPACK_LIMITS }: UnpackPlace, most = Infinity): Promise<Unpacked> {
  const to = join(scratch, 'unpacked-gzip');
  const { size } = await stat(path);
  try {
    await save(chain(createReadStream(path), createGunzip(), limitUnpacked(size, scratch, limits), ignored), to, most, signal);
  } catch (error) {
    throw signal.aborted ? error : unreadable('gzip file', error);
  }
  return { path: to, name: basename(name).replace(/\.(gz|gzip)$/i, '') };
}

const SYMBOLIC_LINK = 0o120000;
const isLink = ({ externalFileAttributes }: Entry): boolean => ((externalFileAttributes >>> 16) & 0o170000) === SYMBOLIC_LINK;
const isFolder = ({ fileName }: Entry): boolean => fileName.endsWith('/');
/** What packers add and people do not mean. */
const isLitter = ({ fileName }: Entry): boolean => /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i.test(fileName);

const filesAmong = (entries: readonly Entry[]): readonly Entry[] => entries.filter((entry) => !isFolder(entry) && !isLitter(entry));

async function withArchive<T>(path: string, use: (archive: ZipFile, entries: readonly Entry[]) => Promise<T>): Promise<T> {
  const { openPromise } = await import('yauzl');
  const archive = await openPromise(path, { autoClose: false });
  try {
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) {
      entries.push(entry);
      if (entries.length > 10_000) throw new NodeError('data_unparsable', 'The ZIP archive has more than 10,000 files.');
    }
    return await use(archive, entries);
  } finally {
    archive.close();
  }
}

/** The names of all that is in a ZIP archive. Errors: `data_unparsable`, also for names that lead out of the archive. */
export async function zipNames(path: string): Promise<string[]> {
  try {
    return await withArchive(path, async (_archive, entries) => entries.map(({ fileName }) => fileName));
  } catch (error) {
    throw unreadable('ZIP archive', error);
  }
}

/** The paths of the files in a ZIP archive that `member` may name. Errors: `data_unparsable`. */
export async function zipMembers(path: string): Promise<string[]> {
  try {
    return await withArchive(path, async (_archive, entries) => filesAmong(entries).map(({ fileName }) => fileName));
  } catch (error) {
    throw unreadable('ZIP archive', error);
  }
}

/**
 * Unpacks one file of a ZIP archive, or its first `most` bytes, into the scratch folder, under a name of ours: `member`, else the only one. Errors: `data_unparsable` when
 * there are several to choose from, when a name leads out of the archive, and for links, encrypted files and ZIP bombs.
 */
export async function unzip(
  path: string,
  member: string | undefined,
  { scratch, signal, limits = UNPACK_LIMITS }: UnpackPlace,
  most = Infinity,
): Promise<Unpacked> {
  const to = join(scratch, 'unpacked-zip');
  try {
    return await withArchive(path, async (archive, entries) => {
      const entry = chosen(entries, member);
      if (isLink(entry)) throw new NodeError('data_unparsable', `“${entry.fileName}” in the ZIP archive is a link. Pack the file itself.`);
      if (entry.isEncrypted()) throw new NodeError('data_unparsable', `“${entry.fileName}” in the ZIP archive is encrypted. Pack it without a password.`);
      const content = await archive.openReadStreamPromise(entry);
      await save(chain(content, limitUnpacked(entry.compressedSize, scratch, limits), ignored), to, most, signal);
      return { path: to, name: basename(entry.fileName) };
    });
  } catch (error) {
    throw signal.aborted ? error : unreadable('ZIP archive', error);
  }
}

function chosen(entries: readonly Entry[], member: string | undefined): Entry {
  const files = filesAmong(entries);
  const list = files
    .slice(0, 20)
    .map(({ fileName }) => `“${fileName}”`)
    .join(', ');
  const all = files.length > 20 ? `${list} and ${files.length - 20} more` : list;
  if (files.length === 0) throw new NodeError('data_empty', 'The ZIP archive has no file in it.');
  if (member !== undefined && member !== '') {
    const found = files.find(({ fileName }) => fileName === member);
    if (!found) throw new NodeError('data_unparsable', `The ZIP archive has no file “${member}”. It has ${all}.`, { param: 'member' });
    return found;
  }
  if (files.length > 1) throw new NodeError('data_unparsable', `The ZIP archive has several files: ${all}. Choose one.`, { param: 'member' });
  return files[0]!;
}

/** Unpacks all of an archive to nowhere, to know before it is read whole that it is no ZIP bomb. */
export async function measureZip(path: string, { scratch, signal, limits = UNPACK_LIMITS }: UnpackPlace): Promise<void> {
  try {
    await withArchive(path, async (archive, entries) => {
      const count = unpackedCounter((await stat(path)).size, scratch, limits);
      for (const entry of entries.filter((each) => !isFolder(each))) {
        for await (const chunk of await archive.openReadStreamPromise(entry)) {
          signal.throwIfAborted();
          await count((chunk as Buffer).length);
        }
      }
    });
  } catch (error) {
    throw signal.aborted ? error : unreadable('workbook', error);
  }
}
