import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_MILLISECONDS = 1_000;

type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/**
 * Gives back to the system what loading the program has left in memory, a third of it or more: V8 does so by itself only when memory runs
 * out. It takes about 100 ms, so it is done once, at the first second in which there was nothing to do. `worked`: how much work has come
 * so far; null while some is under way. Returns how to call it off.
 */
export function collectStartGarbage(worked: () => number | null): () => void {
  let before: number | null = null;
  const timer = setInterval(() => {
    const now = worked();
    const quiet = now !== null && now === before;
    before = now;
    if (!quiet) return;
    clearInterval(timer);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
    collect({ type: 'major', flavor: 'last-resort' });
  }, LOOK_MILLISECONDS).unref();
  return () => clearInterval(timer);
}
