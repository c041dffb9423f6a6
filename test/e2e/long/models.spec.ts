import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { regressorFile } from '#test/support/onnx-files.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let client: Client;
let browser: Browser;
let page: Page;
let pipeline: string;
const folder = mkdtempSync(join(tmpdir(), 'modelwright-models-'));
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  pipeline = (await client.post<{ id: string }>('/samples/breast-cancer/open')).id;
  for (const version of [1, 2]) {
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`)).id);
    expect(run.status).toBe('succeeded');
    const { hash } = run.steps.find((step) => step.type === 'train-model')!.outputs.find((output) => output.kind === 'model')!;
    await client.post('/models', { name: 'tumours', hash, aliases: version === 1 ? ['champion'] : [] });
  }
  writeFileSync(join(folder, 'house.onnx'), regressorFile());
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const card = (name: string) => page.getByRole('region', { name, exact: true });

describe('the registry in the browser', () => {
  it('takes an ONNX file, shows how it is read, and registers it', async () => {
    await page.goto(`${server.url}/models`);
    await page.getByRole('button', { name: 'Upload ONNX' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(join(folder, 'house.onnx'));
    await dialog.getByRole('region', { name: 'Rows that it scored' }).waitFor();
    await accessible(page, 'the upload');
    await dialog.getByLabel('Names of the columns').fill('area, rooms, age');
    await dialog.getByLabel('Column that it predicts').fill('price');
    await dialog.getByText('Values of my own').click();
    for (const [name, value] of [
      ['area', '1'],
      ['rooms', '2'],
      ['age', '3'],
    ] as const)
      await dialog.getByLabel(name, { exact: true }).fill(value);
    await dialog.getByRole('button', { name: 'Score', exact: true }).click();
    await expect.poll(() => dialog.getByRole('region', { name: 'Rows that it scored' }).innerText()).toContain('321');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await page.waitForURL('**/models/house');
    await expect.poll(() => card('Figures').innerText()).toContain('made elsewhere');
  });

  it('finds models by name, and shows aliases', async () => {
    await page.goto(`${server.url}/models`);
    await page.getByRole('link', { name: 'house' }).waitFor();
    await page.getByLabel('Find models').fill('tum');
    await expect.poll(() => page.getByRole('link', { name: 'house' }).count()).toBe(0);
    await page.getByRole('cell', { name: 'champion' }).waitFor();
    await accessible(page, 'the list');
    await page.getByRole('link', { name: 'tumours' }).click();
  });

  it('moves the champion, and keeps what is written', async () => {
    await card('Figures').getByText('AUC', { exact: true }).first().waitFor();
    await card('Aliases and tags').getByRole('button', { name: 'champion (now version 1)' }).click();
    await expect.poll(async () => (await client.get<{ version: number }>('/models/tumours/versions/champion')).version).toBe(2);
    await card('Intended use').getByRole('button', { name: 'Edit: Intended use' }).click();
    await card('Intended use').getByRole('textbox').fill('A **second** opinion, not the first.');
    await card('Intended use').getByRole('button', { name: 'Save' }).click();
    await card('Intended use').getByText('second', { exact: true }).waitFor();
    await accessible(page, 'the overview');
  });

  it('lays versions beside each other, and tells where they come from', async () => {
    await page.getByRole('tab', { name: /Versions/ }).click();
    for (const version of [1, 2]) await page.getByLabel(`Compare version ${version}`).check();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByText('The settings are the same.').waitFor();
    await page.getByRole('tab', { name: 'Lineage' }).click();
    await card('Data').getByText('breast-cancer').waitFor();
    await card('Used by').getByText('No endpoint and no pipeline uses it.').waitFor();
    await accessible(page, 'the lineage');
  });

  it('draws a batch inference pipeline, which runs', async () => {
    await page.goto(`${server.url}/pipelines/${pipeline}`);
    await page.getByRole('button', { name: 'Other ways to score' }).click();
    await page.getByRole('menuitem', { name: /Create batch inference pipeline/ }).click();
    await expect.poll(async () => (await client.get<{ items: { kind: string }[] }>('/pipelines')).items.filter((each) => each.kind === 'batch').length).toBe(1);
    await page.getByText('Save as Dataset').first().waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect
      .poll(async () => (await client.get<{ items: { name: string }[] }>('/datasets')).items.map((each) => each.name))
      .toContainEqual(expect.stringMatching(/scores$/));
  });

  it('throws nothing', () => expect(thrown).toEqual([]));
});
