import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { serialize } from '#pipelines/serialize.ts';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: Client;
const thrown: string[] = [];

const node = (name: string, type: string, params: Record<string, unknown> = {}) => ({ id: name, type, version: 1, params });
const wire = (from: string, to: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 'data' } });
const document = {
  formatVersion: 1,
  name: 'History',
  nodes: [
    node('enter', 'enter-data-manually', { data: 'x,y\n1,2\n3,4\n' }),
    node('clean', 'clean-missing-data'),
    node('split', 'split-data', { fraction: 0.5 }),
  ],
  edges: [wire('enter', 'clean'), wire('clean', 'split')],
  layout: { enter: [0, 0], clean: [0, 120], split: [0, 240] },
};

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  client = await signIn(server.url, server.signInLink);
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (name: string): Locator => page.locator(`article[data-node="${name}"]`);
const saved = async (id: string): Promise<PipelineDocument> => (await client.get<{ document: PipelineDocument }>(`/pipelines/${id}`)).document;
async function open(id: string, first: string): Promise<void> {
  await page.goto(`${server.url}/pipelines/${id}`);
  await card(first).waitFor();
}
async function menu(item: string): Promise<void> {
  await page.getByRole('button', { name: 'Pipeline menu' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

describe('versions', () => {
  let id: string;

  it('a state is named, changed, compared on the canvas and as a list', async () => {
    id = (await client.post<{ id: string }>('/pipelines', { document })).id;
    await open(id, 'split');
    await menu('History');
    const panel = page.getByRole('tabpanel', { name: 'History' });
    await panel.getByText('There is no version yet').waitFor();
    await panel.getByLabel('Name of this version').fill('Before <b>tuning</b>');
    await panel.getByRole('button', { name: 'Name this version' }).click();
    await panel.getByText('Before <b>tuning</b>').first().waitFor();
    await panel.getByText('as the draft').waitFor();

    await card('split').click();
    const field = page.getByLabel('Fraction of rows in the first output dataset', { exact: true }).first();
    await field.fill('0.9');
    await field.blur();
    await card('enter').click();
    await page.keyboard.press('Delete');
    await expect.poll(async () => (await saved(id)).nodes.length).toBe(2);

    await panel
      .getByRole('row', { name: /Before/ })
      .getByRole('button', { name: 'Compare' })
      .click();
    await expect.poll(() => card('enter').innerText()).toMatch(/Removed/);
    await expect.poll(() => card('split').innerText()).toMatch(/Changed/);
    await expect.poll(() => card('clean').innerText()).not.toMatch(/Changed|Added|Removed/);
    const change = panel.getByRole('row', { name: /Split Data/ });
    await expect.poll(() => change.innerText()).toMatch(/Changed[\s\S]*Fraction of rows[\s\S]*0\.5[\s\S]*0\.9/);
    await accessible(page, 'comparison');
    await page.getByRole('button', { name: 'Back to the draft' }).click();
    await expect.poll(() => card('enter').count()).toBe(0);
  });

  it('is restored as one step that can be undone', async () => {
    const panel = page.getByRole('tabpanel', { name: 'History' });
    await panel
      .getByRole('row', { name: /Before/ })
      .getByRole('button', { name: 'Restore' })
      .click();
    await card('enter').waitFor();
    await expect.poll(async () => (await saved(id)).nodes.length).toBe(3);
    await page.getByRole('button', { name: /^Undo: Restore/ }).click();
    await expect.poll(async () => (await saved(id)).nodes.length).toBe(2);
  });

  it('is cloned', async () => {
    const panel = page.getByRole('tabpanel', { name: 'History' });
    await panel.getByRole('button', { name: /Actions for Before/ }).click();
    await page.getByRole('menuitem', { name: 'New pipeline of it' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    await card('enter').waitFor();
    await expect.poll(() => page.getByLabel('Name of the pipeline').inputValue()).toBe('History (Before <b>tuning</b>)');
  });
});

describe('files', () => {
  it('a file with unknown node types is imported, shown, and exported as it was', async () => {
    const foreign: PipelineDocument = {
      ...(await saved((await client.post<{ id: string }>('/pipelines', { document })).id)),
      name: 'Foreign',
      nodes: [
        { id: 'enter', type: 'enter-data-manually', version: 1, name: '', comment: '', params: { data: 'x\n1\n' } },
        { id: 'future', type: 'of-a-plugin', version: 7, name: '<img src=x onerror=alert(1)>', comment: '', params: { depth: 2 } },
        { id: 'newer', type: 'split-data', version: 99, name: '', comment: '', params: { unheard: true } },
      ],
      edges: [wire('enter', 'future'), { from: { node: 'future', port: 'out' }, to: { node: 'newer', port: 'data' } }],
      layout: { enter: [0, 0], future: [0, 120], newer: [0, 240] },
    };
    const text = serialize(foreign);
    await page.goto(`${server.url}/pipelines`);
    await page.locator('input[type=file]').setInputFiles({ name: 'foreign.pipeline.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.waitForURL(/\/pipelines\/[^/]+$/);
    await card('future').getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.getByRole('tab', { name: /Problems/ }).click();
    const problems = page.getByRole('tabpanel', { name: /Problems/ });
    await problems
      .getByText(/of-a-plugin/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pipeline menu' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export file' }).click()]);
    expect(download.suggestedFilename()).toBe('Foreign.pipeline.json');
    const exported = readFileSync(await download.path(), 'utf8');
    expect(exported).toBe(text);
  });

  it('the canvas is saved as SVG and PNG, in light and dark', async () => {
    await menu('Picture of the canvas…');
    const dialog = page.getByRole('dialog', { name: 'Picture of the canvas' });
    await dialog.getByRole('img').waitFor();
    await accessible(page, 'picture');
    const take = async (button: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: button }).click()]);
      return readFileSync(await download.path());
    };
    const light = (await take('Save as SVG')).toString('utf8');
    expect(light).toContain('&lt;img src=x');
    await expect
      .poll(() => page.evaluate((svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').querySelectorAll('parsererror, script, img').length, light))
      .toBe(0);
    await dialog.getByRole('button', { name: 'Dark' }).click();
    await expect.poll(async () => (await take('Save as SVG')).toString('utf8')).not.toBe(light);
    const png = await take('Save as PNG');
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    await page.keyboard.press('Escape');
  });

  it('the script is a file of Python', async () => {
    await page.getByRole('button', { name: 'Pipeline menu' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export Python script' }).click()]);
    expect(download.suggestedFilename()).toBe('Foreign.py');
    const script = readFileSync(await download.path(), 'utf8');
    expect(script).toContain('NotImplementedError');
  });
});

describe('saving and running', () => {
  it('says what is saved, while the line is cut and after', async () => {
    const { id } = await client.post<{ id: string }>('/pipelines', { document });
    await open(id, 'split');
    const words = page
      .getByRole('status')
      .filter({ hasText: /saved|Saving|Not saved/ })
      .first();
    await expect.poll(() => words.innerText()).toMatch(/^Draft · saved/);
    await context.setOffline(true);
    await card('split').click();
    await page.keyboard.press('F2');
    const name = card('split').getByRole('textbox', { name: 'Name' });
    await name.fill('Cut off');
    await name.press('Enter');
    await expect.poll(() => words.innerText()).toMatch(/Not saved: no connection/);
    await context.setOffline(false);
    await expect.poll(() => words.innerText()).toMatch(/^Draft · saved/);
    await expect.poll(async () => (await saved(id)).nodes.find((each) => each.id === 'split')?.name).toBe('Cut off');
  });

  it('a reload in the midst of a run goes on showing it', async () => {
    const slow = 'SELECT sum(sqrt(range)) AS s FROM range(1000000000000)';
    const { id } = await client.post<{ id: string }>('/pipelines', {
      document: {
        ...document,
        name: 'Slow',
        nodes: [document.nodes[0], node('slow', 'apply-sql-transformation', { script: slow })],
        edges: [{ from: { node: 'enter', port: 'data' }, to: { node: 'slow', port: 't1' } }],
      },
    });
    await open(id, 'slow');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => card('slow').innerText()).toMatch(/Running/);
    await page.reload();
    await card('slow').waitFor();
    await page.getByRole('button', { name: /^Cancel run/ }).waitFor();
    await expect.poll(() => card('slow').innerText()).toMatch(/Running/);
    const [run] = (await client.get<{ items: { id: string }[] }>(`/runs?pipeline=${id}`)).items;
    await page.getByRole('button', { name: /^Cancel run/ }).click();
    await finishedRun(client, run!.id);
    await expect.poll(() => card('slow').innerText()).not.toMatch(/Running/);
    await page.getByRole('button', { name: /^Resume run/ }).waitFor();
    expect(thrown.filter((message) => !message.includes('dynamically imported module'))).toEqual([]);
  });
});

it('signing out leaves no undo history in the browser', async () => {
  const kept = (): Promise<number> =>
    page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('modelwright', 1);
          opening.onerror = () => reject(new Error('The browser keeps nothing.'));
          opening.onsuccess = () => {
            const counting = opening.result.transaction('histories').objectStore('histories').count();
            counting.onsuccess = () => {
              opening.result.close();
              resolve(counting.result);
            };
          };
        }),
    );
  await expect.poll(() => kept()).toBeGreaterThan(0);
  await page.goto(`${server.url}/settings`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await expect.poll(() => kept()).toBe(0);
});
