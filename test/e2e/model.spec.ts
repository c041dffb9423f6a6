import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { finishedRun, signIn } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
let page: Page;
const thrown: string[] = [];
const POLL = { timeout: 10_000 } as const;

beforeAll(async () => {
  server = await startServer();
  const client = await signIn(server.url, server.signInLink);
  const { id } = await client.post<{ id: string }>('/samples/telco-churn/open');
  const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`, {});
  expect((await finishedRun(client, run.id)).status).toBe('succeeded');
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(15_000);
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
async function accessible(what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${what}: ${id} at ${nodes[0]?.target.join(' ')}`)).toEqual([]);
}
const open = (step: string): Promise<void> => page.getByRole('button', { name: step, exact: true }).first().click();

describe('a model of boosted trees', () => {
  it('tells what its columns count for', async () => {
    await open('Train boosted trees');
    await expect.poll(() => card('Importance').getByRole('rowheader').first().innerText(), POLL).toBe('contract');
    const values = (await card('Importance').locator('td.number').allInnerTexts()).map(Number);
    expect(values.length).toBeGreaterThan(5);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('begins at the root of its first tree', async () => {
    const paper = card('Tree 1, diagram');
    const root = paper.locator('svg.chart g').first();
    await expect
      .poll(async () => {
        const [around, box] = [(await paper.boundingBox())!, (await root.boundingBox())!];
        return box.x >= around.x && box.y >= around.y && box.y + box.height <= around.y + around.height;
      }, POLL)
      .toBe(true);
  });

  it('draws its trees, larger and smaller by keyboard', async () => {
    const diagram = card('Trees').locator('svg.chart');
    expect(await diagram.locator('g').count()).toBeGreaterThan(10);
    expect(await diagram.locator('g').first().locator('.value').textContent()).toMatch(/^5,\d\d\d rows/);
    const width = Number(await diagram.getAttribute('width'));
    await card('Tree 1, diagram').focus();
    await page.keyboard.press('-');
    await expect.poll(async () => Number(await diagram.getAttribute('width')), POLL).toBeCloseTo(width * 0.8);
    await page.keyboard.press('0');
    await expect.poll(async () => Number(await diagram.getAttribute('width')), POLL).toBeCloseTo(width);
  });

  it('tells a tree in words, which are the diagram’s', async () => {
    const texts = await card('Trees').locator('svg.chart g').count();
    await card('Trees').getByRole('button', { name: 'Show as list' }).click();
    expect(await card('Tree 1, list').getByRole('listitem').count()).toBe(texts);
    await card('Trees').getByRole('button', { name: 'Show as diagram' }).click();
  });

  it('shows its loss by iteration', async () => {
    const told = await card('Training loss').getByRole('img').getAttribute('aria-label');
    const [, first, last] = /from ([\d.]+) to ([\d.]+) over 100 iterations/.exec(told!)!;
    expect(Number(last)).toBeLessThan(Number(first));
  });

  it('is accessible', () => accessible('trees'));
});

describe('a linear model', () => {
  it('lists its coefficients, the largest first after the intercept', async () => {
    await open('Train logistic regression');
    const rows = card('Coefficients').locator('tbody tr');
    await expect.poll(() => rows.first().getByRole('rowheader').innerText(), POLL).toBe('(intercept)');
    const values = (await rows.locator('td.number').allInnerTexts()).slice(1).map((text) => Math.abs(Number(text.replace('−', '-').replaceAll(',', ''))));
    expect(values.length).toBeGreaterThan(20);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('keeps them above what follows', async () => {
    const end = await card('Coefficients')
      .boundingBox()
      .then((box) => box!.y + box!.height);
    expect(end).toBeLessThanOrEqual((await card('Signature').boundingBox())!.y);
  });

  it('names the outputs of a step as the canvas does', async () => {
    await open('Split Data');
    await page.getByRole('group', { name: 'Which output' }).getByRole('button', { name: 'Results dataset2', exact: true }).waitFor();
    await open('Train logistic regression');
    await card('Coefficients').waitFor();
  });

  it('is accessible, and nothing was thrown', async () => {
    await accessible('coefficients');
    expect(thrown).toEqual([]);
  });
});
