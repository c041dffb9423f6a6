import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { sampleProcess } from './process-sample.ts';

interface Entry {
  readonly pid: number;
  /** Clock ticks since boot when it began: a pid alone may by now belong to another. */
  readonly began: string;
}

/** Bytes of memory that a process holds now; 0 when it is gone or the system does not tell. */
export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ', 2)[1]) * 4096;
  } catch {
    return 0;
  }
}

/** Ends a whole process group at once; nothing happens when it is gone. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

/** The step processes of a server, written down so that the next one can end those that a kill -9 left behind. */
export class ProcessRegistry {
  readonly #file: string;
  readonly #entries = new Map<number, Entry>();

  constructor(file: string) {
    this.#file = file;
  }

  add(pid: number): void {
    const began = sampleProcess(pid)?.began;
    if (began === undefined) return;
    this.#entries.set(pid, { pid, began });
    this.#write();
  }

  delete(pid: number): void {
    if (this.#entries.delete(pid)) this.#write();
  }

  /** Ends what an earlier server left running. Call it with the data folder locked, before anything is added. Gives the pids. */
  endOrphans(): number[] {
    if (!existsSync(this.#file)) return [];
    let entries: Entry[];
    try {
      entries = JSON.parse(readFileSync(this.#file, 'utf8')) as Entry[];
    } catch {
      return [];
    }
    const alive = entries.filter(({ pid, began }) => sampleProcess(pid)?.began === began);
    for (const { pid } of alive) killGroup(pid);
    return alive.map(({ pid }) => pid);
  }

  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify([...this.#entries.values()]), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
