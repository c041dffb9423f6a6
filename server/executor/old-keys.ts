import { setImmediate } from 'node:timers/promises';
import type { Database } from '../db/client.ts';

/** So long a request with the same Idempotency-Key gives the same run. */
const KEPT_MILLISECONDS = 2 * 86_400_000;
/** Deleted in one go: about a millisecond. */
const AT_ONCE = 500;

/** Forgets Idempotency-Keys that are older than two days, a few at a time, so that nobody waits; gives how many. */
export async function forgetOldKeys({ $client }: Database, now: number): Promise<number> {
  const forget = $client.prepare(`DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys WHERE created_at < ? LIMIT ${AT_ONCE})`);
  for (let gone = 0; ;) {
    const { changes } = forget.run(now - KEPT_MILLISECONDS);
    gone += changes;
    if (changes < AT_ONCE) return gone;
    await setImmediate();
  }
}
