import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManualClock } from '#server/scheduler/clock.ts';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

const clock = new ManualClock(Date.now());
let browser: Browser;
let page: Page;
let pipelineId: string;
const thrown: string[] = [];

const { server, client } = await startedServer({ clock });
beforeAll(async () => {
  const document = {
    formatVersion: 1,
    name: 'Nightly sales',
    nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n' } }],
    parameters: [{ name: 'rows', node: 'a', param: 'data', description: 'What is read.' }],
  };
  pipelineId = (await client.post<{ id: string }>('/pipelines', { document })).id;
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })).newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
});

const settled = async (): Promise<void> => {
  await new Promise((done) => setImmediate(done));
  await server.running.services.scheduler.idle();
};

it('a schedule is built by clicks, seen in words, fires, is filled in and paused', async () => {
  await page.goto(`${server.url}/schedules?new&pipeline=${pipelineId}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Every weekday');
  await dialog.getByRole('combobox', { name: 'Unit' }).click();
  await page.getByRole('option', { name: 'week', exact: true }).click();
  for (const day of ['Tue', 'Wed', 'Thu', 'Fri']) await dialog.getByRole('button', { name: day, exact: true }).click();
  await dialog.getByText('Every week on Monday to Friday at 06:00').waitFor();
  await expect.poll(() => dialog.locator('.preview li').count()).toBe(10);
  await dialog.getByRole('tab', { name: 'Parameters' }).click();
  await dialog.getByLabel('rows').fill('day\n${{date}}\n');
  await accessible(page, 'new schedule', { within: '[role=dialog]', thorough: true });
  await dialog.getByRole('button', { name: 'Make the schedule' }).click();
  await page.getByRole('link', { name: 'Every weekday' }).click();
  await page.getByText('Nothing has happened yet').waitFor();
  const { items } = await client.get<{ items: { id: string; next: string[] }[] }>('/schedules');
  clock.turnTo(Date.parse(items[0]!.next[0]!));
  await settled();
  await page.reload();
  await page
    .getByRole('link', { name: /^Run \d+$/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Backfill' }).click();
  const from = new Date(clock.now() - 8 * 86_400_000).toISOString().slice(0, 16);
  await page.getByRole('textbox', { name: 'From' }).fill(from);
  await page.getByRole('textbox', { name: 'To', exact: true }).fill(new Date(clock.now() - 86_400_000).toISOString().slice(0, 16));
  await page.getByRole('button', { name: 'Start the backfill' }).click();
  await page.getByRole('region', { name: 'Backfills' }).waitFor();
  await page.getByRole('switch').click();
  await page.getByText('Nothing runs until it is switched on').waitFor();
  // The small squares of the firings have their equals in the links to the runs.
  await accessible(page, 'its page', { within: 'main', thorough: true, except: ['target-size'] });
});

it('a pipeline is published from its menu, and called with what the page shows', async () => {
  await page.goto(`${server.url}/pipelines/${pipelineId}`);
  await page.getByRole('button', { name: 'Pipeline menu' }).click();
  await page.getByRole('menuitem', { name: 'Publish…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  const token = await dialog.locator('pre').first().innerText();
  const url = await dialog.locator('pre').last().innerText();
  await dialog.getByRole('link', { name: 'Open the endpoint' }).click();
  await page.getByText('Nobody has called yet').waitFor();
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{}' });
  expect(answer.status).toBe(202);
  await finishedRun(client, ((await answer.json()) as { id: string }).id);
  await page.reload();
  await page.getByRole('region', { name: 'Calls' }).getByText('First token').waitFor();
  await page.getByRole('tab', { name: 'C#' }).click();
  await page.getByText('using System.Net.Http.Headers').waitFor();
  await accessible(page, 'its page', { within: 'main', thorough: true });
  expect(thrown).toEqual([]);
});
