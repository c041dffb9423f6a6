import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launchBrowser } from '../support/browser.ts';
import { finishedRun, signIn } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  const client = await signIn(server.url, server.signInLink);
  const { id } = await client.post<{ id: string }>('/samples/telco-churn/open');
  const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`, {});
  const { status } = await finishedRun(client, run.id);
  expect(status).toBe('succeeded');
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
  await page.goto(`${server.url}/runs/${run.id}`);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (name: string): Locator => page.getByRole('region', { name, exact: true });
const open = (step: string): Promise<void> => page.getByRole('button', { name: step, exact: true }).first().click();

describe('a model of boosted trees', () => {
  it('tells what its columns count for', async () => {
    await open('Train boosted trees');
    await expect.poll(() => card('Importance').getByRole('rowheader').first().innerText()).toBe('contract');
    await expect.poll(() => card('Importance').locator('td.number').count()).toBeGreaterThan(5);
    const values = (await card('Importance').locator('td.number').allInnerTexts()).map(Number);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('begins at the root of its first tree', async () => {
    const paper = card('Tree 1, diagram');
    const root = paper.locator('svg.chart g').first();
    await expect
      .poll(async () => {
        const [around, box] = [(await paper.boundingBox())!, (await root.boundingBox())!];
        return box.x >= around.x && box.y >= around.y && box.y + box.height <= around.y + around.height;
      })
      .toBe(true);
  });

  it('draws its trees, larger and smaller by keyboard', async () => {
    const diagram = card('Trees').locator('svg.chart');
    await expect.poll(() => diagram.locator('g').count()).toBeGreaterThan(10);
    await expect.poll(() => diagram.locator('g').first().locator('.value').textContent()).toMatch(/^5,\d\d\d rows/);
    const width = Number(await diagram.getAttribute('width'));
    await card('Tree 1, diagram').focus();
    await page.keyboard.press('-');
    await expect.poll(async () => Number(await diagram.getAttribute('width'))).toBeCloseTo(width * 0.8);
    await page.keyboard.press('0');
    await expect.poll(async () => Number(await diagram.getAttribute('width'))).toBeCloseTo(width);
  });

  it('tells a tree in words, which are the diagram’s', async () => {
    const boxes = card('Trees').locator('svg.chart g');
    await expect.poll(() => boxes.count()).toBeGreaterThan(10);
    const texts = await boxes.count();
    await card('Trees').getByRole('button', { name: 'Show as list' }).click();
    await expect.poll(() => card('Tree 1, list').getByRole('listitem').count()).toBe(texts);
    await card('Trees').getByRole('button', { name: 'Show as diagram' }).click();
    await boxes.first().waitFor();
  });

  it('shows its loss by iteration', async () => {
    const words = /from ([\d.]+) to ([\d.]+) over 100 iterations/;
    const chart = card('Training loss').getByRole('img', { name: words });
    const [, first, last] = words.exec((await chart.getAttribute('aria-label'))!)!;
    expect(Number(last)).toBeLessThan(Number(first));
  });

  it('is accessible', () => accessible(page, 'trees'));
});

describe('a linear model', () => {
  it('lists its coefficients, the largest first after the intercept', async () => {
    await open('Train logistic regression');
    const rows = card('Coefficients').locator('tbody tr');
    await expect.poll(() => rows.first().getByRole('rowheader').innerText()).toBe('(intercept)');
    await expect.poll(() => rows.locator('td.number').count()).toBeGreaterThan(21);
    const values = (await rows.locator('td.number').allInnerTexts()).slice(1).map((text) => Math.abs(Number(text.replace('−', '-').replaceAll(',', ''))));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('keeps them above what follows', async () => {
    await expect
      .poll(async () => {
        const [coefficients, signature] = [(await card('Coefficients').boundingBox())!, (await card('Signature').boundingBox())!];
        return coefficients.y + coefficients.height <= signature.y;
      })
      .toBe(true);
  });

  it('names the outputs of a step as the canvas does', async () => {
    await open('Split Data');
    await page.getByRole('group', { name: 'Which output' }).getByRole('button', { name: 'Results dataset2', exact: true }).waitFor();
    await open('Train logistic regression');
    await card('Coefficients').waitFor();
  });

  it('is accessible, and nothing was thrown', async () => {
    await accessible(page, 'coefficients');
    expect(thrown).toEqual([]);
  });
});
