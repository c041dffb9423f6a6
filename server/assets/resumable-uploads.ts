import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { link, mkdir, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { newId } from '../db/ids.ts';
import { AppError, notFound } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Disk } from '../store/disk.ts';
import { hashFile } from '../store/hashing.ts';
import { namedPath } from '../store/paths.ts';
import type { Files, UploadedFile } from './files.ts';
import { receiveLimit } from './uploads.ts';

export interface ResumableUpload {
  readonly id: string;
  readonly name: string;
  /** Bytes in all. */
  readonly length: number;
  /** Bytes that are there. */
  readonly offset: number;
  /** Milliseconds since 1970; each piece that comes puts it off. */
  readonly expiresAt: number;
}

/** What is written down of an upload when it begins. How far it got is the size of the file beside it. */
interface About {
  readonly workspaceId: string;
  readonly name: string;
  readonly length: number;
}

export interface Checksum {
  readonly algorithm: 'sha1' | 'sha256';
  /** Base64. */
  readonly value: string;
}

export interface Piece {
  /** Where it begins. */
  readonly offset: number;
  /** Its bytes, as far as the caller told; else 0. */
  readonly announced: number;
  readonly checksum?: Checksum;
}

interface Parts {
  readonly folder: string;
  readonly limit: number;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly files: Pick<Files, 'add' | 'find'>;
}

/** Whoever writes to an upload right now, and how to make room for another. */
interface Holder {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export const UPLOAD_LIFETIME = 24 * 3_600_000;
const MOST_UNFINISHED = 200;
const LOOK_EVERY = 3_600_000;
const ABOUT = 'about.json';
const CONTENT = 'content';

/** Uploads that go on after a break: each is a folder with a file that grows at its end only. */
export class ResumableUploads {
  readonly #parts: Parts;
  readonly #holders = new Map<string, Holder>();

  constructor(parts: Parts) {
    this.#parts = parts;
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
  }

  get limit(): number {
    return this.#parts.limit;
  }

  /** Throws 413 and 507 before a byte is sent, and 429 when too many were begun and not ended. */
  async create(workspaceId: string, name: string, length: number): Promise<ResumableUpload> {
    const { folder, limit, disk } = this.#parts;
    if (length === 0) throw new AppError(400, 'The file is empty.', { code: 'data_empty' });
    if (length > limit) throw receiveLimit(limit);
    disk.refuseWhenFull(length);
    await this.sweep();
    if (readdirSync(folder).length >= MOST_UNFINISHED)
      throw new AppError(429, `${MOST_UNFINISHED} uploads are unfinished. End or delete some of them first.`, { code: 'uploads_too_many' });
    const id = newId();
    const place = namedPath(folder, id);
    await mkdir(place, { mode: 0o700 });
    await writeFile(join(place, CONTENT), '', { flag: 'wx', mode: 0o600 });
    await writeFile(join(place, ABOUT), JSON.stringify({ workspaceId, name, length } satisfies About), { flag: 'wx', mode: 0o600, flush: true });
    return this.get(workspaceId, id);
  }

  /** @throws AppError 404 when there is none in this workspace, or no more */
  get(workspaceId: string, id: string): ResumableUpload {
    const place = this.#placeOf(id);
    const content = place && statSync(join(place, CONTENT), { throwIfNoEntry: false });
    const about = content && aboutOf(place);
    if (!about || about.workspaceId !== workspaceId || this.#isExpired(content)) throw notFound('upload', id);
    return { id, name: about.name, length: about.length, offset: content.size, expiresAt: content.mtimeMs + UPLOAD_LIFETIME };
  }

  /**
   * Appends a body, which must begin at `offset`, and brings it to disk. What came of a body that was cut off stays; one that is too long or
   * fails its checksum leaves nothing. Whoever writes already is stopped: it is the same client as a rule, whose connection broke unseen.
   * Throws 409 at another offset, 413, 460, 507.
   */
  append(workspaceId: string, id: string, body: ReadableStream<Uint8Array> | null, piece: Piece): Promise<ResumableUpload> {
    const { offset, announced } = piece;
    this.get(workspaceId, id);
    return this.#alone(id, async (stop) => {
      const found = this.get(workspaceId, id);
      if (found.offset !== offset)
        throw new AppError(409, `The upload is at byte ${found.offset}, not at ${offset}. Ask where it is, and go on there.`, { code: 'upload_offset' });
      if (offset + announced > found.length) throw tooLong(found);
      this.#parts.disk.refuseWhenFull(announced);
      const file = await open(join(this.#placeOf(id)!, CONTENT), 'a');
      try {
        await receiveInto(file, body, found, piece, stop);
      } finally {
        await file.datasync().finally(() => file.close());
      }
      return this.get(workspaceId, id);
    });
  }

  /** Forgets an upload with what came of it. */
  async remove(workspaceId: string, id: string): Promise<void> {
    this.get(workspaceId, id);
    await this.#alone(id, () => this.#erase(id));
  }

  /**
   * Makes a whole upload an uploaded file of the same id, without a second copy. May be asked again: the file is then given that there is.
   * Throws 409 while bytes are missing.
   */
  async finish(workspaceId: string, id: string, options: { readSchema: boolean }, signal?: AbortSignal): Promise<UploadedFile> {
    const { folder, files } = this.#parts;
    const made = files.find(workspaceId, id);
    if (made) return made;
    this.get(workspaceId, id);
    return this.#alone(id, async () => {
      const again = files.find(workspaceId, id);
      if (again) return again;
      const { name, offset, length } = this.get(workspaceId, id);
      if (offset !== length) throw new AppError(409, `Of ${length} bytes ${offset} have come. Send the rest first.`, { code: 'upload_incomplete' });
      const content = join(namedPath(folder, id), CONTENT);
      const hash = await hashFile(content, length);
      // A second name for the same bytes: they stay here until the file is known to the database.
      const path = join(namedPath(folder, id), 'whole');
      await rm(path, { force: true });
      await link(content, path);
      const file = await files.add(workspaceId, name, { path, bytes: length, hash }, { id, ...options, signal });
      await this.#erase(id);
      return file;
    });
  }

