import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { signIn, type Client } from '#test/support/client.ts';
import { holdAnswers } from '#test/support/held-answers.ts';
import { holdDownload, importing, type HeldDownload } from '#test/support/held-download.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let client: Client;
let held: HeldDownload;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const thrown: string[] = [];
const pipelines: string[] = [];

beforeAll(async () => {
  held = await holdDownload();
  server = await startServer({ environment: { allowedHosts: ['127.0.0.1'] } });
  client = await signIn(server.url, server.signInLink);
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await held?.close();
});

const card = (name: string): Locator => page.getByRole('region', { name: `Compute ${name}`, exact: true });
const slots = (name: string, words: string): Promise<void> => card(name).getByRole('img', { name: words, exact: true }).waitFor();

async function begin(name: string): Promise<void> {
  const { id } = await client.post<{ id: string }>('/pipelines', { document: importing(name, `${held.url}/${name}`, 'small') });
  pipelines.push(id);
  await client.post(`/pipelines/${id}/runs`, {});
}

async function remove(name: string): Promise<Locator> {
  await page.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete “${name}”?` });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  return dialog;
}

describe('computes', () => {
  it('begin with one, and say what further ones are for', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Compute' }).click();
    await slots('local', `0 of ${server.running.services.environment.slots} slots in use`);
    await page.getByRole('region', { name: 'Further computes' }).waitFor();
    await accessible(page, 'computes');
  });

  it('are registered by a form that says what is wrong', async () => {
    await page.getByRole('button', { name: 'Register a compute' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register a compute' });
    const register = dialog.getByRole('button', { name: 'Register it' });
    await dialog.getByLabel('Name').fill('local');
    await dialog.getByText('There is a compute “local” already.').waitFor();
    await expect.poll(() => register.isDisabled()).toBe(true);
    await dialog.getByLabel('Name').fill('small');
    await dialog.getByLabel('Description').fill('Little jobs');
    await dialog.getByLabel('Slots', { exact: true }).fill('1000');
    await dialog.getByText(/^A whole number from 1 to/).waitFor();
    await dialog.getByLabel('Slots', { exact: true }).fill('1');
    await dialog.getByText('1 slot × 1 GB = 1 GB').waitFor();
    await accessible(page, 'register');
    await register.click();
    await slots('small', '0 of 1 slot in use');
    await card('small').getByText('Little jobs').waitFor();
  });

  it('show what runs on them and what waits, with its place', async () => {
    await begin('first');
    await slots('small', '1 of 1 slot in use');
    await card('small')
      .getByRole('row', { name: /Import first/ })
      .getByRole('link', { name: 'Run 1' })
      .waitFor();
    await begin('second');
    await card('small').getByText('1 step waits').waitFor();
    const waiting = page.getByRole('region', { name: 'Steps that wait for small' });
    await expect
      .poll(() =>
        waiting
          .getByRole('row', { name: /Import second/ })
          .getByRole('cell')
          .first()
          .innerText(),
      )
      .toBe('1');
    await accessible(page, 'computes at work');
  });

  it('stay while they are in use', async () => {
    const dialog = await remove('small');
    await dialog
      .getByRole('alert')
      .getByText(/Runs under way have steps for "small"/)
      .waitFor();
    await dialog.getByRole('button', { name: 'Keep' }).click();
  });

  it('begin what waits when they get more slots', async () => {
    await page.getByRole('button', { name: 'Edit small' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit “small”' });
    await dialog.getByLabel('Slots', { exact: true }).fill('2');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await slots('small', '2 of 2 slots in use');
    await page
      .getByRole('region', { name: 'Steps that run on small' })
      .getByRole('row', { name: /Import second/ })
      .waitFor();
  });

  it('become the default', async () => {
    await page.getByRole('button', { name: 'More for small' }).click();
    await page.getByRole('menuitem', { name: 'Make it the default' }).click();
    await card('small').getByText('Default', { exact: true }).waitFor();
    await expect.poll(() => card('local').getByText('Default', { exact: true }).count()).toBe(0);
  });

  it('show their load as a table', async () => {
    await card('small').getByRole('button', { name: 'Show the load as a table' }).click();
    const table = page.getByRole('region', { name: 'Load of small, as a table' });
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(2);
    await card('small').getByRole('button', { name: 'Show the load as charts' }).click();
    await card('small')
      .getByRole('img', { name: /^Slots, the last five minutes/ })
      .waitFor();
  });

  it('can go once nothing needs them', async () => {
    held.letGo();
    await slots('small', '0 of 2 slots in use');
    await card('small').getByText('Nothing runs here now').waitFor();
    const refused = await remove('small');
    await refused
      .getByRole('alert')
      .getByText(/Pipelines name "small": "first", "second"/)
      .waitFor();
    await refused.getByRole('button', { name: 'Keep' }).click();
    for (const id of pipelines) await expect.poll(async () => (await client.request(`/pipelines/${id}`, { method: 'DELETE' })).status).toBe(204);
    // It is gone by the time it is said, however long the computes take to be read again.
    const letGo = await holdAnswers(page, '**/api/v1/computes');
    await remove('small');
    await page.getByText('Deleted “small”.').waitFor();
    await card('small').waitFor({ state: 'detached' });
    await letGo();
    await card('local').getByText('Default', { exact: true }).waitFor();
  });

  it('are explained', async () => {
    await page.getByRole('region', { name: 'This machine' }).getByRole('link').click();
    await page.getByRole('heading', { name: 'Memory', exact: true }).waitFor();
    await accessible(page, 'help');
  });

  it('threw nothing', () => expect(thrown).toEqual([]));
});
