import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleProcess } from '../process-sample.ts';
import { loose, type Confined, type Confinement } from './confinement.ts';

const PREFIX = 'modelwright-';

/** What differs between the two versions of control groups. */
export interface CgroupVersion {
  readonly name: 'cgroup-v1' | 'cgroup-v2';
  /** The file that counts, as a line `oom_kill N`, what was ended for want of memory. */
  readonly events: string;
  /** The file with the limit in bytes. */
  readonly limit: string;
  /** Lets the groups in a folder have limits. Throws when they cannot. */
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

/** Removes a server's group with those in it; `ending` what runs there, or else only when nothing does. */
async function removeTree(folder: string, ending: boolean): Promise<void> {
  const inside = (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory());
  await Promise.all(
    inside.map(({ name }) => {
      const group = join(folder, name);
      if (!ending) return rmdir(group).catch(() => undefined);
      endMembers(group);
      return removeGroup(group);
    }),
  );
  await rmdir(folder).catch(() => undefined);
}

/** Ends and removes what an earlier server of this key left, and the empty groups of servers that are gone. */
async function removeLeft(parent: string, key: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const [, owner, pid, began] = new RegExp(`^${PREFIX}([0-9a-f]+)-(\\d+)-(\\d+)$`).exec(name) ?? [];
    if (owner === key) await removeTree(join(parent, name), true);
    else if (owner && sampleProcess(Number(pid))?.began !== began) await removeTree(join(parent, name), false);
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

/** Whether a group takes a process and a limit, and counts. */
async function works(version: CgroupVersion, group: string, pid: number, end: () => Promise<void>): Promise<boolean> {
  const bytes = 64 * 2 ** 20;
  const confined = new CgroupConfined(version, group, pid);
  confined.setMemory(bytes);
  const joined = readOr(join(group, 'cgroup.procs'), '').split('\n').includes(String(pid));
  const limited = Number(readOr(join(group, version.limit), '')) === bytes;
  const counts = /^oom_kill \d+/m.test(readOr(join(group, version.events), ''));
  await end();
  await confined.release();
  return joined && limited && counts;
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
   * Makes the server's group, removes what earlier servers left, and tries it out on a process of its own.
   * @param parent The path of the group that the server is in.
   * @param key Tells this server from others in the same group, also after a restart.
   * @param tryOut Starts a process that does nothing, and gives its pid and how to end it.
   * @returns null when groups cannot be made, limited or joined here.
   */
  static async open(
    version: CgroupVersion,
    parent: string,
    key: string,
    launcher: readonly string[],
    tryOut: () => { pid: number; end(): Promise<void> },
  ): Promise<CgroupConfinement | null> {
    await removeLeft(parent, key);
    const folder = join(parent, `${PREFIX}${key}-${process.pid}-${sampleProcess(process.pid)?.began}`);
    const confinement = new CgroupConfinement(version, folder, launcher);
    try {
      version.delegate(parent);
      mkdirSync(folder);
      version.delegate(folder);
      const { pid, end } = tryOut();
      try {
        if (await works(version, join(folder, `try-${pid}`), pid, end)) return confinement;
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
    await removeTree(this.#folder, true);
  }
}
