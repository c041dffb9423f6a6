import { readFileSync } from 'node:fs';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrossValidationReport } from '#nodes/kit/reports.ts';
import { accessible } from '../support/accessible.ts';
import { launchBrowser } from '../support/browser.ts';
import { finishedRun, signIn } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { upload } from '../support/table-chain.ts';

let server: TestServer;
let browser: Browser;
let page: Page;
let report: CrossValidationReport;
let run: string;

beforeAll(async () => {
  server = await startServer();
  const client = await signIn(server.url, server.signInLink);
  await upload(client, 'cells', readFileSync('pipelines/samples/data/breast-cancer.csv', 'utf8'));
  const nodes = [
    { id: 'read', type: 'dataset', version: 1, params: { dataset: { name: 'cells', version: null } } },
    { id: 'trees', type: 'two-class-boosted-decision-tree', version: 1, params: { trees: 20 } },
    { id: 'validate', type: 'cross-validate-model', version: 2, params: { label: 'Class', folds: 5 } },
    { id: 'train', type: 'train-model', version: 1, params: { label: 'Class' } },
  ];
  const edges = ['validate', 'train'].flatMap((node) => [
    { from: { node: 'trees', port: 'learner' }, to: { node, port: 'learner' } },
    { from: { node: 'read', port: 'data' }, to: { node, port: 'data' } },
  ]);
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Folds', nodes, edges } });
  run = (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id;
  const { steps } = await finishedRun(client, run);
  expect(steps.filter((step) => step.error)).toEqual([]);
  const { hash } = steps.find(({ node }) => node === 'validate')!.outputs.find(({ port }) => port === 'report')!;
  report = JSON.parse(new TextDecoder().decode(await client.bytes(`/artifacts/${hash}/content`))) as CrossValidationReport;
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (name: string): Locator => page.getByRole('region', { name, exact: true });

async function picture(name: string): Promise<Download> {
  await page.getByRole('button', { name: `Save ${name}` }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Picture (PNG)' }).click()]);
  return download;
}
/** Width and height of a PNG file. */
async function sizeOf(download: Download): Promise<[number, number]> {
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('a cross validation', () => {
  it('shows a figure of every fold with its mean, and another one when asked', async () => {
    await page.goto(`${server.url}/runs/${run}/evaluate/validate`);
    const chart = card('AUC by fold').locator('svg.chart');
    await expect.poll(() => chart.locator('circle').count()).toBe(5);
    await expect.poll(() => chart.getAttribute('aria-label')).toContain(`mean ${Number(report.figures[0]!.mean!.toPrecision(4))},`);
    await page.getByRole('combobox', { name: 'Figure' }).click();
    await page.getByRole('option', { name: 'Log loss' }).click();
    await card('Log loss by fold').locator('circle').first().waitFor();
  });

  it('has a table with all folds and one with all figures, and no barrier', async () => {
    await expect.poll(() => card('Folds').locator('tbody tr').count()).toBe(5);
    await expect.poll(() => card('Over all folds').locator('tbody tr').count()).toBe(report.figures.length);
    await accessible(page, 'cross validation');
  });

  it('is saved as a picture', async () => {
    const [width, height] = await sizeOf(await picture('Log loss by fold'));
    expect(width).toBeGreaterThan(800);
    expect(height).toBeGreaterThan(400);
  });
});

describe('the trees of a model', () => {
  it('are saved as a picture and as a table', async () => {
    await page.goto(`${server.url}/runs/${run}`);
    await page.getByRole('button', { name: 'Train Model', exact: true }).first().click();
    const diagram = card('Trees').locator('svg.chart');
    await expect.poll(() => diagram.locator('g').count()).toBeGreaterThan(0);
    const [width] = await sizeOf(await picture('Tree 1'));
    expect(width).toBeGreaterThanOrEqual(2 * Math.floor(Number(await diagram.getAttribute('width'))));
    await page.getByRole('button', { name: 'Save Tree 1' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Figures (CSV)' }).click()]);
    const figures = readFileSync(await download.path(), 'utf8');
    expect(figures).toMatch(/^Node,Condition,Yes,No,Missing,Rows,Value\r\n1,.+ ≤ /);
  });
});
