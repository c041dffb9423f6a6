import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { signIn } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let browser: Browser;
let page: Page;
const thrown: string[] = [];
const ROWS = 3_000;

beforeAll(async () => {
  server = await startServer();
  const client = await signIn(server.url, server.signInLink);
  const lines = Array.from(
    { length: ROWS },
    (_, row) => `${row},${row % 50},${row / 8},${row * 2 + (row % 3)},${row % 4 === 0 ? '' : `<b>city ${row % 6}</b>`},same`,
  );
  const answer = await client.request('/datasets/walks', {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'walks.csv' },
    body: `id,age,share,steps,city,constant\n${lines.join('\n')}\n`,
  });
  expect(answer.status).toBeLessThan(300);
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
  await page.goto(`${server.url}/data/walks`);
  await page.getByRole('grid', { name: 'Rows of walks' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const grid = () => page.getByRole('grid', { name: 'Rows of walks' });
const rowsKept = () =>
  grid()
    .getAttribute('aria-rowcount')
    .then((text) => Number(text) - 1);

async function chooseInMenu(column: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Column ${column}`, exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: item }).press('Enter');
}

describe('rows of a table', () => {
  it('are shown as text, missing ones marked', async () => {
    await expect.poll(() => grid().getByRole('gridcell', { name: '<b>city 1</b>' }).first().isVisible()).toBe(true);
    await expect.poll(() => grid().getByRole('gridcell', { name: 'missing' }).first().isVisible()).toBe(true);
  });

  it('are filtered from a column’s menu by keyboard, and the filter is taken away again', async () => {
    await chooseInMenu('age', 'Filter');
    const dialog = page.getByRole('dialog', { name: 'Filter by age' });
    await dialog.getByRole('textbox', { name: 'Value' }).fill('7');
    await dialog.getByRole('button', { name: 'Apply' }).press('Enter');
    await expect.poll(rowsKept).toBe(ROWS / 50);
    await page.getByRole('button', { name: 'age = 7' }).click();
    await expect.poll(rowsKept).toBe(ROWS);
  });

  it('are gone to by number', async () => {
    await page.getByRole('textbox', { name: 'Go to row' }).fill('2,500');
    await page.keyboard.press('Enter');
    await expect.poll(() => grid().getByRole('rowheader', { name: '2,500', exact: true }).count()).toBe(1);
    await page.getByRole('textbox', { name: 'Go to row' }).fill('the last');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Give a number from 1 to 3,000.').waitFor();
    await page.getByRole('textbox', { name: 'Go to row' }).fill('3,000');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('are copied as they are, in rows and columns', async () => {
    await page.getByRole('textbox', { name: 'Go to row' }).fill('2,001');
    await page.keyboard.press('Enter');
    const cell = (row: number, column: number) => grid().locator(`[aria-rowindex="${row + 1}"] [aria-colindex="${column}"]`);
    await expect.poll(() => cell(2_001, 3).innerText()).toBe('250.000');
    const [from, to] = await Promise.all([cell(2_001, 1).boundingBox(), cell(2_002, 3).boundingBox()]);
    await page.mouse.move(from!.x + 2, from!.y + 12);
    await page.mouse.down();
    await page.mouse.move(to!.x + to!.width - 2, to!.y + 12);
    await page.mouse.up();
    await page.keyboard.press('Control+c');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('2000\t0\t250\t4002\t\tsame\n2001\t1\t250.125');
    await page.evaluate(() => getSelection()?.removeAllRanges());
  });

  it('keep frozen columns in view, and columns get wider by keyboard', async () => {
    await chooseInMenu('id', 'Freeze up to here');
    const header = grid().getByRole('columnheader', { name: /^id/ });
    const before = (await header.boundingBox())!.width;
    await header.getByRole('button').first().focus();
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(async () => (await header.boundingBox())!.width).toBeGreaterThan(before);
  });

  it('have statistics of a column beside them, with what to be warned of', async () => {
    await chooseInMenu('steps', 'Statistics');
    const panel = page.getByRole('complementary', { name: 'Statistics of steps' });
    await panel.getByRole('row', { name: /^Median/ }).waitFor();
    await expect.poll(() => panel.getByRole('img').getAttribute('aria-label')).toContain('Half of the values');
    await accessible(page, 'grid');
    await chooseInMenu('constant', 'Statistics');
    await page.getByRole('complementary', { name: 'Statistics of constant' }).getByText('All values are the same').waitFor();
    expect(thrown).toEqual([]);
  });
});

it('a wide table is read in parts as its columns come into view, also after it is sorted there', async () => {
  const client = await signIn(server.url, server.running.signInLink());
  const wide = Array.from({ length: 1_000 }, (_, at) => at);
  const lines = Array.from({ length: 300 }, (_, row) => wide.map((at) => row * 1_000 + at).join(','));
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'wide.csv' };
  const body = `${wide.map((at) => `c${at}`).join(',')}\n${lines.join('\n')}\n`;
  const answer = await client.request('/datasets/wide', { method: 'PUT', headers, body });
  expect(answer.status).toBeLessThan(300);
  const widths: number[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/rows?')) void response.json().then(({ columns }: { columns: unknown[] }) => widths.push(columns.length));
  });
  await page.goto(`${server.url}/data/wide`);
  const table = page.getByRole('grid', { name: 'Rows of wide' });
  await table.waitFor();
  const cell = (text: string) => table.getByRole('gridcell', { name: text, exact: true });
  await cell('0').first().waitFor();
  await table.evaluate((element) => (element.scrollLeft = element.scrollWidth));
  await cell('999').waitFor();
  const header = table.getByRole('columnheader', { name: /^c999\b/ });
  for (const order of ['ascending', 'descending']) {
    await header.getByRole('button').first().click();
    await expect.poll(() => header.getAttribute('aria-sort')).toBe(order);
  }
  await cell('299,999').waitFor();
  await expect.poll(() => Math.max(...widths)).toBe(200);
  expect(thrown).toEqual([]);
});
