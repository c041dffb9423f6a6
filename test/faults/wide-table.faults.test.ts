import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, type Client } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { throughWideChain } from '../support/table-chain.ts';

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
});
afterAll(() => server?.stop());

it(
  'a table of 10,000 columns, the most that are read, goes through dataset, profile, choice, scaling and file',
  () => throughWideChain(client, 10_000),
  300_000,
);

it('one of 10,001 columns is refused in words', async () => {
  const names = Array.from({ length: 10_001 }, (_, at) => `c${at}`).join(',');
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'wider.csv' };
  const answer = await client.request('/datasets/wider', { method: 'PUT', headers, body: `${names}\n` });
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([400, expect.stringContaining('at most 10000')]);
});
