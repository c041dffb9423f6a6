/** Counts calls a minute, for each caller on its own: a bucket that fills evenly. It is in memory, so that a restart begins with full buckets. */
export class RateLimit {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one call; gives 0, or the seconds to wait when there is none left. */
  take(key: string, perMinute: number): number {
    const now = this.#now();
    const before = this.#buckets.get(key) ?? { tokens: perMinute, at: now };
    const tokens = Math.min(perMinute, before.tokens + (Math.max(0, now - before.at) / 60_000) * perMinute);
    const taken = tokens >= 1;
    this.#buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > 10_000) this.#buckets.delete(this.#buckets.keys().next().value!);
    return taken ? 0 : Math.max(1, Math.ceil(((1 - tokens) / perMinute) * 60));
  }
}
