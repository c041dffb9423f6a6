import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

const POLL = { timeout: 15_000 } as const;
const FRACTION = 'Fraction of rows in the first output dataset';
let server: TestServer;
let browser: Browser;
let client: Client;
let one: Page;
let other: Page;
let otherContext: BrowserContext;
let id: string;
const thrown: string[] = [];

const node = (name: string, type: string, params: Record<string, unknown> = {}) => ({ id: name, type, version: 1, params });
const wire = (from: string, to: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 'data' } });
const document = {
  formatVersion: 1,
  name: 'Shared',
  nodes: [node('enter', 'enter-data-manually', { data: 'x,y\n1,2\n3,4\n' }), node('split', 'split-data'), node('clean', 'clean-missing-data')],
  edges: [wire('enter', 'clean'), wire('clean', 'split')],
  layout: { enter: [0, 0], clean: [0, 120], split: [0, 240] },
};

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  client = await signIn(server.url, server.signInLink);
  id = (await client.post<{ id: string }>('/pipelines', { document })).id;
  const open = async (): Promise<[BrowserContext, Page]> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => thrown.push(error.message));
    await page.goto(server.running.signInLink());
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'), { timeout: 30_000 });
    await page.goto(`${server.url}/pipelines/${id}`);
    await card(page, 'split').waitFor();
    return [context, page];
  };
  [, one] = await open();
  [otherContext, other] = await open();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (page: Page, name: string): Locator => page.locator(`article[data-node="${name}"]`);
const saved = async (): Promise<PipelineDocument> => (await client.get<{ document: PipelineDocument }>(`/pipelines/${id}`)).document;
const param = async (name: string, field: string): Promise<unknown> => (await saved()).nodes.find((each) => each.id === name)?.params[field];
async function setFraction(page: Page, value: string): Promise<void> {
  await card(page, 'split').click();
  const field = page.getByLabel(FRACTION, { exact: true }).first();
  await field.fill(value);
  await field.blur();
}

describe('two people on one pipeline', () => {
  it('see each other, and where each is', async () => {
    await one.getByRole('list', { name: 'Also here' }).waitFor();
    await card(other, 'clean').click();
    await expect.poll(() => card(one, 'clean').innerText(), POLL).toMatch(/Owner/);
    await one
      .getByRole('list', { name: 'Also here' })
      .getByRole('button', { name: /at Clean Missing Data/ })
      .waitFor();
  });

  it('see each other’s edits, and keep selection, place and undo of their own', async () => {
    const before = await other.locator('.svelte-flow__viewport').getAttribute('style');
    await setFraction(one, '0.8');
    await expect.poll(() => card(other, 'split').innerText(), POLL).toMatch(/80 \/ 20/);
    expect(await card(other, 'clean').getAttribute('class')).toMatch(/selected/);
    expect(await other.locator('.svelte-flow__viewport').getAttribute('style')).toBe(before);
    expect(await other.getByRole('button', { name: 'Nothing to undo' }).isDisabled()).toBe(true);

    await other.keyboard.press('F2');
    await other.keyboard.type('Cleaned by two');
    await other.keyboard.press('Enter');
    await card(one, 'clean').getByText('Cleaned by two').waitFor();
    await one.getByRole('button', { name: /^Undo: / }).click();
    await expect.poll(() => param('split', 'fraction'), POLL).not.toBe(0.8);
    expect((await saved()).nodes.find((each) => each.id === 'clean')?.name).toBe('Cleaned by two');
    await one.getByRole('button', { name: /^Redo: / }).click();
    await expect.poll(() => param('split', 'fraction'), POLL).toBe(0.8);
  });

  it('join edits of different fields that were made at once', async () => {
    await otherContext.setOffline(true);
    await card(other, 'enter').click();
    await other.keyboard.press('F2');
    await other.keyboard.type('Typed in');
    await other.keyboard.press('Enter');
    await setFraction(one, '0.7');
    await expect.poll(() => param('split', 'fraction'), POLL).toBe(0.7);
    await otherContext.setOffline(false);
    await expect.poll(async () => (await saved()).nodes.find((each) => each.id === 'enter')?.name, { timeout: 30_000 }).toBe('Typed in');
    await card(one, 'enter').getByText('Typed in').waitFor();
    await expect.poll(() => card(other, 'split').innerText(), POLL).toMatch(/70 \/ 30/);
    expect(await param('split', 'fraction')).toBe(0.7);
  });

  it('are asked when both changed the same field, side by side, and nothing is lost before', async () => {
    await otherContext.setOffline(true);
    await setFraction(other, '0.55');
    await setFraction(one, '0.65');
    await expect.poll(() => param('split', 'fraction'), POLL).toBe(0.65);
    await otherContext.setOffline(false);
    await other.getByRole('button', { name: 'Choose…' }).click({ timeout: 30_000 });
    const dialog = other.getByRole('dialog', { name: 'Both changed the same' });
    await dialog.getByRole('rowheader', { name: new RegExp(FRACTION) }).waitFor();
    expect(await dialog.getByRole('row').nth(1).innerText()).toMatch(/0\.7[\s\S]*0\.55[\s\S]*0\.65/);
    expect(await param('split', 'fraction')).toBe(0.65);
    const join = dialog.getByRole('button', { name: 'Join and save' });
    expect(await join.isDisabled()).toBe(true);
    await dialog.getByRole('radio', { name: /Keep mine/ }).check();
    await join.click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => param('split', 'fraction'), POLL).toBe(0.55);
    await expect.poll(() => card(one, 'split').innerText(), POLL).toMatch(/55 \/ 45/);
  });

  it('two new nodes of one type stay two', async () => {
    await otherContext.setOffline(true);
    // The same node at the same place would be one: what differs is its name.
    for (const page of [other, one]) {
      await page.locator('.svelte-flow__pane').click({ position: { x: 20, y: 300 } });
      await page.keyboard.press('/');
      await page.keyboard.type('Summarize');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('article[data-node^="summarize-data"]').count(), POLL).toBe(1);
      await page.locator('article[data-node^="summarize-data"]').click();
      await page.keyboard.press('F2');
      await page.keyboard.type(page === one ? 'Of one' : 'Of the other');
      await page.keyboard.press('Enter');
    }
    await expect.poll(async () => (await saved()).nodes.length, POLL).toBe(4);
    await otherContext.setOffline(false);
    await expect.poll(async () => (await saved()).nodes.length, { timeout: 30_000 }).toBe(5);
    await expect.poll(() => one.locator('article[data-node^="summarize-data"]').count(), POLL).toBe(2);
    await expect.poll(() => other.locator('article[data-node^="summarize-data"]').count(), POLL).toBe(2);
  });

  it('are gone when their tab closes', async () => {
    await otherContext.close();
    await expect.poll(() => one.getByRole('list', { name: 'Also here' }).count(), { timeout: 5_000 }).toBe(0);
    // Parts of the app that are loaded when they are needed cannot be while the line is cut.
    expect(thrown.filter((message) => !message.includes('dynamically imported module'))).toEqual([]);
  });
});
