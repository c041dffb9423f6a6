import { eq } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { endpoints, settings } from '../db/schema.ts';
import type { Clock } from '../scheduler/clock.ts';

/** One minute of one endpoint. Milliseconds. */
export interface MinuteTraffic {
  readonly at: string;
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}
export interface TrafficSummary {
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly perMinute: readonly MinuteTraffic[];
}

/** Counts of a span of time. Bins are pairs of index and count. */
export interface SavedTraffic {
  readonly requests: number;
  /** Refused for what the caller sent. */
  readonly refused: number;
  /** Failed on the server's side. */
  readonly errors: number;
  readonly rows: number;
  readonly total: readonly (readonly [number, number])[];
  readonly queue: readonly (readonly [number, number])[];
  readonly compute: readonly (readonly [number, number])[];
  /** Of shadows: compared rows, equal ones, and how far numbers differ. */
  readonly compared?: number;
  readonly equal?: number;
  readonly difference?: number;
}

const MINUTE = 60_000;
const KEPT_MINUTES = 60;
/** Bounds rise by 5 %, from 0.01 ms: 300 of them reach past 20 s, and no quantile is off by more than that. */
const BASE = 0.01;
const GROWTH = 1.05;
const BINS = 300;

interface Minute {
  at: number;
  requests: number;
  errors: number;
  readonly bins: Uint32Array;
}

function quantile(bins: Uint32Array, total: number, share: number): number | null {
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil(total * share));
  for (let bin = 0; bin < bins.length; bin++) {
    left -= bins[bin]!;
    if (left <= 0) return BASE * GROWTH ** (bin + 0.5);
  }
  return BASE * GROWTH ** BINS;
}

/** Requests, errors and latencies of one endpoint over the last hour, in constant memory. */
export class Traffic {
  readonly #minutes: Minute[] = [];

  /** `milliseconds` is null for requests that were refused before they reached the model. */
  add(now: number, milliseconds: number | null, failed: boolean): void {
    const at = Math.floor(now / MINUTE) * MINUTE;
    let minute = this.#minutes.at(-1);
    if (minute?.at !== at) {
      minute = { at, requests: 0, errors: 0, bins: new Uint32Array(BINS) };
      this.#minutes.push(minute);
      this.#forget(now);
    }
    minute.requests++;
    if (failed) minute.errors++;
    if (milliseconds === null) return;
    const bin = Math.floor(Math.log(Math.max(milliseconds, BASE) / BASE) / Math.log(GROWTH));
    minute.bins[Math.min(BINS - 1, bin)]!++;
  }

  summary(now: number): TrafficSummary {
    this.#forget(now);
    const all = new Uint32Array(BINS);
    let requests = 0;
    let errors = 0;
    for (const minute of this.#minutes) {
      requests += minute.requests;
      errors += minute.errors;
      minute.bins.forEach((count, bin) => (all[bin]! += count));
    }
    return {
      requests,
      errors,
      ...quantiles(all),
      perMinute: this.#minutes.map((minute) => ({
        at: new Date(minute.at).toISOString(),
        requests: minute.requests,
        errors: minute.errors,
        ...quantiles(minute.bins),
      })),
    };
  }

  /** For saving over a restart. */
  toJSON(): { at: number; requests: number; errors: number; bins: [number, number][] }[] {
    return this.#minutes.map(({ at, requests, errors, bins }) => ({ at, requests, errors, bins: [...bins.entries()].filter(([, count]) => count > 0) }));
  }

  static from(saved: unknown): Traffic {
    const traffic = new Traffic();
    if (!Array.isArray(saved)) return traffic;
    for (const { at, requests, errors, bins } of saved as ReturnType<Traffic['toJSON']>) {
      const minute: Minute = { at, requests, errors, bins: new Uint32Array(BINS) };
      for (const [bin, count] of bins) minute.bins[bin] = count;
      traffic.#minutes.push(minute);
    }
    return traffic;
  }

  #forget(now: number): void {
    while (this.#minutes[0] && this.#minutes[0].at < now - KEPT_MINUTES * MINUTE) this.#minutes.shift();
  }
}

function quantiles(bins: Uint32Array): { p50: number | null; p95: number | null; p99: number | null } {
  const total = bins.reduce((sum, count) => sum + count, 0);
  return { p50: quantile(bins, total, 0.5), p95: quantile(bins, total, 0.95), p99: quantile(bins, total, 0.99) };
}

/** The traffic of all endpoints; saved each minute and at the end, so that a restart forgets little. */
export class TrafficBook {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #books = new Map<string, Traffic>();
  readonly #totals = new Map<string, { requests: number; errors: number }>();
  readonly #dirty = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#write(), MINUTE);
    this.#timer.unref();
  }

  add(endpointId: string, milliseconds: number | null, failed: boolean): void {
    this.#book(endpointId).add(this.#clock.now(), milliseconds, failed);
    this.#dirty.add(endpointId);
    const totals = this.totals(endpointId);
    this.#totals.set(endpointId, { requests: totals.requests + 1, errors: totals.errors + (failed ? 1 : 0) });
  }

  /** Since this process started. */
  totals(endpointId: string): { requests: number; errors: number } {
    return this.#totals.get(endpointId) ?? { requests: 0, errors: 0 };
  }

  summary(endpointId: string): TrafficSummary {
    return this.#book(endpointId).summary(this.#clock.now());
  }

  forget(endpointId: string): void {
    this.#books.delete(endpointId);
    this.#dirty.delete(endpointId);
    this.#db
      .delete(settings)
      .where(eq(settings.name, nameOf(endpointId)))
      .run();
  }

  /** Writes what is not saved and stops the clockwork. */
  save(): void {
    clearInterval(this.#timer);
    this.#write();
  }

  #write(): void {
    for (const endpointId of this.#dirty) {
      const owner = this.#db.select({ workspaceId: endpoints.workspaceId }).from(endpoints).where(eq(endpoints.id, endpointId)).get();
      const value = this.#books.get(endpointId)?.toJSON();
      if (owner && value) {
        this.#db
          .insert(settings)
          .values({ workspaceId: owner.workspaceId, name: nameOf(endpointId), value })
          .onConflictDoUpdate({ target: [settings.workspaceId, settings.name], set: { value } })
          .run();
      }
    }
    this.#dirty.clear();
  }

  #book(endpointId: string): Traffic {
    let book = this.#books.get(endpointId);
    if (!book) {
      book = Traffic.from(
        this.#db
          .select({ value: settings.value })
          .from(settings)
          .where(eq(settings.name, nameOf(endpointId)))
          .get()?.value,
      );
      this.#books.set(endpointId, book);
    }
    return book;
  }
}

const nameOf = (endpointId: string): string => `traffic:${endpointId}`;
