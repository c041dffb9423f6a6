import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../support/accessible.ts';
import { launchBrowser } from '../support/browser.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.signInLink);
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function ask<T>(method: 'GET' | 'POST', path: string, data?: unknown): Promise<T> {
  const response = await context.request.fetch(`${server.url}/api/v1${path}`, { method, data, headers: { origin: server.url } });
  if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
  return (await response.json()) as T;
}
const card = (name: string): Locator =>
  page
    .locator('article[aria-roledescription="node"]')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();
const says = (name: string, words: RegExp): Promise<void> => expect.poll(() => card(name).getAttribute('aria-label')).toMatch(words);
const row = (name: string): Locator => page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) });

/** Rows, and a query over them for each of the given names; each waits for what it names. */
function queries(name: string, steps: Record<string, { readonly after: string; readonly script: string; readonly policy?: object }>): Promise<{ id: string }> {
  const nodes = [
    { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', params: { data: 'a\n1\n2' } },
    ...Object.entries(steps).map(([id, { script, policy }]) => ({ id, type: 'apply-sql-transformation', version: 1, name: id, params: { script }, policy })),
  ];
  const edges = Object.entries(steps).map(([id, { after }]) => ({ from: { node: after, port: 'data' }, to: { node: id, port: 't1' } }));
  const layout = Object.fromEntries(nodes.map(({ id }, at) => [id, [0, at * 120]]));
  return ask('POST', '/pipelines', { document: { formatVersion: 1, name, nodes, edges, layout } });
}
const ENDLESS = 'SELECT a, (SELECT sum(sqrt(range)) FROM range(1000000000000))::DOUBLE AS total FROM t1';

describe('before a run', () => {
  it('each node says whether it will run and why, and the bar sums it up', async () => {
    await page.getByRole('button', { name: /^Open/ }).first().click();
    await page.waitForURL(/\/pipelines\/[^/]+$/);
    await says('Customers', /It will run: never ran/);
    await says('Compare both', /It will run: "Score boosted trees" runs before it/);
    await page.getByText('10 of 10 steps run', { exact: true }).waitFor();
  });

  it('runs one node from its menu, and knows that it need not run again', async () => {
    await card('Customers').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Run this node/ }).click();
    await says('Customers', /The result of run \d+ is taken again\. It took/);
    await page.getByText(/^9 of 10 steps run/).waitFor();
    await says('Clean Missing Data', /It will run: never ran/);
  });

  it('runs to a node by key', async () => {
    await card('Split Data').click();
    await page.keyboard.press('Shift+Enter');
    await says('Split Data', /is taken again/);
    await says('Compare both', /It will run/);
  });

  it('tells the change that makes a node run, in the inspector too', async () => {
    await card('Split Data').click();
    await page.getByLabel(/^Fraction of rows/).fill('0.8');
    await says('Split Data', /changed from 0\.75 to 0\.8/);
    await page.getByRole('tab', { name: 'Run', exact: true }).click();
    await page
      .getByRole('tabpanel', { name: 'Run' })
      .getByText(/It will run: Fraction of rows.* changed from 0\.75 to 0\.8\. It took/)
      .waitFor();
  });

  it('takes a policy for the node within its bounds, shows it, and undoes it', async () => {
    const panel = page.getByRole('tabpanel', { name: 'Run' });
    await panel.getByText('How it runs').click();
    const retries = panel.getByLabel('Retries', { exact: true });
    await retries.fill('99');
    await panel.getByRole('alert').getByText('Type a whole number from 0 to 20.').waitFor();
    await retries.fill('2');
    await panel.getByText('2 retries', { exact: true }).waitFor();
    await accessible(page, 'run tab', { within: '[data-region=inspector]' });
    await page.getByRole('button', { name: 'Undo: Set retries' }).click();
    await panel.getByText('as the pipeline says', { exact: true }).waitFor();
    await expect.poll(() => retries.inputValue()).toBe('');
  });

  it('runs with settings: a scope, where the inputs come from, and anew', async () => {
    await card('Clean Missing Data').click();
    await page.keyboard.press('Alt+Enter');
    const dialog = page.getByRole('dialog', { name: 'Run with settings' });
    await dialog.getByRole('button', { name: 'A node alone', pressed: true }).waitFor();
    await dialog.getByRole('combobox', { name: 'Inputs from' }).click();
    await page.getByRole('option', { name: 'The results of one run' }).click();
    await dialog.getByRole('combobox', { name: 'Run', exact: true }).click();
    await page.getByRole('option', { name: /^Run 1/ }).click();
    await dialog.getByRole('switch', { name: 'Run anew' }).click();
    await dialog.getByText('The steps of the scope run anew').waitFor();
    await accessible(page, 'run with settings', { within: '[role=dialog]' });
    await dialog.getByText('How it runs').click();
    await dialog.getByLabel('Run limit', { exact: true }).fill('9 days');
    await dialog.getByRole('button', { name: 'Run', exact: true, disabled: true }).waitFor();
    await dialog.getByLabel('Run limit', { exact: true }).fill('10 min');
    await dialog.getByText('at most 10 min in all').waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(async () => (await ask<{ items: { status: string; counts: { total: number } }[] }>('GET', '/runs?limit=1')).items[0])
      .toMatchObject({ status: 'succeeded', counts: { total: 1 } });
  });

  it('finds every way to run in the palette', async () => {
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Do anything' });
    await palette.getByLabel('Find a command').fill('run');
    for (const name of [/^Run pipeline/, /^Run to here/, /^Run this node/, /^Run from here/, /^Run with settings/])
      await palette.getByRole('option', { name }).waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
  });
});

