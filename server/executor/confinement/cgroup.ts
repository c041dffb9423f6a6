import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loose, type Confined, type Confinement } from './confinement.ts';

/** What differs between the two versions of control groups. */
export interface CgroupVersion {
  readonly name: 'cgroup-v1' | 'cgroup-v2';
  /** The file that counts, as a line `oom_kill N`, what was ended for want of memory. */
  readonly events: string;
  /** The file with the limit in bytes. */
  readonly limit: string;
  /** Lets the groups in a folder have limits. */
  delegate(folder: string): void;
  /** Makes a group ready to take a process. */
  prepare(group: string): void;
  /** Writes the limit, swap included. False: the group holds more by now, and the old limit stays. */
  setMemory(group: string, bytes: number): boolean;
}

/** Whether a value was taken by a file of a control group. */
export function written(group: string, file: string, value: string | number): boolean {
  try {
    writeFileSync(join(group, file), String(value));
    return true;
  } catch {
    return false;
  }
}

export const readOr = (path: string, otherwise: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return otherwise;
  }
};

/** Ends all processes of a group; a group that is gone has none. */
export function endMembers(group: string): void {
  for (const line of readOr(join(group, 'cgroup.procs'), '').split('\n')) {
    const pid = Number(line);
    // A pid of 0 is a process that cannot be seen from here.
    if (!(pid > 1) || pid === process.pid) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone already
    }
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Removes an empty group. What was just ended may take a moment to leave it; after two seconds the next server's start removes it. */
async function removeGroup(group: string): Promise<void> {
  for (let wait = 1; wait <= 1_024; wait *= 2) {
    try {
      return await rmdir(group);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      endMembers(group);
      await pause(wait);
    }
  }
}

class CgroupConfined implements Confined {
  readonly bounded = true;
  readonly #version: CgroupVersion;
  readonly #group: string;
  #bytes = 0;

  constructor(version: CgroupVersion, group: string, pid: number) {
    this.#version = version;
    this.#group = group;
    mkdirSync(group);
    try {
      version.prepare(group);
      writeFileSync(join(group, 'cgroup.procs'), String(pid));
    } catch (error) {
      rmdirSync(group);
      throw error;
    }
  }

  setMemory(bytes: number): void {
    if (bytes === this.#bytes) return;
    this.#bytes = this.#version.setMemory(this.#group, bytes) ? bytes : 0;
  }

  ranOut(): boolean {
    return Number(/^oom_kill (\d+)/m.exec(readOr(join(this.#group, this.#version.events), ''))?.[1] ?? 0) > 0;
  }

  end(): void {
    endMembers(this.#group);
  }

  release(): Promise<void> {
    return removeGroup(this.#group);
  }
}

/** A control group for each process, in a group of the server's; below the server's own, so that a limit on the server holds for its steps. */
export class CgroupConfinement implements Confinement {
  readonly launcher: readonly string[];
  readonly #version: CgroupVersion;
  readonly #folder: string;

  private constructor(version: CgroupVersion, folder: string, launcher: readonly string[]) {
    this.#version = version;
    this.#folder = folder;
    this.launcher = launcher;
  }

  /**
   * Takes the server's group, removes what an earlier server left in it, and tries it out on a process of its own.
   * @param folder The path of the server's group; its parent exists.
   * @param tryOut Starts a process that does nothing for a while and gives its pid and how to end it.
   * @returns null when groups cannot be made, limited or joined here.
   */
  static async open(
    version: CgroupVersion,
    folder: string,
    launcher: readonly string[],
    tryOut: () => { pid: number; end(): Promise<void> },
  ): Promise<CgroupConfinement | null> {
    const confinement = new CgroupConfinement(version, folder, launcher);
    try {
      version.delegate(dirname(folder));
      mkdirSync(folder, { recursive: true });
      version.delegate(folder);
      await confinement.#removeAll();
      const { pid, end } = tryOut();
      try {
        const confined = new CgroupConfined(version, join(folder, `try-${pid}`), pid);
        confined.setMemory(64 * 2 ** 20);
        const group = join(folder, `try-${pid}`);
        const joined = readOr(join(group, 'cgroup.procs'), '').split('\n').includes(String(pid));
        const limited = Number(readOr(join(group, version.limit), '')) === 64 * 2 ** 20;
        const counts = /^oom_kill \d+/m.test(readOr(join(group, version.events), ''));
        await end();
        await confined.release();
        if (joined && limited && counts) return confinement;
      } finally {
        await end();
      }
    } catch {
      // no right to, or no such thing
    }
    await confinement.close();
    return null;
  }

  get name(): 'cgroup-v1' | 'cgroup-v2' {
    return this.#version.name;
  }

  confine(pid: number): Confined {
    try {
      return new CgroupConfined(this.#version, join(this.#folder, `step-${pid}`), pid);
    } catch {
      return loose;
    }
  }

  async close(): Promise<void> {
    await this.#removeAll();
    await rmdir(this.#folder).catch(() => undefined);
  }

  async #removeAll(): Promise<void> {
    const left = (await readdir(this.#folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory());
    await Promise.all(
      left.map(({ name }) => {
        endMembers(join(this.#folder, name));
        return removeGroup(join(this.#folder, name));
      }),
    );
  }
}
