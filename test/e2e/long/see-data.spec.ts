import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '#test/support/browser.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { joinPipeline } from '#test/support/join-pipeline.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let browser: Browser;
let client: Client;
let page: Page;
const thrown: string[] = [];
const POLL = { timeout: 10_000 } as const;

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const { id } = await client.post<{ id: string }>('/pipelines', { document: joinPipeline() });
  for (const node of ['Orders', 'Later', 'Customers'])
    await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, { scope: { kind: 'to', node } })).id);
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(10_000);
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

async function accessible(what: string, within: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(within).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${what}: ${id} at ${nodes[0]?.target.join(' ')}`)).toEqual([]);
}

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
    await expect.poll(() => wrong.allTextContents(), POLL).toEqual(['town']);
    await expect
      .poll(() => page.getByRole('alert').allTextContents(), POLL)
      .toContainEqual(expect.stringContaining('Line 2, column 3: Referenced column "town"'));
    await write('SELECT city, sum(amount) AS total FROM t1 GROUP BY city');
    await expect.poll(() => wrong.count(), POLL).toBe(0);
  });

  it('tells its columns to the nodes behind it', async () => {
    await write('SELECT city, sum(amount) AS "all" FROM t1 GROUP BY city');
    await expect.poll(() => card('pick').textContent(), POLL).toContain('no column “total”');
    await write('SELECT city, sum(amount) AS total FROM t1 GROUP BY city');
    await expect.poll(() => card('pick').textContent(), POLL).not.toContain('no column “total”');
  });

  it('is completed with the columns of the wires, quoted where that is needed', async () => {
    await write('SELECT ');
    await page.keyboard.type('uni', { delay: 20 });
    await page.locator('.cm-tooltip-autocomplete').getByRole('option', { name: 'unit price' }).click();
    await expect.poll(async () => (await page.locator('.cm-line').allTextContents()).join('\n'), POLL).toContain('SELECT "unit price"');
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
    await expect.poll(() => matches.textContent(), POLL).toMatch(/172\s*rows[\s\S]*n : 1/);
    await accessible('matches', '#inspector-settings');
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
    expect(await together.getByRole('row', { name: /^amount, unit price/ }).textContent()).toContain('69');
    await accessible('missing values', '#panel-data');
  });

  it('is compared with another, rows by a key', async () => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByLabel('The other table', { exact: true }).click();
    await page.getByRole('option', { name: /^Later/ }).click();
    const compare = page.getByRole('region', { name: 'What differs' });
    await compare.getByText('Removed the column').waitFor();
    await compare.getByLabel('Key column').click();
    await page.getByRole('option', { name: 'id', exact: true }).click();
    await expect.poll(() => compare.getByLabel('Rows', { exact: true }).textContent(), POLL).toMatch(/Added\s*0\s*Removed\s*20\s*Changed\s*349/);
    await accessible('comparison', '#panel-data');
  });

  it('throws nothing into the page', () => expect(thrown).toEqual([]));
});
