import type { Run, RunWaiting, SlotWait } from '../api-types.ts';
import { waitsForSlot } from './step-events.ts';

const PAUSE = 2_000;

/** Something of the run waits for others: the run itself, or a step that is ready. */
export const isWaiting = (run: Pick<Run, 'status' | 'steps'>): boolean =>
  run.status === 'queued' || run.steps.some((step) => step.status === 'queued' && (step.waiting !== null || waitsForSlot(step)));

/** Asks for places in queues, every two seconds and only while something waits. */
export class WaitingPoll {
  place = $state<number | null>(null);
  #items = $state.raw<ReadonlyMap<string, SlotWait>>(new Map());
  readonly #read: (signal: AbortSignal) => Promise<RunWaiting>;
  readonly #pause: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #request: AbortController | null = null;

  constructor(read: (signal: AbortSignal) => Promise<RunWaiting>, pause = PAUSE) {
    this.#read = read;
    this.#pause = pause;
  }

  of(node: string): SlotWait | null {
    return this.#items.get(node) ?? null;
  }

  /** Begins to ask, or stops. */
  watch(waits: boolean): void {
    if (!waits) this.stop();
    else if (this.#request === null) void this.#ask();
  }

  stop(): void {
    this.#request?.abort();
    this.#request = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.place = null;
    this.#items = new Map();
  }

  async #ask(): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    try {
      const { place, items } = await this.#read(request.signal);
      if (request.signal.aborted) return;
      this.place = place;
      this.#items = new Map(items.map((item) => [item.node, item]));
    } catch {
      // Places are asked for again; what was heard last stands meanwhile.
    }
    if (!request.signal.aborted) this.#timer = setTimeout(() => void this.#ask(), this.#pause);
  }
}
