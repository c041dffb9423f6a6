// Compiles the AssemblyScript kernels to build/kernels/*.wasm. Plain JavaScript: it runs on any Node from 20 on, before Node 24 is there.
import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
/** One WebAssembly module per name, with its own options; the other files in the folder are imported by these. */
export const KERNELS = {
  binning: SHARED,
  'boosted-trees': SHARED,
  'column-statistics': SHARED,
  columns: [],
  'delimited-cells': [],
  'delimited-numbers': SHARED,
  dense: [],
  forest: SHARED,
  'k-means': SHARED,
};

/** Builds all kernels; throws with the compiler's messages when one does not compile. A module appears under its name only when it is complete. */
export async function buildKernels() {
  const { default: asc } = await import('assemblyscript/asc');
  const out = path.join(root, 'build/kernels');
  await mkdir(out, { recursive: true });
  for (const [name, own] of Object.entries(KERNELS)) {
    const source = path.posix.join('nodes/kernels/assembly', `${name}.ts`);
    const unfinished = path.posix.join('build/kernels', `${name}.${process.pid}.wasm`);
    const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--enable', 'bulk-memory', '--importMemory', '--noAssert', '--baseDir', root, ...own];
    const { error, stderr } = await asc.main([source, '-o', unfinished, ...options]);
    if (error) throw new Error(`The kernel ${name} does not compile:\n${stderr.toString()}`, { cause: error });
    await rename(path.join(root, unfinished), path.join(out, `${name}.wasm`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels();
