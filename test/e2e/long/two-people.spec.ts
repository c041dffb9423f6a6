import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

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
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.on('pageerror', (error) => thrown.push(error.message));
    await page.goto(server.running.signInLink());
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
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

async function rename(page: Page, chosen: Locator, name: string): Promise<void> {
  await page.keyboard.press('F2');
  const field = chosen.getByRole('textbox', { name: 'Name' });
  await field.fill(name);
  await field.press('Enter');
}

describe('two people on one pipeline', () => {
  it('see each other, and where each is', async () => {
    await one.getByRole('list', { name: 'Also here' }).waitFor();
    await card(other, 'clean').click();
    await expect.poll(() => card(one, 'clean').innerText()).toMatch(/Owner/);
    await one
      .getByRole('list', { name: 'Also here' })
      .getByRole('button', { name: /at Clean Missing Data/ })
      .waitFor();
  });

  it('see each other’s edits, and keep selection, place and undo of their own', async () => {
    const before = await other.locator('.svelte-flow__viewport').getAttribute('style');
    await setFraction(one, '0.8');
    await expect.poll(() => card(other, 'split').innerText()).toMatch(/80 \/ 20/);
    await expect.poll(() => card(other, 'clean').getAttribute('class')).toMatch(/selected/);
    await expect.poll(() => other.locator('.svelte-flow__viewport').getAttribute('style')).toBe(before);
    await expect.poll(() => other.getByRole('button', { name: 'Nothing to undo' }).isDisabled()).toBe(true);

    await rename(other, card(other, 'clean'), 'Cleaned by two');
    await card(one, 'clean').getByText('Cleaned by two').waitFor();
    await one.getByRole('button', { name: /^Undo: / }).click();
    await expect.poll(() => param('split', 'fraction')).not.toBe(0.8);
    await expect.poll(async () => (await saved()).nodes.find((each) => each.id === 'clean')?.name).toBe('Cleaned by two');
    await one.getByRole('button', { name: /^Redo: / }).click();
    await expect.poll(() => param('split', 'fraction')).toBe(0.8);
  });

  it('join edits of different fields that were made at once', async () => {
    await otherContext.setOffline(true);
    await card(other, 'enter').click();
    await rename(other, card(other, 'enter'), 'Typed in');
    await setFraction(one, '0.7');
    await expect.poll(() => param('split', 'fraction')).toBe(0.7);
    await otherContext.setOffline(false);
    await expect.poll(async () => (await saved()).nodes.find((each) => each.id === 'enter')?.name).toBe('Typed in');
    await card(one, 'enter').getByText('Typed in').waitFor();
    await expect.poll(() => card(other, 'split').innerText()).toMatch(/70 \/ 30/);
    await expect.poll(() => param('split', 'fraction')).toBe(0.7);
  });

  it('are asked when both changed the same field, side by side, and nothing is lost before', async () => {
    await otherContext.setOffline(true);
    await setFraction(other, '0.55');
    await setFraction(one, '0.65');
    await expect.poll(() => param('split', 'fraction')).toBe(0.65);
    await otherContext.setOffline(false);
    await other.getByRole('button', { name: 'Choose…' }).click();
    const dialog = other.getByRole('dialog', { name: 'Both changed the same' });
    await dialog.getByRole('rowheader', { name: new RegExp(FRACTION) }).waitFor();
    await expect.poll(() => dialog.getByRole('row').nth(1).innerText()).toMatch(/0\.7[\s\S]*0\.55[\s\S]*0\.65/);
    await expect.poll(() => param('split', 'fraction')).toBe(0.65);
    const join = dialog.getByRole('button', { name: 'Join and save' });
    await expect.poll(() => join.isDisabled()).toBe(true);
    await dialog.getByRole('radio', { name: /Keep mine/ }).check();
    await join.click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => param('split', 'fraction')).toBe(0.55);
    await expect.poll(() => card(one, 'split').innerText()).toMatch(/55 \/ 45/);
  });

  it('two new nodes of one type stay two', async () => {
    await otherContext.setOffline(true);
    // The same node at the same place would be one: what differs is its name.
    for (const page of [other, one]) {
      await page.locator('.svelte-flow__pane').click({ position: { x: 20, y: 300 } });
      await page.keyboard.press('/');
      const field = page.getByRole('combobox', { name: 'Find a node' });
      await field.fill('Summarize');
      await page.getByRole('option', { name: /^Summarize Data/, selected: true }).waitFor();
      await field.press('Enter');
      const made = page.locator('article[data-node^="summarize-data"]');
      await expect.poll(() => made.count()).toBe(1);
      await made.click();
      await rename(page, made, page === one ? 'Of one' : 'Of the other');
    }
    await expect.poll(async () => (await saved()).nodes.length).toBe(4);
    await otherContext.setOffline(false);
    await expect.poll(async () => (await saved()).nodes.length).toBe(5);
    await expect.poll(() => one.locator('article[data-node^="summarize-data"]').count()).toBe(2);
    await expect.poll(() => other.locator('article[data-node^="summarize-data"]').count()).toBe(2);
  });

  it('are gone when their tab closes', async () => {
    await otherContext.close();
    await expect.poll(() => one.getByRole('list', { name: 'Also here' }).count()).toBe(0);
    // Parts of the app that are loaded when they are needed cannot be while the line is cut.
    expect(thrown.filter((message) => !message.includes('dynamically imported module'))).toEqual([]);
  });
});
