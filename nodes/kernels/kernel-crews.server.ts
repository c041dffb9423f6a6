import { Crew } from './crew.server.ts';
import { growShared, readKernel, sharedMemory } from './load.server.ts';

/** Threads with a kernel on a memory that they share. */
export interface KernelCrew {
  readonly kernel: string;
  /** Of which one is the caller's own. */
  readonly crew: Crew;
  readonly memory: WebAssembly.Memory;
}

/** Where crews with a kernel come from. */
export interface KernelCrews {
  /** A crew of `threads` beside the caller's own; what its memory, of `bytes` at least, holds is left from who used it before. */
  open(kernel: string, threads: number, bytes: number): Promise<KernelCrew>;
  close(opened: KernelCrew): Promise<void>;
}

async function start(kernel: string, threads: number, bytes: number): Promise<KernelCrew> {
  const memory = sharedMemory(bytes);
  const crew = new Crew(threads + 1);
  try {
    await crew.load(kernel, await readKernel(kernel), memory);
  } catch (error) {
    await crew.dismiss();
    throw error;
  }
  return { kernel, crew, memory };
}

/** A new crew each time. */
export const newCrews: KernelCrews = { open: start, close: ({ crew }) => crew.dismiss() };

const KEPT_MILLISECONDS = 10_000;

/**
 * Keeps the last crew of each kernel for a while after its use, with its memory: starting threads costs as much as parsing 25 MB of numbers, and
 * memory that was never touched half as much as writing to it.
 */
export class KeptCrews implements KernelCrews {
  readonly #kept = new Map<string, KernelCrew>();
  readonly #collect: () => Promise<void>;
  #ending: NodeJS.Timeout | null = null;

  /** `collect` gives back memory that nothing holds any more. */
  constructor(collect: () => Promise<void>) {
    this.#collect = collect;
  }

  async open(kernel: string, threads: number, bytes: number): Promise<KernelCrew> {
    const kept = this.#kept.get(kernel);
    if (!kept) return start(kernel, threads, bytes);
    this.#kept.delete(kernel);
    if (!kept.crew.idle || kept.crew.size !== threads + 1) {
      await kept.crew.dismiss();
      return start(kernel, threads, bytes);
    }
    try {
      growShared(kept.memory, bytes);
    } catch (error) {
      await kept.crew.dismiss();
      throw error;
    }
    kept.crew.ref();
    return kept;
  }

  async close(opened: KernelCrew): Promise<void> {
    if (!opened.crew.idle || this.#kept.has(opened.kernel)) return opened.crew.dismiss();
    opened.crew.unref();
    this.#kept.set(opened.kernel, opened);
    if (this.#ending) clearTimeout(this.#ending);
    this.#ending = setTimeout(() => void this.giveUp(), KEPT_MILLISECONDS).unref();
  }

  /** Gives up the crews that nobody uses, and their memory. */
  async giveUp(): Promise<void> {
    if (this.#kept.size === 0) return;
    const crews = [...this.#kept.values()].map(({ crew }) => crew);
    this.#kept.clear();
    await Promise.all(crews.map((crew) => crew.dismiss()));
    await this.#collect();
  }
}
