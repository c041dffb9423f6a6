import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { extname, join } from 'node:path';

/**
 * The one folder that a database which outlives a step can see. While a step works, the files that it may read stand there as hard links under
 * names of no meaning, and what it writes is moved out; afterwards the folder is empty.
 */
export class LinkedFiles {
  readonly folder: string;
  readonly #links = new Map<string, string>();
  #count = 0;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The name under which a file can be read here. */
  source(path: string): string {
    const known = this.#links.get(path);
    if (known !== undefined) return known;
    const link = this.#newPath(path);
    try {
      linkSync(path, link);
    } catch (error) {
      // A link cannot lead to another file system.
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      copyFileSync(path, link);
    }
    this.#links.set(path, link);
    return link;
  }

  /** Has a file written here and moves it to where it belongs. */
  async target<T>(path: string, write: (inside: string) => Promise<T>): Promise<T> {
    const inside = this.#newPath(path);
    const result = await write(inside);
    try {
      renameSync(inside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      copyFileSync(inside, path);
    }
    return result;
  }

  clear(): void {
    this.#links.clear();
    for (const name of readdirSync(this.folder)) unlinkSync(join(this.folder, name));
  }

  #newPath(path: string): string {
    return join(this.folder, `${++this.#count}${extname(path)}`);
  }
}