  /** Removes those that nobody went on with for a day. Gives their number. */
  async sweep(): Promise<number> {
    const { folder } = this.#parts;
    let removed = 0;
    for (const id of readdirSync(folder)) {
      const place = join(folder, id);
      const facts = statSync(join(place, CONTENT), { throwIfNoEntry: false }) ?? statSync(place, { throwIfNoEntry: false });
      if (!facts || !this.#isExpired(facts) || this.#holders.has(id)) continue;
      await this.#erase(id);
      removed += 1;
    }
    return removed;
  }

  /** Sweeps now and every hour. Gives what ends it. */
  keepSwept(onError: (error: unknown) => void): () => void {
    const { clock } = this.#parts;
    let timer = { cancel: (): void => {} };
    const look = (): void => {
      void this.sweep().catch(onError);
      timer = clock.setTimer(clock.now() + LOOK_EVERY, look);
    };
    look();
    return () => timer.cancel();
  }

  #erase(id: string): Promise<void> {
    return rm(namedPath(this.#parts.folder, id), { recursive: true, force: true });
  }

  /** Null for what cannot be an id. */
  #placeOf(id: string): string | null {
    return /^[0-9a-f-]{36}$/.test(id) ? namedPath(this.#parts.folder, id) : null;
  }

  #isExpired({ mtimeMs }: Stats): boolean {
    return this.#parts.clock.now() - mtimeMs >= UPLOAD_LIFETIME;
  }

  /** Does work on one upload while nobody else does; whoever does so now is asked to stop, and waited for. */
  async #alone<T>(id: string, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
    for (let holder = this.#holders.get(id); holder; holder = this.#holders.get(id)) {
      holder.stop.abort();
      await holder.ended;
    }
    const stop = new AbortController();
    const done = work(stop.signal).finally(() => this.#holders.delete(id));
    this.#holders.set(id, {
      stop,
      ended: done.then(
        () => {},
        () => {},
      ),
    });
    return done;
  }
}

async function receiveInto(
  file: FileHandle,
  body: ReadableStream<Uint8Array> | null,
  upload: ResumableUpload,
  { announced, checksum }: Piece,
  stop: AbortSignal,
): Promise<void> {
  const reader = body?.getReader();
  const sum = checksum && createHash(checksum.algorithm);
  const halt = (): void => void reader?.cancel().catch(() => {});
  const read = async (): Promise<Uint8Array | undefined> => {
    try {
      return (await reader?.read())?.value;
    } catch (cause) {
      throw new AppError(408, 'The connection broke. Ask where the upload is, and go on there.', { code: 'hung_up', cause });
    }
  };
  stop.addEventListener('abort', halt);
  let bytes = 0;
  try {
    for (let piece = await read(); piece && !stop.aborted; piece = await read()) {
      bytes += piece.byteLength;
      if (upload.offset + bytes > upload.length) throw tooLong(upload);
      sum?.update(piece);
      await file.appendFile(piece);
    }
    if (stop.aborted && (announced === 0 || bytes < announced))
      throw new AppError(409, 'Another request goes on with this upload.', { code: 'upload_taken_over' });
    if (sum && sum.digest('base64') !== checksum.value)
      throw new AppError(460 as ContentfulStatusCode, 'The checksum is another: the piece was damaged on its way. Send it again.', { code: 'upload_damaged' });
  } catch (error) {
    halt();
    const refused = error instanceof AppError && error.code !== 'upload_taken_over' && error.code !== 'hung_up';
    // A piece whose checksum cannot be told does not count.
    if (refused || checksum) await file.truncate(upload.offset);
    throw error;
  } finally {
    stop.removeEventListener('abort', halt);
  }
}

const tooLong = ({ length }: ResumableUpload): AppError =>
  new AppError(413, `The upload was announced with ${length} bytes, and more came.`, { code: 'upload_too_long' });

function aboutOf(place: string): About | null {
  try {
    return JSON.parse(readFileSync(join(place, ABOUT), 'utf8')) as About;
  } catch {
    // The server ended while it was written.
    return null;
  }
}
