import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashFile } from './hashing.ts';
import { namedPath, resolveInside, storedPath } from './paths.ts';

export { PathRefused, resolveInside } from './paths.ts';

/** The file of an artifact is gone or no longer what it was. What was left of it lies in the quarantine folder. */
export class ArtifactDamaged extends Error {
  override readonly name = 'ArtifactDamaged';
  readonly hash: string;

  constructor(hash: string, how: string) {
    super(`The stored result ${hash.slice(0, 12)} ${how}. Run the step that made it again.`);
    this.hash = hash;
  }
}

interface Seen {
  readonly bytes: number;
  readonly modified: number;
  readonly inode: number;
}

/**
 * Files by the sha256 of their content, as `ab/cdef…` in one folder. A file appears there whole or not at all, and is read back once in each
 * process before anyone relies on it.
 */
export class Store {
  readonly folder: string;
  readonly #incoming: string;
  readonly #quarantine: string;
  /** Files that this process has read and found sound, as they were then. */
  readonly #sound = new Map<string, Seen>();
  /** Folders of hashes that are there, on disk for good. */
  readonly #folders = new Set<string>();
  /** Hashes that are about to be referenced; a sweep leaves them alone. */
  readonly #held = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
    this.#incoming = join(folder, 'incoming');
    this.#quarantine = join(folder, 'quarantine');
    mkdirSync(this.#incoming, { recursive: true, mode: 0o700 });
    mkdirSync(this.#quarantine, { recursive: true, mode: 0o700 });
  }

  pathOf(hash: string): string {
    return storedPath(this.folder, hash);
  }

  /** An empty folder on the store's file system, where outputs are written before they are published. */
  async newOutputFolder(attemptId: string): Promise<string> {
    const path = namedPath(this.#incoming, attemptId);
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  /** Removes an output folder with what was not published from it. Never rejects: what stays is removed at the next start. */
  async removeOutputFolder(attemptId: string): Promise<void> {
    const path = namedPath(this.#incoming, attemptId);
    // Empty as a rule, since what was in it was published.
    await rmdir(path).catch(() => rm(path, { recursive: true, force: true }).catch(() => {}));
  }

  /** Empties the place for outputs and damaged files older than a week; for the start, when no step runs. */
  clearIncoming(now: number = Date.now()): void {
    for (const name of readdirSync(this.#incoming)) rmSync(join(this.#incoming, name), { recursive: true, force: true });
    for (const name of readdirSync(this.#quarantine)) {
      const path = join(this.#quarantine, name);
      if (now - statSync(path).mtimeMs > 7 * 86_400_000) rmSync(path, { force: true });
    }
  }

  /**
   * Takes a written and fsynced file from an output folder into the store by renaming it; its content is read and compared with `hash`
   * first. Content that is there already stays where it was written. A path in the store itself (an output that equals an input) is only verified.
   * @throws ArtifactDamaged when the content is another, PathRefused when the path lies elsewhere
   */
  async publish(path: string, hash: string): Promise<void> {
    const target = this.pathOf(hash);
    if (path === target) return void (await this.open(hash));
    const source = resolveInside(this.#incoming, path);
    const facts = lstatSync(source, { throwIfNoEntry: false });
    if (!facts?.isFile()) throw new ArtifactDamaged(hash, 'was not written');
    if (this.isSound(hash)) return;
    if ((await hashFile(source, facts.size)) !== hash) throw new ArtifactDamaged(hash, 'was not written as announced');
    await this.#makeFolder(dirname(target));
    await rename(source, target);
    await syncFolder(dirname(target));
    this.#sound.set(hash, { bytes: facts.size, modified: facts.mtimeMs, inode: facts.ino });
  }

  async #makeFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) return;
    if ((await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(this.folder);
    this.#folders.add(path);
  }

  /** Whether this process has verified the file already and nothing has touched it since; does not read it. */
  isSound(hash: string): boolean {
    const seen = this.#sound.get(hash);
    if (!seen) return false;
    const facts = statSync(this.pathOf(hash), { throwIfNoEntry: false });
    return facts !== undefined && facts.size === seen.bytes && facts.mtimeMs === seen.modified && facts.ino === seen.inode;
  }

  /**
   * The path of a file and its size in bytes. The first time in a process the content is read and compared with its hash.
   * @throws ArtifactDamaged when it is gone or differs; what differs is moved to the quarantine folder
   */
  async open(hash: string): Promise<{ path: string; bytes: number }> {
    const path = this.pathOf(hash);
    if (this.isSound(hash)) return { path, bytes: this.#sound.get(hash)!.bytes };
    this.#sound.delete(hash);
    const facts = await stat(path).catch(() => null);
    if (!facts) throw new ArtifactDamaged(hash, 'is gone');
    const found = facts.isFile() ? await hashFile(path, facts.size).catch(() => null) : null;
    if (found !== hash) {
      // Whoever looked at the same time may have moved it already, and a sound one been published since.
      if (statSync(path, { throwIfNoEntry: false })?.ino === facts.ino) renameSync(path, join(this.#quarantine, `${hash}-${Date.now()}`));
      throw new ArtifactDamaged(hash, 'is damaged');
    }
    this.#sound.set(hash, { bytes: facts.size, modified: facts.mtimeMs, inode: facts.ino });
    return { path, bytes: facts.size };
  }

  /** Keeps a sweep from removing a file that no row names yet; call what it returns once the row is there. */
  hold(hash: string): () => void {
    this.#held.set(hash, (this.#held.get(hash) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = this.#held.get(hash)! - 1;
      if (left === 0) this.#held.delete(hash);
      else this.#held.set(hash, left);
    };
  }

  isHeld(hash: string): boolean {
    return this.#held.has(hash);
  }

  /** Bytes of the file, without reading it; null when it is not there. */
  bytesOf(hash: string): number | null {
    return statSync(this.pathOf(hash), { throwIfNoEntry: false })?.size ?? null;
  }

  remove(hash: string): void {
    this.#sound.delete(hash);
    rmSync(this.pathOf(hash), { force: true });
  }

  /** The hashes of all files. */
  async *hashes(): AsyncGenerator<string> {
    for (const prefix of await readdir(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
      for (const rest of await readdir(join(this.folder, prefix))) if (/^[0-9a-f]{62}$/.test(rest)) yield prefix + rest;
    }
  }

  /** Bytes of all files. */
  async size(): Promise<number> {
    let total = 0;
    for await (const hash of this.hashes()) total += (await stat(this.pathOf(hash)).catch(() => null))?.size ?? 0;
    return total;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
