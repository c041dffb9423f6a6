import { expect } from 'vitest';

/** A server behind the fetch boundary whose answers a test lets go one by one. */
export class HeldFetch {
  readonly #waiting: { readonly request: string; readonly answer: (response: Response) => void }[] = [];

  readonly fetch: typeof fetch = (input, init) => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const path = input instanceof Request ? input.url : String(input);
    this.#waiting.push({ request: `${init?.method ?? 'GET'} ${path.replace('/api/v1', '')}`, answer: resolve });
    return promise;
  };

  /** What was asked and has no answer yet, in its order. */
  get asked(): string[] {
    return this.#waiting.map(({ request }) => request);
  }

  /** Answers the oldest such request, or the newest, once it is asked, and lets whoever waits for it go on. */
  async answer(request: string, body: unknown, { newest = false }: { newest?: boolean } = {}): Promise<void> {
    await expect.poll(() => this.asked, { interval: 1 }).toContain(request);
    const such = (each: { readonly request: string }): boolean => each.request === request;
    const at = newest ? this.#waiting.findLastIndex(such) : this.#waiting.findIndex(such);
    const [waiting] = this.#waiting.splice(at, 1);
    waiting!.answer(Response.json(body));
    await new Promise((done) => setTimeout(done));
  }
}

/** Event streams as a browser has them, which say nothing. To be stubbed as EventSource. */
export class QuietStream {
  static open: string[] = [];
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    QuietStream.open.push(url);
  }

  addEventListener(): void {}

  close(): void {
    QuietStream.open = QuietStream.open.filter((url) => url !== this.url);
  }
}
