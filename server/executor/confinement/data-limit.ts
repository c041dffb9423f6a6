import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loose, type Confined, type Confinement } from './confinement.ts';

/**
 * Bytes above what a job may hold and what the process has set aside unused: stacks of threads that a job starts (8 MB of address space each),
 * code that V8 compiles, and what allocators keep back.
 */
export const DATA_ALLOWANCE = 128 * 2 ** 20;

/**
 * Private writable memory that a process has set aside and does not hold: `VmData - RssAnon`. About 650 MB in a step process that stands ready,
 * 512 MB of it V8's range for machine code.
 */
function unusedBytes(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const [data, held] = [/^VmData:\s+(\d+)/m, /^RssAnon:\s+(\d+)/m].map((field) => Number(field.exec(status)?.[1]) * 1_024);
    return Number.isFinite(data! - held!) ? Math.max(0, data! - held!) : null;
  } catch {
    return null;
  }
}

class DataLimited implements Confined {
  readonly bounded = true;
  readonly #prlimit: string;
  readonly #pid: number;
  #bytes = 0;
  #unused: number | null = null;

  constructor(prlimit: string, pid: number) {
    this.#prlimit = prlimit;
    this.#pid = pid;
  }

  setMemory(bytes: number): void {
    if (bytes === this.#bytes) return;
    this.#unused ??= unusedBytes(this.#pid);
    if (this.#unused === null) return;
    const limit = Math.ceil(bytes + this.#unused + DATA_ALLOWANCE);
    // The soft limit alone, so that the next job can have more.
    const { status } = spawnSync(this.#prlimit, ['--pid', String(this.#pid), `--data=${limit}:`], { stdio: 'ignore', timeout: 5_000 });
    this.#bytes = status === 0 ? bytes : 0;
  }

  /** Nothing is ended: allocations fail, which the process tells as an error or with its last words. */
  ranOut(): boolean {
    return false;
  }

  end(): void {}

  release(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Bounds private writable memory (RLIMIT_DATA) by util-linux's `prlimit`. Not RLIMIT_AS: V8 and WebAssembly reserve address space by the gigabyte
 * without using it. What a process has set aside when its first job comes is measured and allowed on top.
 */
export const dataLimit = (prlimit: string, launcher: readonly string[]): Confinement => ({
  name: 'data-limit',
  launcher,
  confine: (pid) => (process.platform === 'linux' ? new DataLimited(prlimit, pid) : loose),
  close: () => Promise.resolve(),
});
