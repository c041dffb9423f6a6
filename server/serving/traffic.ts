import { LATENCY_BINS, binOf, quantile } from './latency-bins.ts';

/** What one request was. Milliseconds. */
export interface Answered {
  readonly rows: number;
  readonly total: number;
  readonly queue: number;
  readonly compute: number;
}

type Pairs = readonly (readonly [number, number])[];

/** Counts of a span of time, for the database. Bins are pairs of index and count. */
export interface SavedTraffic {
  readonly requests: number;
  /** Refused for what the caller sent. */
  readonly refused: number;
  /** Failed on the server's side. */
  readonly errors: number;
  readonly rows: number;
  readonly total: Pairs;
  readonly queue: Pairs;
  readonly compute: Pairs;
  /** Of shadows: rows whose answers were compared, equal ones, and the sum of the differences of numbers. */
  readonly compared: number;
  readonly equal: number;
  readonly difference: number;
}

export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}
/** Counts and latencies of a span of time. Milliseconds. */
export interface TrafficFigures extends Quantiles {
  readonly requests: number;
  readonly refused: number;
  readonly errors: number;
  readonly rows: number;
  /** The part of the time that requests waited for the model, and the part that it worked. */
  readonly queue: Quantiles;
  readonly compute: Quantiles;
  readonly shadow: { readonly compared: number; readonly equalShare: number; readonly meanDifference: number } | null;
}

const quantiles = (bins: Uint32Array): Quantiles => ({ p50: quantile(bins, 0.5), p95: quantile(bins, 0.95), p99: quantile(bins, 0.99) });
const pairs = (bins: Uint32Array): Pairs => {
  const found: [number, number][] = [];
  bins.forEach((count, bin) => count > 0 && found.push([bin, count]));
  return found;
};

/** Requests of a span of time, in constant memory. */
export class Traffic {
  requests = 0;
  refused = 0;
  errors = 0;
  rows = 0;
  compared = 0;
  equal = 0;
  difference = 0;
  readonly total = new Uint32Array(LATENCY_BINS);
  readonly queue = new Uint32Array(LATENCY_BINS);
  readonly compute = new Uint32Array(LATENCY_BINS);

  answered({ rows, total, queue, compute }: Answered): void {
    this.requests++;
    this.rows += rows;
    this.total[binOf(total)]!++;
    this.queue[binOf(queue)]!++;
    this.compute[binOf(compute)]!++;
  }

  failed(byCaller: boolean): void {
    this.requests++;
    if (byCaller) this.refused++;
    else this.errors++;
  }

  add(saved: SavedTraffic): this {
    for (const name of ['requests', 'refused', 'errors', 'rows', 'compared', 'equal', 'difference'] as const) this[name] += saved[name];
    for (const name of ['total', 'queue', 'compute'] as const) for (const [bin, count] of saved[name]) this[name][bin]! += count;
    return this;
  }

  toJSON(): SavedTraffic {
    const { requests, refused, errors, rows, compared, equal, difference } = this;
    return { requests, refused, errors, rows, compared, equal, difference, total: pairs(this.total), queue: pairs(this.queue), compute: pairs(this.compute) };
  }

  get figures(): TrafficFigures {
    const { requests, refused, errors, rows, compared, equal, difference } = this;
    return {
      requests,
      refused,
      errors,
      rows,
      ...quantiles(this.total),
      queue: quantiles(this.queue),
      compute: quantiles(this.compute),
      shadow: compared === 0 ? null : { compared, equalShare: equal / compared, meanDifference: difference / compared },
    };
  }
}

const SLICES = 12;

/** Requests, errors and latencies of the last seconds: a window that moves in twelve slices. */
export class RollingWindow {
  readonly #slice: number;
  readonly #slices: { at: number; requests: number; errors: number; bins: Uint32Array }[];

  constructor(seconds: number) {
    this.#slice = (seconds * 1_000) / SLICES;
    this.#slices = Array.from({ length: SLICES }, () => ({ at: -1, requests: 0, errors: 0, bins: new Uint32Array(LATENCY_BINS) }));
  }

  /** `milliseconds` is null for requests that failed. */
  add(now: number, milliseconds: number | null): void {
    const at = Math.floor(now / this.#slice);
    const slice = this.#slices[at % SLICES]!;
    if (slice.at !== at) {
      slice.at = at;
      slice.requests = slice.errors = 0;
      slice.bins.fill(0);
    }
    slice.requests++;
    if (milliseconds === null) slice.errors++;
    else slice.bins[binOf(milliseconds)]!++;
  }

  recent(now: number): { requests: number; errors: number; p95: number | null } {
    const oldest = Math.floor(now / this.#slice) - SLICES + 1;
    const bins = new Uint32Array(LATENCY_BINS);
    let [requests, errors] = [0, 0];
    for (const slice of this.#slices) {
      if (slice.at < oldest) continue;
      requests += slice.requests;
      errors += slice.errors;
      slice.bins.forEach((count, bin) => (bins[bin]! += count));
    }
    return { requests, errors, p95: quantile(bins, 0.95) };
  }
}
