import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BenchRow } from '../types.ts';

const BUILD = 'build/web/_app/immutable';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.js') && statSync(path).isFile());
const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)].map((match) => resolve(dirname(path), match[1]!));

/** Gzipped bytes of every script that opening the designer loads before anything is clicked. */
function bytesOfFirstLoad(): number {
  if (!existsSync(BUILD)) throw new Error('Build the web app first: npm run build.');
  const files = filesBelow(BUILD);
  const closure = (starts: readonly string[]): Set<string> => {
    const found = new Set<string>();
    const queue = [...starts];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (found.has(path)) continue;
      found.add(path);
      queue.push(...importsOf(path));
    }
    return found;
  };
  const shell = files.filter((path) => /\/entry\/(start|app)\./.test(path) || /\/nodes\/0\./.test(path)).map((path) => resolve(path));
  const page = files
    .map((path) => resolve(path))
    .filter((path) => /\/nodes\/\d+\./.test(path))
    .find((path) => [...closure([path])].some((each) => readFileSync(each, 'utf8').includes('Name of the pipeline')));
  if (!page) throw new Error('The designer is not in the build.');
  return [...closure([...shell, page])].reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
}

export const firstLoad = (): BenchRow[] => [
  { what: 'designer: scripts of the first load, gzipped', unit: 'kB', ours: bytesOfFirstLoad() / 1000, peer: null, peerName: null, ratio: null },
];
