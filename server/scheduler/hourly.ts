import type { Clock, Timer } from './clock.ts';

const HOUR = 3_600_000;

/** Carries out the work now and each hour from the end of the last time on. Returns how to call it off. `work` handles its own errors. */
export function hourly(clock: Clock, work: () => Promise<void>): () => void {
  let timer: Timer | null = null;
  let over = false;
  const go = async (): Promise<void> => {
    await work();
    if (!over) timer = clock.setTimer(clock.now() + HOUR, () => void go());
  };
  void go();
  return () => {
    over = true;
    timer?.cancel();
  };
}