describe('the page of a run', () => {
  it('shows tries, the error with its page, the critical path and figures by key', async () => {
    const { id } = await queries('Closed source', {
      fine: { after: 'rows', script: 'SELECT a, a + 1 AS b FROM t1' },
      closed: { after: 'fine', script: "SELECT a, error('the source is closed') AS x FROM t1", policy: { retries: 2, retryDelaySeconds: 0 } },
      after: { after: 'closed', script: 'SELECT * FROM t1' },
    });
    const run = await ask<{ id: string; number: number }>('POST', `/pipelines/${id}/runs`, {});
    await page.goto(`${server.url}/runs/${run.id}`);
    await row('closed').getByText('Failed · attempt 3 of 3').waitFor();
    await expect.poll(() => row('closed').getByRole('link').getAttribute('href')).toMatch(/^\/help\/errors#/);
    await row('fine').getByText('2 → 2').waitFor();
    await accessible(page, 'run, table');
    await page.getByRole('button', { name: 'Timeline' }).click();
    await page.getByRole('region', { name: 'Steps' }).getByText('Critical path', { exact: true }).waitFor();
    const timeline = page.getByRole('listbox', { name: 'Timeline' });
    await timeline.getByRole('option', { name: /^closed: Failed · attempt 3 of 3 .*on the critical path/ }).waitFor();
    await timeline.getByRole('option', { name: /^after: Skipped/ }).waitFor();
    await timeline.press('ArrowDown');
    await timeline.press('Enter');
    await timeline.getByRole('option', { name: /^fine/, selected: true }).waitFor();
    await accessible(page, 'run, timeline');
    await page.goto(`${server.url}/pipelines/${id}`);
    await page.getByRole('button', { name: `Resume run ${run.number}` }).click();
    await expect.poll(async () => (await ask<{ items: { resumeOf: string | null }[] }>('GET', `/runs?pipeline=${id}&limit=1`)).items[0]?.resumeOf).toBe(run.id);
    await page.getByRole('button', { name: `Resume run ${run.number + 1}` }).waitFor();
  });

  it('keeps all of a running run over a reload, and cancels it', async () => {
    const { id } = await queries('Endless', { endless: { after: 'rows', script: ENDLESS }, later: { after: 'endless', script: 'SELECT * FROM t1' } });
    const run = await ask<{ id: string; number: number }>('POST', `/pipelines/${id}/runs`, { policy: { priority: 3 } });
    await page.goto(`${server.url}/runs/${run.id}`);
    await row('endless').getByText('Running', { exact: true }).waitFor();
    await page.reload();
    await row('endless').getByText('Running', { exact: true }).waitFor();
    await row('Rows')
      .getByText(/^(Succeeded|Reused)/)
      .waitFor();
    await row('later').getByText('Queued').waitFor();
    await page.getByRole('region', { name: 'Summary' }).getByText('+3').waitFor();
    await page.getByRole('button', { name: 'Timeline' }).click();
    await page.getByRole('option', { name: /^endless: Running .*on the critical path/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('option', { name: /^endless: Cancelled/ }).waitFor();
    await page
      .getByRole('status')
      .getByText(new RegExp(`^Run ${run.number} was cancelled after`))
      .waitFor();
  });

  it('cancels from the list', async () => {
    const { id } = await queries('Endless too', { endless: { after: 'rows', script: ENDLESS } });
    const run = await ask<{ id: string; number: number }>('POST', `/pipelines/${id}/runs`, {});
    await page.goto(`${server.url}/runs?pipeline=${id}`);
    await page.getByRole('button', { name: `Cancel run ${run.number}` }).click();
    await page.getByRole('cell', { name: 'Cancelled', exact: true }).waitFor();
    await accessible(page, 'runs');
  });

  it('threw nothing on any page', () => {
    expect(thrown).toEqual([]);
  });
});
