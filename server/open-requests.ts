import type { Server } from 'node:http';

/** The number of requests that a server is answering. It holds none of them: a set that grows and shrinks all the time keeps what was in it alive. */
export class OpenRequests {
  #open = 0;
  #come = 0;
  #changed: () => void = () => {};

  constructor(server: Server) {
    server.on('request', (_request, response) => {
      this.#open++;
      this.#come++;
      response.once('close', () => {
        this.#open--;
        this.#changed();
      });
    });
  }

  /** Requests since the start. */
  get come(): number {
    return this.#come;
  }

  /** Settles when all are answered, after so long at the latest. */
  async answered(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#changed = () => {
      if (this.#open === 0) resolve();
    };
    this.#changed();
    await promise;
    clearTimeout(timer);
  }
}
