import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { signIn } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  const client = await signIn(server.url, server.running.signInLink());
  const headers = { 'x-file-name': 'sales.csv', 'content-type': 'application/octet-stream' };
  for (const body of ['id,x\n1,5\n2,6\n', 'id,x,late\n1,5,p\n2,7,q\n3,8,r\n']) await client.request('/datasets/sales', { method: 'PUT', headers, body });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it('a dataset shows what differs between its versions, where it comes from, and keeps what is written of it', async () => {
  await page.goto(`${server.url}/data/sales`);
  await page.getByRole('tab', { name: 'Versions' }).click();
  const differs = page.getByRole('region', { name: 'What differs' });
  await differs.getByText('Added the column late').waitFor();
  await expect.poll(() => differs.locator('dd').allTextContents()).toEqual(['2', '3', '2', '1', '1']);
  await page.getByRole('tab', { name: 'Lineage' }).click();
  await page.getByText('An upload: sales.csv').waitFor();
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByLabel('Licence').fill('CC0-1.0');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.reload();
  await page.getByRole('tab', { name: 'Details' }).click();
  await expect.poll(() => page.getByLabel('Licence').inputValue()).toBe('CC0-1.0');
  await expect.poll(() => page.getByRole('link', { name: 'CSV' }).getAttribute('href')).toContain('name=sales-2');
  expect(thrown).toEqual([]);
});
