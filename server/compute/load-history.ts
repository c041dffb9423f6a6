import { availableParallelism } from 'node:os';
import type { Compute, Computes } from './computes.ts';

export interface LoadSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Slots in use. */
  readonly used: number;
  /** Steps that wait for slots. */
  readonly waiting: number;
  /** Of the processors that its slots may use: 0 = none, 1 = all of them, since the sample before. */
  readonly cpuShare: number;
  readonly residentBytes: number;
}

export interface LoadHistoryOptions {
  readonly computes: Pick<Computes, 'working'>;
  readonly counts: () => ReadonlyMap<Compute, { readonly waiting: number; readonly residentBytes: number | null }>;
  readonly now: () => number;
}

const EVERY_MILLISECONDS = 2_000;
const KEPT = 150;

interface Track {
  readonly samples: LoadSample[];
  cpuMilliseconds: number;
}

/** The load of each compute over the last five minutes, in memory. */
export class LoadHistory {
  readonly #options: LoadHistoryOptions;
  #tracks = new Map<Compute, Track>();
  #timer: NodeJS.Timeout | null = null;
  #before: number;

  constructor(options: LoadHistoryOptions) {
    this.#options = options;
    this.#before = options.now();
  }

  /** Takes a sample every two seconds; it does not keep the process alive. */
  start(): void {
    this.#timer ??= setInterval(() => this.take(), EVERY_MILLISECONDS).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Samples every compute that has been asked for since the server began; what is registered no more is forgotten. */
  take(): void {
    const { computes, counts, now } = this.#options;
    const at = now();
    const elapsed = at - this.#before;
    this.#before = at;
    const counted = counts();
    const tracks = new Map<Compute, Track>();
    for (const compute of computes.working()) {
      const track = this.#tracks.get(compute) ?? { samples: [], cpuMilliseconds: 0 };
      const { cpuMilliseconds = 0 } = compute.adapter;
      const { used } = compute.slots;
      const { waiting, residentBytes } = counted.get(compute) ?? { waiting: 0, residentBytes: null };
      const cpuShare = shareOf(cpuMilliseconds - track.cpuMilliseconds, elapsed, processorsOf(compute));
      // Steps that have only begun are not measured yet; others like them ran a moment ago.
      const before = used > 0 ? (track.samples.at(-1)?.residentBytes ?? 0) : 0;
      track.samples.push({ at, used, waiting, cpuShare, residentBytes: residentBytes ?? before });
      if (track.samples.length > KEPT) track.samples.shift();
      track.cpuMilliseconds = cpuMilliseconds;
      tracks.set(compute, track);
    }
    this.#tracks = tracks;
  }

  /** The samples of a compute, the oldest first. */
  of(compute: Compute): readonly LoadSample[] {
    return this.#tracks.get(compute)?.samples ?? [];
  }
}

/** Processors of this machine that its steps can use at once. */
function processorsOf({ adapter }: Compute): number {
  const { slots, threads } = adapter.capabilities();
  return Math.min(availableParallelism(), slots * threads);
}

const shareOf = (spent: number, elapsed: number, processors: number): number => (elapsed > 0 ? Math.min(1, Math.max(0, spent / (elapsed * processors))) : 0);
