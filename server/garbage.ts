import { Session } from 'node:inspector';

const LOOK_MILLISECONDS = 1_000;

/** Gives back to the system what nothing holds any more; takes about 100 ms. */
export function collectGarbage(): Promise<void> {
  const session = new Session();
  session.connect();
  return new Promise((resolve) => {
    session.post('HeapProfiler.collectGarbage', () => {
      // It collects in a turn of its own, and cannot be left within that turn.
      setImmediate(() => {
        session.disconnect();
        resolve();
      });
    });
  });
}

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
    void collectGarbage();
  }, LOOK_MILLISECONDS).unref();
  return () => clearInterval(timer);
}
