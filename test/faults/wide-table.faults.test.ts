import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, type Client } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { throughWideChain, wideDataset } from '../support/table-chain.ts';
import { learnFromWideTable } from '../support/wide-learning.ts';

const LIMIT = 300_000;
let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
});
afterAll(() => server?.stop());

it('one of 10,001 columns is refused in words', { timeout: LIMIT }, async () => {
  const names = Array.from({ length: 10_001 }, (_, at) => `c${at}`).join(',');
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'wider.csv' };
  const answer = await client.request('/datasets/wider', { method: 'PUT', headers, body: `${names}\n` });
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([422, expect.stringContaining('at most 10000')]);
});

it('a dataset of 10,000 columns, the most that are read, is shown in parts and described', { timeout: LIMIT }, () => wideDataset(client, 10_000));

it('a table of 400 columns goes through dataset, profile, choice, scaling and file', { timeout: LIMIT }, () => throughWideChain(client, 400));

it('a model learns from 10,000 columns: cleaned, scaled, split, trained, scored, evaluated', { timeout: 4 * LIMIT }, async () => {
  console.log(await learnFromWideTable(client, 10_000, { mode: 'mean' }));
});
