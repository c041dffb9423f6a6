import { readFile } from 'node:fs/promises';
import { NodeError } from '#nodes/kit/issues.ts';

const PAGE = 65_536;
const MAXIMUM_PAGES = 65_536;
const FOLDER = new URL('../../build/kernels/', import.meta.url);

/** A kernel with its memory; `base` is the first free address, above the kernel's own constants. */
export interface Kernel<Exports> {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
  readonly base: number;
}

/** Starts a kernel from build/kernels with a memory of its own. */
export async function loadKernel<Exports>(name: string): Promise<Kernel<Exports>> {
  const bytes = await readFile(new URL(`${name}.wasm`, FOLDER));
  const memory = new WebAssembly.Memory({ initial: 2, maximum: MAXIMUM_PAGES });
  const abort = () => {
    throw new Error(`The kernel ${name} stopped.`);
  };
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort } });
  return { exports: instance.exports as unknown as Exports, memory, base: PAGE };
}

/** Grows the memory to hold `bytes`. Throws NodeError `memory_exhausted` beyond 4 GB. */
export function reserve({ memory }: Kernel<unknown>, bytes: number): void {
  const missing = Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    const wanted = (bytes / 2 ** 30).toFixed(1);
    throw new NodeError('memory_exhausted', `Training needs ${wanted} GB in one piece, and 4 GB is the limit. Use fewer rows or columns, or fewer leaves.`, { cause });
  }
}

/** The next multiple of 64. */
export const aligned = (address: number): number => Math.ceil(address / 64) * 64;
