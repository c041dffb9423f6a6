import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeldDownload {
  /** Answers a small CSV file once it is let go; each path is a file of its own. */
  readonly url: string;
  /** Lets go of what was asked for, and of all that will be. */
  letGo(): void;
  close(): Promise<void>;
}

/** Files that a test holds back, so that the steps that import them run for as long as it likes. Allow the host 127.0.0.1. */
export async function holdDownload(): Promise<HeldDownload> {
  const asked = new Set<ServerResponse>();
  let free = false;
  const answer = (response: ServerResponse): void => void response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b\n1,2\n3,4\n');
  const server = createServer((_request, response) => {
    if (free) answer(response);
    else asked.add(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letGo() {
      free = true;
      for (const response of asked) answer(response);
      asked.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A pipeline that imports a file of that address, on a compute. */
export const importing = (name: string, url: string, compute: string | null = null) => ({
  formatVersion: 1,
  name,
  nodes: [{ id: 'import', type: 'import-data', version: 1, name: 'Import', params: { source: 'url', url } }],
  ...(compute === null ? {} : { policy: { compute } }),
});
