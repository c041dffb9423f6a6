import type { Delivery } from './alert-rules.ts';

const TRIES = 3;
const FIRST_PAUSE = 1_000;

export interface Attempt {
  readonly delivery: Omit<Delivery, 'attempts'>;
  /** Whether another attempt may help. */
  readonly again: boolean;
}

/** Tries up to three times to deliver something, after one and four seconds again. */
export async function inTries(attempt: () => Promise<Attempt>): Promise<Delivery> {
  for (let attempts = 1; ; attempts++) {
    const { delivery, again } = await attempt();
    if (!again || attempts === TRIES) return { ...delivery, attempts };
    await new Promise((done) => setTimeout(done, FIRST_PAUSE * 4 ** (attempts - 1)).unref());
  }
}
