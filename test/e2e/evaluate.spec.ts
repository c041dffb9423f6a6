import { readFileSync } from 'node:fs';
import type { Browser, Download, Locator, Page } from 'playwright-core';
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
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
  await page.goto(`${server.url}/runs/${run.id}/evaluate/evaluate`);
  await card('Confusion').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (name: string): Locator => page.getByRole('region', { name, exact: true });
const slider = (): Locator => page.getByRole('slider', { name: 'Threshold', exact: true });
/** Rows by true and predicted class of the first model. */
const matrix = async (): Promise<number[]> =>
  (await card('Confusion').locator('table').first().locator('td b').allInnerTexts()).map((text) => Number(text.replaceAll(',', '')));
const rowCount = async (): Promise<number> => (await matrix()).reduce((sum, each) => sum + each, 0);
const marks = (name: string): Promise<(string | null)[]> =>
  card(name)
    .locator('path.mark')
    .evaluateAll((paths) => paths.map((each) => each.getAttribute('d')));

async function saved(name: string, item: string): Promise<Download> {
  await card(name)
    .getByRole('button', { name: `Save ${name}` })
    .click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
  return download;
}

describe('judging two models', () => {
  it('names the models after what made them', async () => {
    await page.getByText('Two-Class Logistic Regression').first().waitFor();
    await page.getByText('Two-Class Boosted Decision Tree').first().waitFor();
  });

  it('one slider moves the matrix, the figures and the marks of all curves', async () => {
    await expect.poll(rowCount).toBe(1_761);
    for (const curve of ['ROC', 'Precision and recall']) await expect.poll(() => marks(curve)).not.toEqual([]);
    const before = { matrix: await matrix(), roc: await marks('ROC'), recall: await marks('Precision and recall') };
    await slider().focus();
    for (let press = 0; press < 20; press += 1) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => card('Metrics').innerText()).toContain('At threshold 0.30');
    // A lower threshold finds more of the class, at the price of more false alarms.
    await expect.poll(async () => (await matrix())[0]).toBeGreaterThan(before.matrix[0]!);
    await expect.poll(async () => (await matrix())[2]).toBeGreaterThan(before.matrix[2]!);
    await expect.poll(rowCount).toBe(1_761);
    await expect.poll(() => marks('ROC')).not.toEqual(before.roc);
    await expect.poll(() => marks('Precision and recall')).not.toEqual(before.recall);
    for (const curve of ['Gain', 'Lift']) {
      await page.getByRole('button', { name: curve, exact: true }).click();
      await expect.poll(() => marks(curve)).not.toEqual([]);
      const here = await marks(curve);
      await slider().focus();
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => marks(curve)).not.toEqual(here);
    }
    await page.getByRole('button', { name: 'Calibration', exact: true }).click();
    await card('Calibration').getByText('0.28', { exact: true }).waitFor();
  });

  it('costs give the cheapest threshold, and one click takes it', async () => {
    await page.getByLabel('Cost of a missed Yes').fill('9');
    await page.getByLabel('Cost of a needless Yes').fill('1');
    const words = card('Confusion').getByText(/^Cheapest for A/);
    await expect.poll(() => words.innerText()).toMatch(/cost/);
    const [, threshold, cost] = /A: ([\d.]+), cost ([\d,]+)/.exec(await words.innerText())!;
    await card('Confusion')
      .getByRole('button', { name: `Use threshold ${threshold}` })
      .first()
      .click();
    await expect.poll(() => slider().inputValue()).toBe(String(Number(threshold)));
    await expect
      .poll(async () => {
        const [, missed, needless] = await matrix();
        return 9 * missed! + needless!;
      })
      .toBe(Number(cost!.replaceAll(',', '')));
    // Missing someone is dear, so the threshold is low.
    expect(Number(threshold)).toBeLessThan(0.3);
  });

  it('saves a chart as a picture and its figures as CSV', async () => {
    const csv = await saved('Lift', 'Figures (CSV)');
    expect(csv.suggestedFilename()).toBe('lift.csv');
    const figures = readFileSync(await csv.path(), 'utf8');
    expect(figures).toMatch(/^Model,"Share of all rows, highest scores first",Times as many Yes\r\nTwo-Class Logistic Regression,/);
    const picture = await saved('Lift', 'Picture (PNG)');
    const bytes = readFileSync(await picture.path());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    // Twice its size on the screen, with room for the title, a margin and at least a row of the key.
    const drawn = (await card('Lift').locator('svg.chart').boundingBox())!;
    expect(bytes.readUInt32BE(20)).toBeGreaterThanOrEqual(2 * (Math.floor(drawn.height) + 32 + 12 + 20));
  });

  it('shows the figures behind a chart', async () => {
    await card('Lift').getByRole('button', { name: 'Show as table' }).click();
    await card('Lift').getByRole('columnheader', { name: 'Times as many Yes' }).waitFor();
    await card('Lift').getByRole('button', { name: 'Show as chart' }).click();
  });

  it('is accessible, and nothing was thrown', async () => {
    await accessible(page, 'evaluation');
    expect(thrown).toEqual([]);
  });
});
