import { utils, write } from '@e965/xlsx';
import { expect, it } from 'vitest';
import type { UploadedFile } from '#server/assets/files.ts';
import type { FileParts } from '#server/executor/messages.ts';
import { startedServer } from '#test/support/server.ts';
import { zipOf } from '#test/support/zip.ts';

const { client } = await startedServer();

async function partsOf(name: string, body: Uint8Array | string, query = ''): Promise<Response> {
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': name };
  const { id } = (await (
    await client.request('/files', { method: 'POST', headers, body: new Uint8Array(Buffer.from(body as string)) })
  ).json()) as UploadedFile;
  return client.request(`/files/${id}/parts${query}`);
}
const found = async (name: string, body: Uint8Array | string, query?: string): Promise<FileParts> =>
  (await (await partsOf(name, body, query)).json()) as FileParts;

function workbook(bookType: 'xlsx' | 'xls'): Buffer {
  const book = utils.book_new();
  for (const name of ['Cover', 'Sales 2025', 'Größen']) utils.book_append_sheet(book, utils.aoa_to_sheet([['a'], [1]]), name);
  return write(book, { type: 'buffer', bookType }) as Buffer;
}
const SHEETS = ['Cover', 'Sales 2025', 'Größen'];

it.each(['xlsx', 'xls'] as const)('names the sheets of a workbook, .%s', async (bookType) =>
  expect(await found(`book.${bookType}`, workbook(bookType))).toEqual({ members: [], sheets: SHEETS }),
);

it('names the files of an archive, without what packers add, and the sheets of the chosen one', async () => {
  const archive = zipOf([
    { name: 'data/rows.csv', content: 'a\n1\n' },
    { name: 'book.xlsx', content: workbook('xlsx') },
    { name: '__MACOSX/._rows.csv', content: 'x' },
  ]);
  const members = ['data/rows.csv', 'book.xlsx'];
  expect(await found('two.zip', archive)).toEqual({ members, sheets: [] });
  expect(await found('two.zip', archive, '?member=book.xlsx')).toEqual({ members, sheets: SHEETS });
  expect(await found('one.zip', zipOf([{ name: 'book.xlsx', content: workbook('xlsx') }]))).toEqual({ members: ['book.xlsx'], sheets: SHEETS });
});

it('finds nothing to choose in any other file, and says what is wrong with one that is broken', async () => {
  expect(await found('rows.csv', 'a\n1\n')).toEqual({ members: [], sheets: [] });
  expect((await partsOf('book.xlsx', workbook('xlsx').subarray(0, 2_000))).status).toBe(422);
});
