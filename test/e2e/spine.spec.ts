import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '#server/scheduler/clock.ts';
import { accessible } from '../support/accessible.ts';
import { launchBrowser } from '../support/browser.ts';
import { drag } from '../support/pointer.ts';
import { startServer, type TestServer } from '../support/server.ts';

const clock = new ManualClock(Date.now());
let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const thrown: string[] = [];
/** Not the synchronous form: the server that answers runs in this process. */
const shell = async (command: string): Promise<string> => (await promisify(execFile)('sh', ['-c', command], { encoding: 'utf8' })).stdout;

beforeAll(async () => {
  server = await startServer({ clock });
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (name: string | RegExp): Locator =>
  page
    .locator('article[aria-roledescription="node"]')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();
const port = (of: Locator, title: string): Locator => of.getByLabel(title, { exact: true });

async function fromLibrary(title: string, x: number, y: number): Promise<void> {
  const search = page.getByLabel('Search nodes');
  await search.fill(title);
  await page
    .getByLabel('Library')
    .getByText(title, { exact: true })
    .first()
    .dragTo(page.getByLabel('Canvas', { exact: true }), { targetPosition: { x, y } });
  await search.fill('');
}

describe('from an empty workspace to a scored request', () => {
  it('turns away who has no link, and signs in who has', async () => {
    await page.goto(server.url);
    await page.waitForURL(/sign-in/);
    await page.goto(server.signInLink);
    await page.getByRole('heading', { name: 'Samples' }).waitFor();
    await accessible(page, 'home');
  });

  it('opens a sample and runs it, watching it on the canvas', async () => {
    await page.getByRole('button', { name: /^Open/ }).first().click();
    await page.waitForURL(/\/pipelines\/[^/]+$/);
    await card('Compare both').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => card('Compare both').getAttribute('aria-label')).toMatch(/ s\b|ms/);
    await expect.poll(() => card('Split Data').getAttribute('aria-label')).toMatch(/5,282 \+ 1,761/);
    await accessible(page, 'designer');
  });

  it('reuses everything the second time', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => card('Compare both').getAttribute('aria-label')).toMatch(/[Rr]eused/);
  });

  it('shows the data of a port with its histograms', async () => {
    await card('Clean Missing Data').click();
    await page.keyboard.press('Space');
    await page.getByRole('tab', { name: 'Data', selected: true }).waitFor();
    const results = page.getByRole('tabpanel', { name: 'Data' });
    await results.getByText('senior_citizen').first().waitFor();
    await results.getByText('No', { exact: true }).first().waitFor();
  });

  it('reads ROC, precision and recall and the confusion matrix, and moves the threshold', async () => {
    await card('Compare both').click();
    await page.keyboard.press('Space');
    const results = page.getByRole('tabpanel', { name: 'Data' });
    await results.getByText('ROC', { exact: true }).first().waitFor();
    const slider = results.getByRole('slider', { name: /[Tt]hreshold/ }).first();
    const before = await results.innerText();
    await slider.focus();
    for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => results.innerText()).not.toBe(before);
  });

  it('makes an inference pipeline of the chosen model, without the label', async () => {
    await card('Train boosted trees').click();
    await page.getByRole('button', { name: /inference pipeline/ }).click();
    await card('Web Service Input').waitFor();
    await card('Web Service Output').waitFor();
    await expect.poll(() => card('Split Data').count()).toBe(0);
    await expect.poll(() => card('Train Model').count()).toBe(0);
  });

  it('deploys it and scores a row by the form', async () => {
    await page.getByRole('button', { name: 'Deploy', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the endpoint').fill('churn');
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.waitForURL(/\/endpoints\/churn$/);
    await page.getByText('Serving').first().waitFor();
    const test = page.getByRole('region', { name: 'Test' });
    await test.getByRole('button', { name: 'Send' }).click();
    await test.getByText(/^200$/).waitFor();
    await accessible(page, 'endpoint');
  });

  it('has a curl that works as pasted', async () => {
    const consume = page.getByRole('region', { name: 'Consume' });
    const command = await consume.locator('pre').innerText();
    expect(command).toContain(`${server.url}/api/v1/endpoints/churn/score`);
    const answer = JSON.parse(await shell(command)) as { results: Record<string, unknown>[] };
    expect(['Yes', 'No']).toContain(answer.results[0]?.['Scored Labels']);
    expect(answer.results[0]?.['Scored Probabilities']).toBeGreaterThan(0);
  });

  it('makes a trigger whose command starts a run', async () => {
    await page.goto(`${server.url}/schedules`);
    await page.getByRole('button', { name: 'New trigger' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('New customers');
    await dialog.getByRole('combobox', { name: 'Pipeline' }).click();
    await page.getByRole('option', { name: 'Customer churn', exact: true }).click();
    await dialog.getByRole('button', { name: 'Make the trigger' }).click();
    await dialog.getByRole('button', { name: 'I have the token' }).waitFor();
    const command = await dialog.locator('pre').last().innerText();
    const answer = JSON.parse(await shell(command)) as { id: string; number: number };
    expect(answer.number).toBe(3);
    await dialog.getByRole('button', { name: 'I have the token' }).click();
    await page.goto(`${server.url}/runs/${answer.id}`);
    await page.getByText('New customers').first().waitFor();
    await page.getByText('Succeeded').first().waitFor();
  });

  it('makes a schedule that fires at its time in its zone', async () => {
    await page.goto(`${server.url}/schedules`);
    await page.getByRole('button', { name: 'New schedule' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Every night');
    await dialog.getByRole('combobox', { name: 'Pipeline' }).click();
    await page.getByRole('option', { name: 'Customer churn', exact: true }).click();
    await dialog.getByRole('button', { name: 'Cron', exact: true }).click();
    await dialog.getByLabel('Cron expression').fill('30 2 * * *');
    await dialog.getByRole('combobox', { name: 'Time zone' }).click();
    await page.getByRole('option', { name: /Europe.Berlin/ }).click();
    await dialog.getByRole('button', { name: 'Make the schedule' }).click();
    await page.getByRole('region', { name: 'Schedules' }).getByText('Every night').first().waitFor();
    const { items } = (await (await context.request.get(`${server.url}/api/v1/schedules`)).json()) as { items: { next: string[] }[] };
    await expect
      .poll(async () => {
        clock.turnTo(Date.parse(items[0]!.next[0]!));
        await page.goto(`${server.url}/runs`);
        await page.getByText('Customer churn').first().waitFor();
        return page.getByText('Every night').count();
      })
      .toBeGreaterThan(0);
    await accessible(page, 'runs');
  });

  it('keeps all of it over a reload', async () => {
    await page.goto(`${server.url}/`);
    await page.reload();
    await page.getByText('Customer churn (inference)').first().waitFor();
    await page.goto(`${server.url}/endpoints`);
    await page.getByText('churn').first().waitFor();
    await accessible(page, 'endpoints');
  });
});

describe('a pipeline built by hand', () => {
  it('starts empty and says how to begin', async () => {
    await page.goto(`${server.url}/`);
    await page.getByRole('button', { name: 'New pipeline' }).first().click();
    await page.waitForURL(/\/pipelines\/[^/]+$/);
    await page.getByLabel('Canvas', { exact: true }).waitFor();
  });

  it('takes nodes dragged from the library', async () => {
    await fromLibrary('Dataset', 420, 60);
    await card('Dataset').waitFor();
    await fromLibrary('Split Data', 420, 330);
    await card('Split Data').waitFor();
    await fromLibrary('Two-Class Logistic Regression', 150, 330);
    await card('Two-Class Logistic Regression').waitFor();
    await fromLibrary('Train Model', 280, 480);
    await card('Train Model').waitFor();
  });

  it('wires legal ports and refuses others', async () => {
    await page.getByRole('button', { name: 'Fit to view' }).click();
    await drag(page, port(card('Dataset'), 'Dataset (table)'), port(card('Split Data'), 'Dataset (table)'));
    await expect.poll(() => page.locator('.svelte-flow__edge').count()).toBe(1);
    await drag(page, port(card('Two-Class Logistic Regression'), 'Untrained model (learner)'), port(card('Split Data'), 'Dataset (table)'));
    await expect.poll(() => page.locator('.svelte-flow__edge').count()).toBe(1);
    await page.keyboard.press('Escape');
    await drag(page, port(card('Two-Class Logistic Regression'), 'Untrained model (learner)'), port(card('Train Model'), 'Untrained model (learner)'));
    await expect.poll(() => page.locator('.svelte-flow__edge').count()).toBe(2);
  });

  it('undoes and does again', async () => {
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(() => page.locator('.svelte-flow__edge').count()).toBe(1);
    await page.getByRole('button', { name: /^Redo/ }).click();
    await expect.poll(() => page.locator('.svelte-flow__edge').count()).toBe(2);
  });

  it('is saved, and there again after a reload', async () => {
    await page.getByText(/^Draft · saved/).waitFor();
    await page.reload();
    await card('Train Model').waitFor();
    await expect.poll(() => page.locator('.svelte-flow__edge').count()).toBe(2);
  });

  it('threw nothing on any page', () => {
    expect(thrown).toEqual([]);
  });
});
