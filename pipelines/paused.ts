/** Work that pauses now and then, so that whoever carries it out may do other things in between, and ends with a result. */
export type Paused<T> = Generator<void, T, void>;

/** Carries out such work without a pause. */
export function atOnce<T>(work: Paused<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
