import type { Server, ServerResponse } from 'node:http';

/** The requests that a server is answering. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #changed: () => void = () => {};

  constructor(server: Server) {
    server.on('request', (_request, response) => {
      this.#open.add(response);
      response.once('close', () => {
        this.#open.delete(response);
        this.#changed();
      });
    });
  }

  /** Settles when all are answered, after so long at the latest. */
  async answered(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#changed = () => {
      if (this.#open.size === 0) resolve();
    };
    this.#changed();
    await promise;
    clearTimeout(timer);
  }
}
