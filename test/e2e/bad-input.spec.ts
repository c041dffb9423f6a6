import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { signIn, type Client } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Saved {
  readonly document: { readonly nodes: readonly { readonly id: string; readonly comment: string; readonly params: unknown }[] };
}

let server: TestServer;
let client: Client;
let browser: Browser;
let page: Page;
const thrown: string[] = [];

const wire = (to: string, port: string) => ({ from: { node: 'rows', port: 'data' }, to: { node: to, port } });
const foreign = {
  formatVersion: 1,
  name: 'From elsewhere',
  nodes: [
    { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', params: { data: 'x\n1\n2\n' } },
    { id: 'doubled', type: 'apply-sql-transformation', version: 1, name: 'Doubled', params: { script: 'SELECT x * 2 AS y FROM t1' } },
    { id: 'unknown', type: 'constructor', version: 3, name: 'Foreign', params: { trees: [5, { deep: true }] } },
    { id: 'newer', type: 'apply-sql-transformation', version: 9, name: 'Newer', params: { script: 'SELECT * FROM t1', later: 1 } },
  ],
  edges: [wire('doubled', 't1'), wire('unknown', 'trees'), wire('newer', 't1')],
  layout: { rows: [260, 0], doubled: [0, 140], unknown: [260, 140], newer: [520, 140] },
};

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.running.signInLink());
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (id: string): Locator => page.locator(`article[data-node="${id}"]`);
const saved = (): Promise<Saved> => client.get<Saved>(`/pipelines/${page.url().split('/').at(-1)!.split('?')[0]}`);
const comment = async (): Promise<string | undefined> => (await saved()).document.nodes.find(({ id }) => id === 'rows')?.comment;

describe('a pipeline with settings of another shape', () => {
  const odd = {
    formatVersion: 1,
    name: 'Odd settings',
    nodes: [
      { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', params: { data: 'x,y\n1,2\n' } },
      {
        id: 'short',
        type: 'select-columns-in-dataset',
        version: 1,
        name: 'Short',
        params: { columns: { mode: 'rules', start: 'none', rules: [{ action: 'include', by: 'all' }] } },
      },
      { id: 'junk', type: 'normalize-data', version: 1, name: 'Junk', params: { columns: { mode: 'names', names: 'x' }, method: { deep: [1] } } },
    ],
    edges: ['short', 'junk'].map((to) => ({ from: { node: 'rows', port: 'data' }, to: { node: to, port: 'data' } })),
    layout: { rows: [260, 0], short: [0, 140], junk: [260, 140] },
  };

  it('shows a field for each, and the problem beside what is wrong', async () => {
    await page.goto(`${server.url}/pipelines`);
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: 'odd.pipeline.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(odd)) });
    await card('short').click({ position: { x: 100, y: 14 } });
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByText(/^2 of 2 columns now: x, y$/).waitFor();
    await card('junk').click({ position: { x: 100, y: 14 } });
    await inspector
      .getByText(/^Columns to transform: /)
      .first()
      .waitFor();
    await inspector.getByRole('button', { name: 'Pick', exact: true }).click();
    await inspector
      .getByRole('checkbox', { name: /^number x|x$/ })
      .first()
      .waitFor();
    expect(thrown).toEqual([]);
  });
});

describe('a pipeline with nodes that this installation does not know', () => {
  it('is imported whole, and its cards say what they are', async () => {
    await page.goto(`${server.url}/pipelines`);
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: 'foreign.pipeline.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(foreign)) });
    await card('unknown').getByText('Unknown node type "constructor"').waitFor();
    await card('newer').getByText('Made with a newer version').waitFor();
    await card('unknown').click();
    await page.getByText('Its settings are kept as they are.').waitFor();
    await expect.poll(async () => (await saved()).document.nodes.find(({ id }) => id === 'unknown')).toMatchObject(foreign.nodes[2]!);
  });

  it('can be edited elsewhere, undone and saved', async () => {
    await card('rows').click();
    await page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { name: 'Rows' }).waitFor();
    const field = page.getByLabel('Comment', { exact: true });
    await field.fill('Typed in by hand');
    await field.blur();
    await expect.poll(comment).toBe('Typed in by hand');
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(comment).toBe('');
    await expect.poll(async () => (await saved()).document.nodes.find(({ id }) => id === 'newer')).toMatchObject(foreign.nodes[3]!);
  });

  it('does not run as a whole, but up to a node that needs none of them', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/Unknown node type "constructor": this installation does not have it/)
      .first()
      .waitFor();
    await expect.poll(async () => (await client.get<{ items: unknown[] }>('/runs')).items).toEqual([]);
    await card('doubled').click();
    await page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { name: 'Doubled' }).waitFor();
    await page.getByRole('button', { name: 'Run to here' }).first().click();
    await expect.poll(() => card('doubled').getAttribute('aria-label')).toMatch(/2 × 1/);
    await expect.poll(async () => (await client.get<{ items: { status: string }[] }>('/runs')).items).toMatchObject([{ status: 'succeeded' }]);
    expect(thrown).toEqual([]);
  });
});
