import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { signIn } from '../support/client.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { startServer, type TestServer } from '../support/server.ts';

let folder: string;
let server: TestServer;
let browser: Browser;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-connections-'));
  const database = new Database(join(folder, 'shop.sqlite'));
  database.exec(`CREATE TABLE orders AS SELECT 1 AS id, 'Oslo' AS city; CREATE VIEW recent AS SELECT * FROM orders`);
  database.close();
  server = await startServer({ environment: { allowedFolders: [folder] } });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

it('a connection is added, tested, browsed, changed and deleted; its secret is never shown again', async () => {
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.getByRole('tab', { name: 'Connections' }).click();
  await page.getByRole('button', { name: 'Add SQLite file' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('shop');
  await dialog.getByLabel('File').fill('/etc/passwd');
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByText('not within a folder').first().waitFor();
  await dialog.getByLabel('File').fill(join(folder, 'shop.sqlite'));
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByText('2 tables and views').waitFor();
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await page.getByText('Added “shop”.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Test shop' }).click();
  await page.getByRole('table').getByText('2 tables and views').waitFor();
  await page.getByRole('button', { name: 'Browse shop' }).click();
  await expect.poll(() => dialog.getByRole('listitem').allInnerTexts()).toEqual(['orders', expect.stringMatching(/^recent\s+view$/)]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Add a connection' }).click();
  await dialog.getByLabel('Name').fill('warehouse');
  await dialog.getByLabel('Host').fill('127.0.0.1');
  await dialog.getByLabel('Database').fill('postgres');
  await dialog.getByLabel('User').fill('studio');
  await dialog.getByLabel('Password').fill('sesame');
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByText('not a public address').first().waitFor();
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await page.getByText('Added “warehouse”.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More for warehouse' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await expect.poll(() => dialog.getByLabel('Host').inputValue()).toBe('127.0.0.1');
  await expect.poll(() => dialog.getByLabel('Password').getAttribute('placeholder')).toContain('kept');
  await expect.poll(() => dialog.getByLabel('Password').inputValue()).toBe('');
  await dialog.getByLabel('Port').fill('0');
  await expect.poll(() => dialog.getByRole('button', { name: 'Change it' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Port').fill('5433');
  // A kept password is not sent to another place, and its field says so before and after.
  await expect.poll(() => dialog.getByLabel('Password').getAttribute('placeholder')).toBe('give it again for the new place');
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await dialog.getByText('Give it again, for it would be sent to another place.').waitFor();
  await expect.poll(() => dialog.getByLabel('Password').getAttribute('aria-invalid')).toBe('true');
  await dialog.getByRole('alert').filter({ hasText: 'was not changed' }).waitFor({ state: 'detached' });
  await dialog.getByLabel('Password').fill('sesame');
  await expect.poll(() => dialog.getByLabel('Password').getAttribute('aria-invalid')).not.toBe('true');
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('127.0.0.1:5433/postgres').waitFor();

  // It is gone by the time it is said, however long the list takes to be read again.
  const letGo = await holdAnswers(page, '**/api/v1/connections');
  await page.getByRole('button', { name: 'More for warehouse' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('Deleted “warehouse”.').waitFor();
  await expect.poll(() => page.getByRole('table').getByRole('row').count()).toBe(2);
  await letGo();
  expect(thrown).toEqual([]);
});

it('folders of a connection are walked through by keyboard, also those that are empty or gone', async () => {
  for (const name of ['2026', 'a gone one', 'empty']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, '2026', 'b.csv'), 'n\n1\n');
  writeFileSync(join(folder, '1st.csv'), 'n\n1\n');
  const client = await signIn(server.url, server.running.signInLink());
  await client.post('/connections', { name: 'disk', kind: 'folder', settings: { folder }, secrets: {} });
  await client.post('/connections', { name: 'web', kind: 'http', settings: { url: 'https://example.org/' }, secrets: {} });
  await page.goto(`${server.url}/connections`);
  await page.getByRole('button', { name: 'Test web' }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Browse web' }).count()).toBe(0);
  const nodes = [{ id: 'read', type: 'import-data', version: 1, name: 'Read', params: { source: 'connection', connection: 'disk' } }];
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Reads a file', nodes, edges: [] } });
  await page.goto(`${server.url}/pipelines/${id}`);
  await page.locator('article[data-node="read"]').click();
  await page.getByRole('button', { name: 'Path: browse the connection' }).click();
  const dialog = page.getByRole('dialog');
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const names = async (): Promise<string[]> => (await dialog.getByRole('listitem').allInnerTexts()).map((text) => text.split('\n')[0]!);
  await expect.poll(names).toEqual(['2026', 'a gone one', 'empty', '1st.csv', 'shop.sqlite']);
  await dialog.getByRole('button', { name: '2026' }).press('Enter');
  await expect.poll(focused).toContain('b.csv');
  await dialog.getByRole('button', { name: 'disk', exact: true }).press('Enter');
  await dialog.getByRole('button', { name: 'empty' }).press('Enter');
  await dialog.getByText('Nothing is here.').waitFor();
  await expect.poll(focused).toBe('disk');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'a gone one' }).waitFor();
  rmSync(join(folder, 'a gone one'), { recursive: true });
  await dialog.getByRole('button', { name: 'a gone one' }).press('Enter');
  await dialog.getByRole('alert').getByText('There is no folder “a gone one”.').waitFor();
  await expect.poll(focused).toBe('disk');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: '1st.csv' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.getByLabel('Path', { exact: true }).inputValue()).toBe('1st.csv');
  await page.getByLabel('Connection', { exact: true }).click();
  await page.getByRole('option', { name: /^web/ }).click();
  await page.getByRole('button', { name: 'Path: browse the connection' }).waitFor({ state: 'detached' });
  expect(thrown).toEqual([]);
});

it('Import Data chooses a connection, and a table of it by browsing', async () => {
  const client = await signIn(server.url, server.running.signInLink());
  const nodes = [{ id: 'read', type: 'import-data', version: 1, name: 'Read', params: { source: 'table' } }];
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Reads a table', nodes, edges: [] } });
  await page.goto(`${server.url}/pipelines/${id}`);
  await page.locator('article[data-node="read"]').click();
  await page.getByLabel('Connection', { exact: true }).click();
  await page.getByRole('option', { name: /^shop/ }).click();
  await page.getByRole('button', { name: 'Table: browse the connection' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'orders' }).click();
  await expect.poll(() => page.getByLabel('Table', { exact: true }).inputValue()).toBe('orders');
  await expect
    .poll(async () => (await client.get<{ document: { nodes: { params: unknown }[] } }>(`/pipelines/${id}`)).document.nodes[0]!.params)
    .toEqual({ source: 'table', connection: 'shop', table: 'orders' });
  expect(thrown).toEqual([]);
});
