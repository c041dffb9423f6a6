import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
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

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  client = await signIn(server.url, server.signInLink);
  await client.post('/samples/datasets/breast-cancer/add');
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('button', { name: 'New from dataset' }).first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const opened = (): string => /\/pipelines\/([^/?]+)/.exec(page.url())![1]!;
const saved = async (id: string): Promise<PipelineDocument> => (await client.get<{ document: PipelineDocument }>(`/pipelines/${id}`)).document;
async function run(id: string): Promise<string> {
  const started = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
  const { status } = await finishedRun(client, started.id);
  expect(status).toBe('succeeded');
  return started.id;
}

it('a dataset proposes a pipeline, which a person changes, makes and runs', async () => {
  await page.getByRole('button', { name: 'New from dataset' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /breast-cancer/ }).click();
  await dialog.getByRole('button', { name: 'What shall be predicted?' }).or(dialog.getByLabel('What shall be predicted?')).first().waitFor();
  await expect.poll(() => dialog.getByLabel('What shall be predicted?').textContent()).toContain('Class');
  await expect.poll(() => dialog.getByLabel('What happens to Id', { exact: true }).textContent()).toContain('Left out');
  await accessible(page, 'what is proposed, or compared', { thorough: true });
  await dialog.getByLabel('What happens to Mitoses', { exact: true }).click();
  await page.getByRole('option', { name: 'Left out' }).click();
  await dialog.getByText('A linear model').click();
  await dialog.getByRole('button', { name: 'Make the pipeline' }).click();
  await page.waitForURL(/\/pipelines\//);
  await page.locator('article[aria-roledescription="node"]').first().waitFor();
  const document = await saved(opened());
  expect(document.nodes.find(({ type }) => type === 'select-columns-in-dataset')?.params.columns).toMatchObject({ rules: [{ values: ['Id', 'Mitoses'] }] });
  expect(document.nodes.map(({ type }) => type)).not.toContain('two-class-logistic-regression');
  await run(opened());
});

it('an empty canvas teaches, and takes a proposal that Undo takes back', async () => {
  const made = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Untitled pipeline', nodes: [], edges: [] } });
  await page.goto(`${server.url}/pipelines/${made.id}`);
  await page.getByText('A pipeline in three steps').waitFor();
  await page.getByRole('button', { name: 'let a dataset propose a pipeline' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /breast-cancer/ })
    .click();
  await page.getByRole('button', { name: 'Make the pipeline' }).click();
  await expect.poll(async () => (await saved(made.id)).name).toBe('Predict Class');
  await expect.poll(async () => (await saved(made.id)).nodes.length).toBeGreaterThan(8);
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(async () => (await saved(made.id)).nodes.length).toBe(0);
  await page.getByText('A pipeline in three steps').waitFor();
});

it('two runs are compared: settings, metrics, times and data', async () => {
  const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  const before = await run(id);
  const { document, revision } = await client.get<{ document: PipelineDocument; revision: number }>(`/pipelines/${id}`);
  const nodes = document.nodes.map((node) => (node.type === 'split-data' ? { ...node, params: { ...node.params, fraction: 0.5 } } : node));
  await client.request(`/pipelines/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
    body: JSON.stringify({ document: { ...document, nodes } }),
  });
  const after = await run(id);
  await page.goto(`${server.url}/runs?pipeline=${id}`);
  const marks = page.getByRole('checkbox', { name: /^Compare run/ });
  await marks.first().waitFor();
  await marks.nth(0).check({ force: true });
  await marks.nth(1).check({ force: true });
  await page.getByRole('link', { name: /^Compare \d+ and \d+/ }).click();
  await page.waitForURL(`**/runs/compare?before=${before}&after=${after}`);
  await page.getByRole('cell', { name: 'Fraction of rows in the first output dataset' }).waitFor();
  await expect.poll(() => page.getByLabel('Metrics').getByRole('row', { name: /AUC/ }).count()).toBeGreaterThan(0);
  await page
    .getByRole('button', { name: /^Compare/ })
    .first()
    .click();
  await page.getByRole('heading', { name: /^Data: / }).waitFor();
  await accessible(page, 'what is proposed, or compared', { thorough: true });
});

it('a failed node says its cause and the way out, and what was skipped leads to it', async () => {
  const node = (id: string, type: string, params = {}) => ({ id, type, version: 1, params });
  const wire = (from: string, to: string, port: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port } });
  const { id } = await client.post<{ id: string }>('/pipelines', {
    document: {
      formatVersion: 1,
      name: 'Fails',
      nodes: [
        node('d', 'enter-data-manually', { data: 'x\n1\n' }),
        node('q', 'apply-sql-transformation', { script: "SELECT error('no <b>such</b> thing')::INTEGER AS x FROM t1" }),
        node('n', 'clean-missing-data'),
      ],
      edges: [wire('d', 'q', 't1'), wire('q', 'n', 'data')],
      layout: { d: [0, 0], q: [0, 120], n: [0, 240] },
    },
  });
  const started = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
  const { status } = await finishedRun(client, started.id);
  expect(status).toBe('failed');
  await page.goto(`${server.url}/pipelines/${id}?run=${started.id}`);
  await page.getByText('Back to the draft').first().waitFor();
  await page.locator('article[aria-roledescription="node"]').nth(2).click();
  await page.getByRole('button', { name: 'Go to “Apply SQL Transformation”' }).click();
  const why = page.getByRole('region', { name: 'Why it failed' });
  await why.getByText('no <b>such</b> thing').waitFor();
  await why.getByText('What to do:').waitFor();
  await expect.poll(() => why.getByRole('button', { name: 'Run from here' }).count()).toBe(0);
  await page.getByText('Back to the draft').first().click();
  await page.locator('article[aria-roledescription="node"]').nth(1).click();
  await why.getByRole('button', { name: 'Run from here' }).waitFor();
});

it('nothing was thrown', () => expect(thrown).toEqual([]));
