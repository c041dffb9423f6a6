import type { Assets, QueryCheck } from '#nodes/kit/define.ts';
import { KnownQueries, type QueryQuestion } from '#pipelines/known-queries.ts';

type Ask = (question: QueryQuestion, signal: AbortSignal) => Promise<QueryCheck>;

/** So long nothing else is typed before DuckDB is asked. */
const PAUSE = 250;

/**
 * Asks DuckDB about the queries that `infer` looks up: after a pause in typing, and not any more when others are looked up meanwhile. What
 * is dropped and still stands on the canvas is looked up again with the next answer.
 */
export class QueryAsker {
  readonly #known = new KnownQueries();
  readonly #ask: Ask;
  readonly #onanswer: () => void;
  #wanted = new Map<string, QueryQuestion>();
  /** Looked up in one turn: they do not push each other out. */
  #sameTurn = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #underWay = new Map<string, AbortController>();

  constructor(ask: Ask, onanswer: () => void) {
    this.#ask = ask;
    this.#onanswer = onanswer;
  }

  readonly lookup: NonNullable<Assets['query']> = this.#known.lookup((key, question) => this.#want(key, question));

  #want(key: string, question: QueryQuestion): void {
    if (!this.#sameTurn) {
      this.#sameTurn = true;
      queueMicrotask(() => (this.#sameTurn = false));
      this.#wanted = new Map();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#send(), PAUSE);
    }
    this.#wanted.set(key, question);
  }

  #send(): void {
    const wanted = this.#wanted;
    for (const [key, controller] of this.#underWay) if (!wanted.has(key)) controller.abort();
    for (const [key, question] of wanted) if (!this.#underWay.has(key)) void this.#request(key, question);
  }

  async #request(key: string, question: QueryQuestion): Promise<void> {
    const controller = new AbortController();
    this.#underWay.set(key, controller);
    try {
      this.#known.learn(key, await this.#ask(question, controller.signal));
      this.#onanswer();
    } catch {
      // Unknown as before; the next edit asks again, and a run tells all the same.
    } finally {
      this.#underWay.delete(key);
    }
  }
}
