import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DatasetDetail } from '#server/assets/datasets.ts';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { holdAnswers } from '#test/support/held-answers.ts';
import { startedServer } from '#test/support/server.ts';

let browser: Browser;
let page: Page;
const thrown: string[] = [];

const { server, client } = await startedServer();
beforeAll(async () => {
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })).newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.running.signInLink());
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
});

const next = (): Promise<void> => page.getByRole('button', { name: 'Next' }).click();
const choose = async (label: string, option: string): Promise<void> => {
  await page.getByLabel(label, { exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const give = (name: string, text: string): Promise<void> =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const firstRow = (): Promise<string[]> => page.getByRole('region', { name: 'First rows' }).locator('tbody tr').first().locator('td').allTextContents();

const PEOPLE = 'code;size;joined;left\n1;2,5;01.02.2024;x\n2;7,25;soon;y\n3;1,0;03.02.2024;z\n';

it('a file becomes a dataset step by step, seen before it is made', async () => {
  await page.goto(`${server.url}/data`);
  await page.getByRole('heading', { name: 'Sample data' }).waitFor();
  await accessible(page, 'sample data', { within: 'main', thorough: true });
  await give('People.csv', PEOPLE);
  await page.getByRole('region', { name: 'First rows' }).waitFor();
  await expect.poll(() => firstRow()).toEqual(['1', '2,5', '01.02.2024', 'x']);
  const found = { Format: 'CSV', Header: 'The first line', Delimiter: 'Semicolon', Encoding: 'UTF-8' };
  for (const [label, words] of Object.entries(found)) await expect.poll(() => page.getByLabel(label, { exact: true }).innerText()).toBe(`Detect: ${words}`);
  await choose('Decimal sign', 'Comma');
  await page.getByRole('cell', { name: '2.5' }).waitFor();
  await page.getByLabel('Date format').fill('%d.%m.%Y');
  await accessible(page, 'a step', { within: '[role=dialog]', thorough: true });
  await next();
  await choose('Type of joined', 'datetime');
  await page.getByText('1 cell would become missing').waitFor();
  await choose('Role of code', 'id');
  await page.getByLabel('Name of code').fill('number');
  await page.getByRole('checkbox', { name: 'Keep left' }).uncheck({ force: true });
  await page.getByText('3 of 4 columns kept').waitFor();
  await accessible(page, 'a step', { within: '[role=dialog]', thorough: true });
  await next();
  await page.getByLabel('Tags').fill('people, test');
  await page.getByLabel('Description').fill('Who came when');
  await accessible(page, 'a step', { within: '[role=dialog]', thorough: true });
  await page.getByRole('button', { name: 'Create the dataset' }).click();
  await page.getByText('Column “joined”: 1 cell that cannot be read as datetime became missing.').waitFor();
  const made = await client.get<DatasetDetail>('/datasets/people');
  expect(made).toMatchObject({ description: 'Who came when', tags: ['people', 'test'] });
  expect(made.latest.schema.columns.map(({ name, type, role }) => [name, type, role])).toEqual([
    ['number', 'integer', 'id'],
    ['size', 'number', 'feature'],
    ['joined', 'datetime', 'feature'],
  ]);
  await expect.poll(() => server.running.services.database.$client.prepare('SELECT count(*) FROM files').pluck().get()).toBe(0);
});

it('a new version is described, compared by keys and deleted; every tab is well-formed in both themes', async () => {
  await page.goto(`${server.url}/data/people`);
  await page.getByRole('button', { name: 'New version' }).click();
  await give('People.csv', 'number,size\n1,2.5\n2,8\n');
  await page.getByRole('region', { name: 'First rows' }).waitFor();
  await next();
  await next();
  await page.getByLabel('What is new in this version').fill('Fewer');
  await page.getByRole('button', { name: 'Create the version' }).click();
  await page.getByText('Made version 2.').waitFor();
  for (const tab of ['Preview', 'Profile', 'Schema', 'Lineage', 'Details', 'Versions']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tabpanel').waitFor();
    await expect.poll(() => page.locator('main [aria-busy=true]').count()).toBe(0);
    await accessible(page, tab, { within: 'main', thorough: true });
  }
  await page.getByText('Fewer').waitFor();
  await choose('Key column', 'number');
  const size = page.getByRole('region', { name: 'Columns side by side' }).getByRole('row', { name: /^size/ });
  await expect.poll(() => size.getByRole('cell').nth(2).textContent()).toBe('1');
  await page.getByRole('button', { name: 'Version 1', exact: true }).last().click();
  await page.getByRole('menuitem', { name: 'Delete this version' }).click();
  await page.getByText('No pipeline and no run uses it.').waitFor();
  await page.getByRole('button', { name: 'Delete the version' }).click();
  await page.getByText('Deleted version 1.').waitFor();
  await expect.poll(async () => (await client.get<DatasetDetail>('/datasets/people')).versions.map(({ version }) => version)).toEqual([2]);
});

it('a dialog that is left while its dataset is made says so, and takes nobody elsewhere when it is there', async () => {
  await page.goto(`${server.url}/data`);
  await give('Left.csv', 'a,b\n1,2\n');
  await page.getByRole('region', { name: 'First rows' }).waitFor();
  await next();
  await next();
  const letGo = await holdAnswers(page, '**/api/v1/datasets/left/**');
  await page.getByRole('button', { name: 'Create the dataset' }).click();
  await page
    .getByRole('status')
    .getByText(/^Reading all/)
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('“left” is still being made. It will be said when it is there.').waitFor();
  await give('Other.csv', 'a,b\n1,2\n');
  await page.getByRole('region', { name: 'First rows' }).waitFor();
  await letGo();
  await page.getByText('Made “left”, version 1.').waitFor();
  await page.getByRole('region', { name: 'First rows' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'left', exact: true }).waitFor();
  await expect.poll(() => new URL(page.url()).pathname).toBe('/data');
  expect(thrown).toEqual([]);
});

it('an upload that was broken off by a reload goes on when the same file is chosen again', async () => {
  await page.goto(`${server.url}/data`);
  // The second piece does not get through, so that the first is all that came.
  let pieces = 0;
  await page.route('**/api/v1/uploads/*', async (route) => {
    if (route.request().method() === 'PATCH' && ++pieces > 1) await route.abort();
    else await route.continue();
  });
  const lastModified = Date.now();
  const drop = async (): Promise<void> => {
    const transfer = await page.evaluateHandle((at) => {
      const data = new DataTransfer();
      data.items.add(new File(['n,text\n', `1,${'y'.repeat(60)}\n`.repeat(270_000)], 'many.csv', { type: 'text/csv', lastModified: at }));
      return data;
    }, lastModified);
    await page.getByRole('group', { name: 'Add data' }).dispatchEvent('drop', { dataTransfer: transfer });
  };
  const second = page.waitForRequest((request) => request.method() === 'PATCH' && request.headers()['upload-offset'] !== '0');
  await drop();
  await second;
  await page.reload();
  await page.unroute('**/api/v1/uploads/*');
  const goesOn = page.waitForRequest((request) => request.method() === 'PATCH');
  await drop();
  const { 'upload-offset': offset } = (await goesOn).headers();
  expect(Number(offset)).toBe(16 * 2 ** 20);
  await page.getByText('Types may change when the whole file is read.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(thrown).toEqual([]);
});

it('a sample is added with one click', async () => {
  await page.goto(`${server.url}/data`);
  await page.getByRole('button', { name: 'Sample data' }).click();
  await page.getByRole('button', { name: 'Add breast-cancer' }).click();
  await page.getByRole('link', { name: 'Added: look at it' }).waitFor();
  await expect.poll(() => client.get<DatasetDetail>('/datasets/breast-cancer')).toMatchObject({ licence: 'CC BY 4.0', latest: { rowCount: 699 } });
});
