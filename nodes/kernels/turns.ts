const TURN_MILLISECONDS = 20;

/** Lets other work of the process, such as a cancel that has arrived, have its turn now and then; throws the signal's reason after an abort. */
export function turns(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - last < TURN_MILLISECONDS) return;
    await new Promise((resume) => setImmediate(resume));
    last = performance.now();
    signal.throwIfAborted();
  };
}
