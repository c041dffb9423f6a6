import { readFile } from 'node:fs/promises';
import { NodeError } from '#nodes/kit/issues.ts';

const PAGE = 65_536;
/** The first free address: below it lie the kernels' own constants. */
export const BASE = PAGE;
const MAXIMUM_PAGES = 65_536;
/** What a kernel's memory can hold. */
export const KERNEL_BYTES = MAXIMUM_PAGES * PAGE;
/** Where the compiled kernels lie. */
export const KERNELS_FOLDER = new URL('../../build/kernels/', import.meta.url);

/** A kernel with its memory; `base` is the first free address, above the kernel's own constants. */
export interface Kernel<Exports> {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
  readonly base: number;
}

const memoryRefused = (bytes: number, cause: unknown): NodeError => {
  const wanted = (bytes / 2 ** 30).toFixed(1);
  return new NodeError('memory_exhausted', `Training needs ${wanted} GB in one piece, and 4 GB is the limit. Use fewer rows or columns.`, {
    cause,
  });
};

export const readKernel = async (name: string): Promise<WebAssembly.Module> => WebAssembly.compile(await readFile(new URL(`${name}.wasm`, KERNELS_FOLDER)));

/** Starts a compiled kernel on a memory. */
export async function startKernel<Exports>(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernel<Exports>> {
  const abort = () => {
    throw new Error('A kernel stopped.');
  };
  const instance = await WebAssembly.instantiate(module, { env: { memory, abort } });
  return { exports: instance.exports as unknown as Exports, memory, base: BASE };
}

/** Starts a kernel from build/kernels with a memory of its own. */
export async function loadKernel<Exports>(name: string): Promise<Kernel<Exports>> {
  return startKernel(await readKernel(name), new WebAssembly.Memory({ initial: 2, maximum: MAXIMUM_PAGES }));
}

/** A memory of at least `bytes` above the base that threads can share. It is only reserved. Throws NodeError `memory_exhausted` beyond 4 GB. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE) + 1;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: MAXIMUM_PAGES, shared: true });
  } catch (cause) {
    throw memoryRefused(bytes, cause);
  }
}

/** Grows a shared memory to end at `end` or beyond. Throws NodeError `memory_exhausted` beyond 4 GB. */
export function growShared(memory: WebAssembly.Memory, end: number): void {
  const missing = Math.ceil(end / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw memoryRefused(end, cause);
  }
}

/** Grows the memory to hold `bytes`. Throws NodeError `memory_exhausted` beyond 4 GB. */
export function reserve({ memory }: Kernel<unknown>, bytes: number): void {
  const missing = Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw memoryRefused(bytes, cause);
  }
}

/** The next multiple of 64. */
export const aligned = (address: number): number => Math.ceil(address / 64) * 64;
