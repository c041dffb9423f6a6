import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { joinPipeline } from '#test/support/join-pipeline.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let browser: Browser;
let client: Client;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const { id } = await client.post<{ id: string }>('/pipelines', { document: joinPipeline() });
  for (const node of ['Orders', 'Later', 'Customers'])
    await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, { scope: { kind: 'to', node } })).id);
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
  await page.goto(`${server.url}/pipelines/${id}`);
  await page.locator('.svelte-flow__node').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const choose = (node: string) => page.locator(`.svelte-flow__node[data-id="${node}"]`).click({ position: { x: 60, y: 10 } });
const card = (node: string) => page.locator(`.svelte-flow__node[data-id="${node}"]`);

async function write(sql: string): Promise<void> {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(sql);
  // Completion opens by itself and lies over the editor.
  await page.keyboard.press('Escape');
}

describe('an SQL query', () => {
  it('is checked as it is written, without a run', async () => {
    await choose('sql');
    await write('SELECT city,\n  town FROM t1');
    const wrong = page.locator('.cm-wrong');
    await expect.poll(() => wrong.allTextContents()).toEqual(['town']);
    await expect.poll(() => page.getByRole('alert').allTextContents()).toContainEqual(expect.stringContaining('Line 2, column 3: There is no column “town”'));
    await write('SELECT city, sum(amount) AS total FROM t1 GROUP BY city');
    await expect.poll(() => wrong.count()).toBe(0);
  });

  it('tells its columns to the nodes behind it', async () => {
    await write('SELECT city, sum(amount) AS "all" FROM t1 GROUP BY city');
    await expect.poll(() => card('pick').textContent()).toContain('no column “total”');
    await write('SELECT city, sum(amount) AS total FROM t1 GROUP BY city');
    await expect.poll(() => card('pick').textContent()).not.toContain('no column “total”');
  });

  it('is completed with the columns of the wires, quoted where that is needed', async () => {
    await write('SELECT ');
    await page.keyboard.type('uni', { delay: 20 });
    await page.locator('.cm-tooltip-autocomplete').getByRole('option', { name: 'unit price' }).click();
    await expect.poll(async () => (await page.locator('.cm-line').allTextContents()).join('\n')).toContain('SELECT "unit price"');
    await page.keyboard.press('Escape');
  });
});

describe('the keys of a join', () => {
  it('are suggested, and tell what they match before a run', async () => {
    await choose('join');
    const matches = page.getByRole('region', { name: 'Matches' });
    await matches
      .getByRole('group', { name: 'Keys that may fit' })
      .getByRole('button', { name: /^customer/ })
      .click();
    await matches.getByRole('img', { name: 'Left: 172 of 400 rows have a partner' }).waitFor();
    await matches.getByRole('img', { name: 'Right: 50 of 60 rows have a partner' }).waitFor();
    await expect.poll(() => matches.textContent()).toMatch(/172\s*rows[\s\S]*n : 1/);
    // They do their work: nothing else is suggested.
    await expect.poll(() => matches.getByRole('group').count()).toBe(0);
    await accessible(page, 'matches', { within: '#inspector-settings' });
  });
});

describe('a table', () => {
  it('shows where values are missing', async () => {
    await choose('Orders');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Statistics', exact: true }).click();
    await page.getByRole('button', { name: 'Missing values' }).click();
    await page.getByRole('img', { name: /^Missing values of 3 columns/ }).waitFor();
    const together = page.getByRole('table', { name: 'Missing together' });
    await expect.poll(() => together.getByRole('row', { name: /^amount, unit price/ }).textContent()).toContain('69');
    await accessible(page, 'missing values', { within: '#panel-data' });
  });

  it('is compared with another, rows by a key', async () => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByLabel('The other table', { exact: true }).click();
    await page.getByRole('option', { name: /^Later/ }).click();
    const compare = page.getByRole('region', { name: 'What differs' });
    await compare.getByText('Removed the column').waitFor();
    await compare.getByLabel('Key column').click();
    await page.getByRole('option', { name: 'id', exact: true }).click();
    await expect.poll(() => compare.getByLabel('Rows', { exact: true }).textContent()).toMatch(/Added\s*0\s*Removed\s*20\s*Changed\s*349/);
    await accessible(page, 'comparison', { within: '#panel-data' });
  });

  it('throws nothing into the page', () => expect(thrown).toEqual([]));
});

it('a file that is read on the canvas says what was detected of it', async () => {
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'people.txt' };
  const body = Buffer.from('\ufeffname;height\nAnn;1,75\n', 'utf16le');
  const file = (await (await client.request('/files', { method: 'POST', headers, body })).json()) as { id: string; name: string };
  const node = { id: 'read', type: 'import-data', version: 1, params: { file: { id: file.id, name: file.name } } };
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Reading', nodes: [node], edges: [] } });
  await page.goto(`${server.url}/pipelines/${id}`);
  await choose('read');
  await page.locator('summary', { hasText: 'More settings' }).click();
  const found = { 'File format': 'CSV', Header: 'The first line', Delimiter: 'Semicolon', Encoding: 'UTF-16 LE' };
  for (const [label, words] of Object.entries(found)) await expect.poll(() => page.getByLabel(label, { exact: true }).innerText()).toBe(`Detect: ${words}`);
  expect(thrown).toEqual([]);
});
