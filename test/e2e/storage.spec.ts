import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launchBrowser } from '../support/browser.ts';
import { finishedRun, signIn, type Client } from '../support/client.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: Client;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.running.signInLink());
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const figures = (): Locator => page.getByRole('region', { name: 'Storage in figures' });
const row = (name: string): Locator => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });

/** Content in the store that a row names, but nothing refers to. */
async function orphan(content: string): Promise<void> {
  const { store, database, access } = server.running.services;
  const hash = createHash('sha256').update(content).digest('hex');
  const path = join(await store.newOutputFolder('orphan'), 'output');
  writeFileSync(path, content);
  await store.publish(path, hash);
  database.$client
    .prepare(`INSERT INTO artifacts (workspace_id, hash, kind, bytes, meta, created_at) VALUES (?, ?, 'file', ?, '{"kind":"file","name":""}', 0)`)
    .run(access.workspace.id, hash, content.length);
}

async function fill(): Promise<string> {
  const rows = Array.from({ length: 2_000 }, (_, at) => `${at},${(at * 7) % 97}`).join('\n');
  const headers = { 'x-file-name': 'sales.csv', 'content-type': 'application/octet-stream' };
  const sales = await client.request('/datasets/sales', { method: 'PUT', headers, body: `x,y\n${rows}\n` });
  expect(sales.status).toBe(201);
  const nodes = [
    { id: 'read', type: 'dataset', version: 1, params: { dataset: { name: 'sales', version: null } } },
    { id: 'query', type: 'apply-sql-transformation', version: 1, params: { script: 'SELECT x, y * 2 AS z FROM t1' } },
  ];
  const edges = [{ from: { node: 'read', port: 'data' }, to: { node: 'query', port: 't1' } }];
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Sales', nodes, edges } });
  const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`, {});
  const { status } = await finishedRun(client, run.id);
  expect(status).toBe('succeeded');
  return run.id;
}

describe('storage', () => {
  it('is reached from the settings, and says so while there is nothing', async () => {
    await page.goto(`${server.url}/settings`);
    await page.getByRole('link', { name: 'What takes space' }).click();
    await page.getByRole('heading', { name: 'Nothing is stored yet' }).waitFor();
    await accessible(page, 'nothing stored');
  });

  it('shows what takes the space, what is shared, and what nothing holds', async () => {
    const run = await fill();
    await orphan('x'.repeat(1_300_000));
    await page.getByRole('button', { name: 'Add up again' }).click();
    await figures().getByText('1.30 MB').waitFor();
    await page.getByRole('img', { name: /Results of runs .* kB.*Held by nothing 1\.30 MB/ }).waitFor();
    await expect.poll(() => row('sales').innerText()).toContain('nothing yet');
    await expect.poll(() => page.getByRole('link', { name: 'Sales, run 1' }).getAttribute('href')).toBe(`/runs/${run}`);
    await accessible(page, 'storage');
  });

  it('frees what nothing holds, and says how much that was', async () => {
    await page.getByRole('button', { name: 'Free it' }).click();
    await page.getByText('Freed 1.30 MB in 1 file.').waitFor();
    await figures().getByText('nothing to free').waitFor();
  });

  it('deletes with a word on what is freed', async () => {
    await page.getByRole('button', { name: 'Delete Sales, run 1' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete “Sales, run 1”?' });
    await dialog.getByText(/This frees .* kB; the other .* kB stay, because something else holds them too\./).waitFor();
    // It is gone by the time it is said, however long all is added up again.
    const letGo = await holdAnswers(page, '**/api/v1/storage?*');
    await dialog.getByRole('button', { name: 'Delete the run' }).click();
    await page.getByText('Deleted “Sales, run 1”.').waitFor();
    await row('Sales, run 1').waitFor({ state: 'detached' });
    await letGo();
    await row('sales').getByText('nothing', { exact: true }).waitFor();
    await expect.poll(async () => (await client.get<{ items: unknown[] }>('/runs')).items).toEqual([]);
  });

  it('says on the page of a run what it takes, and in the list of pipelines what deleting frees', async () => {
    const [pipeline] = (await client.get<{ items: { id: string }[] }>('/pipelines')).items;
    const run = await client.post<{ id: string }>(`/pipelines/${pipeline!.id}/runs`, {});
    await finishedRun(client, run.id);
    await page.goto(`${server.url}/runs/${run.id}`);
    await page.getByRole('link', { name: /kB on the disk/ }).waitFor();
    await page.goto(`${server.url}/pipelines`);
    await page
      .getByRole('button', { name: /^Actions for/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page
      .getByRole('dialog')
      .getByText(/with its runs and their results.*This frees .* kB/)
      .waitFor();
    expect(thrown).toEqual([]);
  });

  it('says what failed, and adds up when tried again', async () => {
    await page.route('**/api/v1/storage?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: '{"title":"Busy","status":503,"detail":"The disk does not answer.","code":"stopping"}',
      }),
    );
    await page.goto(`${server.url}/settings/storage`);
    await page.getByRole('alert').getByText('The disk does not answer.').waitFor();
    await page.unroute('**/api/v1/storage?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await figures().waitFor();
  });
});
