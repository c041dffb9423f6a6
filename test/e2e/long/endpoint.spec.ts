import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '#test/support/accessible.ts';
import { finishedRun, signIn } from '#test/support/client.ts';
import { DesignerPage } from '#test/support/designer-page.ts';
import { holdAnswers } from '#test/support/held-answers.ts';

interface Endpoint {
  deployments: { name: string; weight: number; mode: string; settings: Record<string, number> }[];
  settings: { autoRollback: Record<string, unknown>; requestLog: Record<string, unknown> };
}
const NAME = 'tumours';
let designer: DesignerPage;
let runId: string;
let inference: string;
beforeAll(async () => {
  designer = await DesignerPage.start({ width: 1280, height: 720 });
  const client = await signIn(designer.server.url, designer.server.running.signInLink());
  const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  runId = (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id;
  const run = await finishedRun(client, runId);
  expect(run.status).toBe('succeeded');
  const { hash } = run.steps.find(({ type }) => type === 'train-model')!.outputs[0]!;
  await client.post('/models', { name: NAME, hash });
  ({ id: inference } = await client.post<{ id: string }>(`/pipelines/${id}/inference`, {}));
  await designer.open(inference);
});
afterAll(() => designer?.stop());

const endpoint = (): Promise<Endpoint> => designer.ask<Endpoint>('GET', `/endpoints/${NAME}`);
const weights = async (): Promise<Record<string, number>> => Object.fromEntries((await endpoint()).deployments.map(({ name, weight }) => [name, weight]));
const card = (name: string): Locator => designer.page.getByRole('region', { name, exact: true });
const tab = (name: string): Promise<void> => designer.page.getByRole('tab', { name, exact: true }).click();
/** Sends the row of the form, and waits for its answer. */
async function send(): Promise<void> {
  const answered = designer.page.waitForResponse((response) => response.url().endsWith('/score'));
  await card('Test').getByRole('button', { name: 'Send' }).click();
  await answered;
  await card('Test').getByText(/^200$/).waitFor();
}
async function act(deployment: string, action: string): Promise<void> {
  await designer.page.getByRole('button', { name: `Actions for ${deployment}` }).click();
  await designer.page.getByRole('menuitem', { name: action }).click();
}
async function choose(field: string, option: string | RegExp): Promise<void> {
  const { page } = designer;
  await page.getByRole('dialog').getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).first().click();
}
async function deploy(name: string, how: string | null, source = 'Registered model'): Promise<void> {
  const { page } = designer;
  await page.getByRole('button', { name: 'New deployment' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: source }).click();
  await dialog.getByText('Name, workers and limits').click();
  await dialog.getByLabel('Name of the deployment').fill(name);
  if (how !== null) await choose('Traffic', how);
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

describe('from a trained pipeline to an endpoint in use', () => {
  it('is deployed, and scores a sample row by the form', async () => {
    const { page } = designer;
    await page.getByRole('button', { name: 'Deploy', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the endpoint').fill(NAME);
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.waitForURL(new RegExp(`/endpoints/${NAME}$`));
    const test = card('Test');
    const first = test.locator('input').first();
    const before = await first.inputValue();
    await expect
      .poll(async () => {
        await test.getByRole('button', { name: 'Next sample row' }).click();
        return first.inputValue();
      })
      .not.toBe(before);
    await first.fill('much');
    await test.getByText('Not a number').waitFor();
    await expect.poll(() => test.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await first.fill(before);
    await send();
    await accessible(designer.page, 'overview');
  });

  it('fits its table of deployments at 1280', async () => {
    const region = card('Deployments, table');
    await expect.poll(() => region.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  });

  it('scores a CSV and says which cell does not fit', async () => {
    const { page } = designer;
    await tab('CSV');
    const test = card('Test');
    await test.getByRole('button', { name: 'Sample rows' }).click();
    const rows = test.getByRole('textbox', { name: 'Rows as CSV' });
    await expect.poll(() => rows.inputValue()).not.toBe('');
    const csv = await rows.inputValue();
    const lines = csv.trim().split('\n');
    await rows.fill([lines[0], lines[1]!.replace(/^[^,]*/, 'much')].join('\n'));
    await test.getByText(/Row 1, .*Not a number: “much”/).waitFor();
    await rows.fill(csv);
    await test.getByRole('button', { name: `Score ${lines.length - 1} rows` }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.getByRole('row').count()).toBe(lines.length);
    await accessible(designer.page, 'scored rows');
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${NAME} scored.csv`);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
  });

  it('splits the traffic with a second deployment, and shadows with a third', async () => {
    const { page } = designer;
    await deploy('candidate', null);
    await expect.poll(() => weights()).toEqual({ v1: 90, candidate: 10 });
    await page.getByRole('button', { name: 'Change split' }).click();
    await page
      .getByRole('dialog')
      .getByRole('slider', { name: /candidate/ })
      .fill('40');
    await page.getByRole('dialog').getByRole('button', { name: 'Split' }).click();
    await expect.poll(weights).toEqual({ v1: 60, candidate: 40 });
    await deploy('copy', 'Shadow: copies, never answered');
    await expect.poll(async () => (await endpoint()).deployments.find(({ name }) => name === 'copy')).toMatchObject({ mode: 'shadow', weight: 0 });
  });

  it('deploys what a run trained and an inference pipeline, and says what is wrong', async () => {
    const { page } = designer;
    await deploy('by-run', 'None, only requests that name it', 'Finished run');
    await deploy('by-pipeline', 'None, only requests that name it', 'Inference pipeline');
    const made = (await designer.ask<{ deployments: { name: string; runId: string; pipelineId: string }[] }>('GET', `/endpoints/${NAME}`)).deployments;
    expect(made.find(({ name }) => name === 'by-run')).toMatchObject({ runId });
    expect(made.find(({ name }) => name === 'by-pipeline')).toMatchObject({ pipelineId: inference });
    await page.getByRole('button', { name: 'New deployment' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Name, workers and limits').click();
    await dialog.getByLabel('Name of the deployment').fill('by-run');
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await dialog.getByText('This endpoint has a deployment “by-run” already. Choose another name.').waitFor();
    await accessible(designer.page, 'new deployment');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    for (const name of ['by-run', 'by-pipeline']) {
      await act(name, 'Remove');
      // It is gone by the time it is said, however long the endpoint takes to be read again.
      const letGo = await holdAnswers(page, `**/api/v1/endpoints/${NAME}`);
      await dialog.getByRole('button', { name: 'Remove' }).click();
      await page.getByText(`Removed ${name}.`).waitFor();
      await page.getByRole('button', { name: `Actions for ${name}` }).waitFor({ state: 'detached' });
      await letGo();
      await dialog.waitFor({ state: 'detached' });
    }
    await expect.poll(async () => (await endpoint()).deployments.length).toBe(3);
  });

  it('promotes one, and rolls back', async () => {
    const { page } = designer;
    await act('candidate', 'Promote: all traffic');
    await expect.poll(weights).toEqual({ v1: 0, candidate: 100, copy: 0 });
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await expect.poll(weights).toEqual({ v1: 100, candidate: 0, copy: 0 });
  });

  it('changes workers and limits, with an error beside a wrong one', async () => {
    const { page } = designer;
    await act('v1', 'Workers and limits');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Time limit').fill('5');
    await dialog.getByText('From 50 to 600,000').waitFor();
    await dialog.getByLabel('Time limit').fill('2500');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await expect
      .poll(async () => (await endpoint()).deployments.find(({ name }) => name === 'v1')!.settings)
      .toMatchObject({ workers: 1, timeLimitMilliseconds: 2500 });
  });

  it('keeps requests without a masked column, and takes the truth', async () => {
    const { page } = designer;
    await tab('Settings');
    await page.getByRole('switch', { name: 'Automatic rollback' }).click();
    await card('Automatic rollback').getByLabel('Roll back above this error rate').fill('7.5');
    await card('Automatic rollback').getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await endpoint()).settings.autoRollback).toMatchObject({ enabled: true, errorRate: 0.075 });
    await card('Request log').getByLabel('Share of requests that is kept').fill('100');
    await card('Request log').getByRole('checkbox').first().check();
    await card('Request log').getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await endpoint()).settings.requestLog).toMatchObject({ sampleRate: 1, masked: [expect.anything()] });
    await accessible(designer.page, 'settings');
    await tab('Overview');
    await tab('Test');
    await send();
    await tab('Requests');
    await page.getByRole('button', { name: 'Open', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('[masked]').waitFor();
    await expect.poll(() => dialog.getByRole('link', { name: /^Run \d+$/ }).getAttribute('href')).toBe(`/runs/${runId}`);
    await dialog.getByLabel('How it really was').fill('malignant');
    await dialog.getByRole('button', { name: 'Save the truth' }).click();
    await card('How right it was').getByText('1 rows with a truth').waitFor();
    await accessible(designer.page, 'requests');
  });

  it('makes a new key; the old one stops', async () => {
    const { page } = designer;
    const before = await designer.ask<{ primary: string; secondary: string }>('GET', `/endpoints/${NAME}/key`);
    await page.getByRole('button', { name: 'More for this endpoint' }).click();
    await page.getByRole('menuitem', { name: 'Keys' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make new' }).last().click();
    await expect.poll(async () => (await designer.ask<{ secondary: string }>('GET', `/endpoints/${NAME}/key`)).secondary).not.toBe(before.secondary);
    const ask = (key: string): Promise<number> =>
      fetch(`${designer.server.url}/endpoints/${NAME}/ping`, { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status);
    await expect.poll(async () => [await ask(before.secondary), await ask(before.primary)]).toEqual([401, 200]);
    await designer.closeDialog();
  });

  it('shows traffic, queue and compute in the monitoring, and measures under load', async () => {
    const { page } = designer;
    await tab('Monitoring');
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    const traffic = card('Traffic');
    await traffic.getByText(/^[1-9]\d* requests$/).waitFor();
    await card('Where the time goes, ms').getByRole('button', { name: 'Show as table' }).click();
    await expect.poll(() => card('Where the time goes, ms').locator('tbody tr').count()).toBeGreaterThan(0);
    await accessible(designer.page, 'monitoring');
    await tab('Load test');
    await page.getByLabel('Clients at the same time').fill('1, 2');
    await page.getByLabel('Each step lasts').fill('1');
    await page.getByRole('button', { name: 'Start the test' }).click();
    await page.getByText(/^At most [\d,]+ requests\/s/).waitFor();
    await card('Latency against throughput').getByRole('button', { name: 'Show as table' }).click();
    await expect.poll(() => card('Latency against throughput').locator('tbody tr').count()).toBe(2);
    await accessible(designer.page, 'load test');
    await tab('Events');
    await card('Events')
      .getByText(/^Load test: at most/)
      .waitFor();
    await card('Events').getByText('Rolled back to v1.').waitFor();
  });

  it('is paused as a whole, says so, and answers again', async () => {
    const { page } = designer;
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause the endpoint' }).click();
    await page.getByText('Requests get 503, and no process holds a model.').waitFor();
    await tab('Overview');
    await tab('Test');
    await expect.poll(() => card('Test').getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await accessible(designer.page, 'paused');
    await page.getByRole('link', { name: 'Endpoints', exact: true }).first().click();
    await page.getByRole('row', { name: new RegExp(`${NAME}.*Paused`) }).waitFor();
    await page.getByRole('link', { name: NAME }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await tab('Test');
    await send();
  });

  it('is made anew from the list, of what a run trained', async () => {
    const { page } = designer;
    await page.getByRole('link', { name: 'Endpoints', exact: true }).first().click();
    await page.getByRole('button', { name: 'New endpoint' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Finished run' }).click();
    await dialog.getByLabel('Name of the endpoint').fill(NAME);
    await dialog.getByText('There is an endpoint of this name.').waitFor();
    await expect.poll(() => dialog.getByRole('button', { name: 'Deploy', exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel('Name of the endpoint').fill('second');
    await accessible(designer.page, 'new endpoint');
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.waitForURL(/\/endpoints\/second$/);
    await send();
    expect(designer.thrown).toEqual([]);
  });
});
