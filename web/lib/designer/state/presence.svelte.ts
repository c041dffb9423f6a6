import type { Person } from '../../api-types.ts';
import type { Api } from '../../api.ts';

interface Listening {
  /** The server has this revision now; `by` is empty when this tab has only just begun to listen. */
  readonly onsaved: (revision: number, by: string) => void;
  /** Something was said about a node. */
  readonly oncomments: () => void;
  readonly onremoved: () => void;
}

const SOON = 500;
const SLOWEST_RETRY = 10_000;
/** A tab that nobody looks at gives its connection back after a while: a browser has few of them for one server. */
const HIDDEN_MILLISECONDS = 60_000;
/** Steps by keyboard through many nodes are told once. */
const MOVE_DELAY = 150;

/** Who else has the pipeline open, and where; and what is saved elsewhere. Leaving the page is leaving the room. */
export class Presence {
  /** Everyone else. */
  others = $state.raw<readonly Person[]>([]);
  /** Node → names of those who chose it. */
  readonly places: ReadonlyMap<string, readonly string[]> = $derived.by(() => {
    const at = Map.groupBy(
      this.others.filter((person) => person.node !== null),
      (person) => person.node!,
    );
    return new Map([...at].map(([node, people]) => [node, people.map((person) => person.name)]));
  });

  readonly #client = crypto.randomUUID();
  readonly #api: Api;
  readonly #pipeline: string;
  readonly #listening: Listening;
  #source: EventSource | null = null;
  #node: string | null = null;
  #told: string | null = null;
  #retry = SOON;
  #timers = new Map<'connect' | 'move' | 'hide', ReturnType<typeof setTimeout>>();

  constructor(api: Api, pipeline: string, listening: Listening) {
    this.#api = api;
    this.#pipeline = pipeline;
    this.#listening = listening;
  }

  start(): this {
    document.addEventListener('visibilitychange', this.#visibility);
    this.#connect();
    return this;
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#visibility);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#hangUp();
  }

  /** Tells the others which node is chosen here. */
  move(node: string | null): void {
    this.#node = node;
    this.#later('move', MOVE_DELAY, () => this.#tell());
  }

  readonly #visibility = (): void => {
    if (document.hidden) this.#later('hide', HIDDEN_MILLISECONDS, () => this.#hangUp());
    else {
      this.#later('hide', 0, () => undefined);
      if (!this.#source) this.#connect();
    }
  };

  #later(what: 'connect' | 'move' | 'hide', milliseconds: number, then: () => void): void {
    clearTimeout(this.#timers.get(what));
    this.#timers.set(what, setTimeout(then, milliseconds));
  }

  #tell(): void {
    if (!this.#source || this.#node === this.#told) return;
    const node = this.#node;
    this.#told = node;
    void this.#api.pipelines.presence(this.#pipeline, { client: this.#client, node }).catch(() => (this.#told = null));
  }

  #hangUp(): void {
    this.#source?.close();
    this.#source = null;
    this.#told = null;
    this.others = [];
  }

  #connect(): void {
    const source = new EventSource(this.#api.pipelines.eventsUrl(this.#pipeline, this.#client));
    this.#source = source;
    const on = (type: string, take: (data: Record<string, unknown>) => void): void =>
      source.addEventListener(type, (message) => take(JSON.parse((message as MessageEvent<string>).data) as Record<string, unknown>));
    on('people', ({ people }) => {
      this.#retry = SOON;
      this.others = (people as readonly Person[]).filter((person) => person.client !== this.#client);
      this.#tell();
    });
    on('saved', ({ revision, by }) => this.#listening.onsaved(revision as number, by as string));
    on('comments', () => this.#listening.oncomments());
    on('removed', () => {
      this.#hangUp();
      this.#listening.onremoved();
    });
    source.onerror = () => {
      if (this.#source !== source) return;
      this.#hangUp();
      this.#later('connect', this.#retry, () => !document.hidden && this.#connect());
      this.#retry = Math.min(SLOWEST_RETRY, this.#retry * 2);
    };
  }
}
