import { isFinal, type RunEvent } from '#pipelines/events.ts';

const EVENT_TYPES: readonly RunEvent['type'][] = ['run', 'step', 'progress', 'usage', 'log', 'metric'];
const SLOWEST_RETRY = 10_000;

/**
 * The events of one run as they happen. The server replays what was missed, so a lost connection loses nothing: after a break this asks again
 * for all after the last event it saw, first soon, then ever less often.
 */
export class LiveRun {
  /** True while the connection is lost and work goes on unseen. */
  lost = $state(false);
  /** True once the final event was seen. */
  finished = $state(false);
  readonly #url: (after: number) => string;
  readonly #onevent: (event: RunEvent) => void;
  #after: number;
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #retry = 500;

  constructor(url: (after: number) => string, onevent: (event: RunEvent) => void, after = 0) {
    this.#url = url;
    this.#onevent = onevent;
    this.#after = after;
  }

  start(): this {
    this.#connect();
    return this;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#source?.close();
    this.#source = null;
  }

  #connect(): void {
    const source = new EventSource(this.#url(this.#after));
    this.#source = source;
    source.onopen = () => {
      this.lost = false;
      this.#retry = 500;
    };
    source.onerror = () => {
      source.close();
      if (this.finished || this.#source !== source) return;
      this.lost = true;
      this.#timer = setTimeout(() => this.#connect(), this.#retry);
      this.#retry = Math.min(SLOWEST_RETRY, this.#retry * 2);
    };
    for (const type of EVENT_TYPES) source.addEventListener(type, (message) => this.#take((message as MessageEvent<string>).data));
  }

  #take(data: string): void {
    const event = JSON.parse(data) as RunEvent;
    if (event.seq <= this.#after) return;
    this.#after = event.seq;
    this.#onevent(event);
    if (event.type === 'run' && isFinal(event.status)) {
      this.finished = true;
      this.lost = false;
      this.stop();
    }
  }
}
