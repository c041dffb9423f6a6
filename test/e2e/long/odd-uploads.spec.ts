import { utils, write } from '@e965/xlsx';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DatasetDetail } from '#server/assets/datasets.ts';
import { DesignerPage } from '#test/support/designer-page.ts';
import { zipOf } from '#test/support/zip.ts';

let designer: DesignerPage;
beforeAll(async () => {
  designer = await DesignerPage.start({ width: 1280, height: 720 });
});
afterAll(() => designer?.stop());

type Given = { name: string; mimeType: string; buffer: Buffer };
const file = (name: string, content: Uint8Array | string): Given => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content as string) });
async function give(...files: Given[]): Promise<void> {
  const { page, server } = designer;
  await page.goto(`${server.url}/data`);
  await page.getByRole('group', { name: 'Add data' }).waitFor();
  await page.locator('input[type=file]').setInputFiles(files);
}
const cell = (text: string) => designer.page.getByRole('region', { name: 'First rows' }).getByRole('cell', { name: text, exact: true }).first();
async function choose(label: string, option: string): Promise<void> {
  await designer.page.getByLabel(label, { exact: true }).click();
  await designer.page.getByRole('option', { name: option, exact: true }).click();
}

it('a sheet of a workbook is chosen by its name', async () => {
  const book = utils.book_new();
  for (const name of ['Cover', 'Sales']) utils.book_append_sheet(book, utils.aoa_to_sheet([['words'], [`of ${name}`]]), name);
  await give(file('book.xlsx', write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer));
  await cell('of Cover').waitFor();
  await choose('Sheet', 'Sales');
  await cell('of Sales').waitFor();
});

it('of an archive with several files the first is shown, and another is chosen by its path', async () => {
  await give(
    file(
      'two.zip',
      zipOf([
        { name: 'read me.md', content: '# Rows' },
        { name: 'a/rows.csv', content: 'words\nof a\n' },
        { name: 'b/rows.csv', content: 'words\nof b\n' },
      ]),
    ),
  );
  await cell('of a').waitFor();
  await choose('File in the archive', 'b/rows.csv');
  await cell('of b').waitFor();
});

it('one of several files that cannot be read as it is goes on in the dialog', async () => {
  const { page, server } = designer;
  const kept = server.running.services.database.$client.prepare('SELECT count(*) FROM files').pluck();
  const before = kept.get();
  await give(file('good.csv', 'a,b\n1,2\n'), file('titled.csv', 'Sales of 2025\nid;size\n1;2\n'));
  await page.getByText(/^Line 2 has 2 cells, but there is 1 column\. Skip the lines/).waitFor();
  await page.getByRole('button', { name: 'Choose how it is read' }).click();
  await page.getByLabel('Lines to skip').fill('1');
  await page.getByRole('region', { name: 'First rows' }).getByRole('columnheader', { name: 'size' }).waitFor();
  for (let step = 0; step < 2; step++) await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Create the dataset' }).click();
  await page.waitForURL('**/data/titled');
  const { latest } = await designer.ask<DatasetDetail>('GET', '/datasets/titled');
  expect(latest).toMatchObject({ version: 1, rowCount: 1 });
  await expect.poll(() => kept.get()).toBe(before);
});

it('the versions stay in sight above what differs between them', async () => {
  const { page, server } = designer;
  for (const x of ['1', '2', '3'])
    await designer.context.request.put(`${server.url}/api/v1/datasets/wide`, {
      headers: { origin: server.url, 'x-file-name': 'wide.csv', 'content-type': 'application/octet-stream' },
      data: `${Array.from({ length: 40 }, (_, at) => `column ${at}`).join(',')}\n${Array.from({ length: 40 }, () => x).join(',')}\n`,
    });
  await page.goto(`${server.url}/data/wide`);
  await page.getByRole('tab', { name: 'Versions' }).click();
  const table = page.getByRole('region', { name: 'Versions, table' });
  await page
    .getByRole('region', { name: 'Columns side by side' })
    .getByRole('row', { name: /^column 39/ })
    .waitFor({ state: 'attached' });
  await expect.poll(() => table.evaluate((element) => element.scrollHeight - element.clientHeight)).toBe(0);
  const side = page.getByRole('region', { name: 'Columns side by side' });
  await side.getByRole('row', { name: /^column 39/ }).scrollIntoViewIfNeeded();
  await expect.poll(async () => ((await side.getByRole('row', { name: /^column 39/ }).boundingBox())?.y ?? 720) < 700).toBe(true);
  expect(designer.thrown).toEqual([]);
});
