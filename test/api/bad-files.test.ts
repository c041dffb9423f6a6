import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DatasetVersion } from '#server/assets/datasets.ts';
import type { FilePreview, UploadedFile } from '#server/assets/files.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';
import { rowsOf } from '#test/support/table-chain.ts';
import { zipOf } from '#test/support/zip.ts';

const { client } = await startedServer();

type Bytes = string | Uint8Array<ArrayBuffer>;
/** What a file gives: its columns and rows, or why it gives none. */
interface Found {
  readonly columns?: readonly string[];
  readonly rows?: readonly unknown[][];
  readonly code?: string;
  readonly message?: string;
}
const columnsOf = (schema: FilePreview['schema']): string[] => schema.columns.map(({ name, type, nullable }) => `${name}: ${type}${nullable ? '?' : ''}`);
const headers = (name: string) => ({ 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(name) });
async function refusalOf(answer: Response): Promise<Found> {
  expect(answer.status).toBe(422);
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  return { code, message: detail };
}

async function inPreview(name: string, body: Bytes): Promise<Found & { file: string }> {
  const answer = await client.request('/files', { method: 'POST', headers: headers(name), body });
  const { id: file } = (await answer.json()) as UploadedFile;
  const preview = await client.request(`/files/${file}/preview`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  if (!preview.ok) return { ...(await refusalOf(preview)), file };
  const { schema, rows } = (await preview.json()) as FilePreview;
  return { columns: columnsOf(schema), rows: rows as unknown[][], file };
}

async function asDataset(name: string, body: Bytes): Promise<Found> {
  const answer = await client.request('/datasets/odd', { method: 'PUT', headers: headers(name), body });
  if (!answer.ok) return refusalOf(answer);
  const { hash, schema } = (await answer.json()) as DatasetVersion & { hash: string };
  return { columns: columnsOf(schema), rows: await rowsOf(client, hash) };
}

async function inRun(file: string, name: string): Promise<Found> {
  const nodes = [{ id: 'read', type: 'import-data', version: 1, params: { source: 'file', file: { id: file, name } } }];
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name, nodes, edges: [] } });
  const { steps } = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  const [step] = steps;
  if (step!.error) return { code: step!.error.code, message: step!.error.message };
  const { hash } = step!.outputs[0]!;
  const { meta } = await client.get<{ meta: { schema: FilePreview['schema'] } }>(`/artifacts/${hash}`);
  return { columns: columnsOf(meta.schema), rows: await rowsOf(client, hash) };
}

/** What the file gives, as its preview, a dataset and a run have it: the same. */
async function everywhere(name: string, body: Bytes): Promise<Found> {
  const { file, ...preview } = await inPreview(name, body);
  expect(await asDataset(name, body), 'as a dataset').toEqual(preview);
  expect(await inRun(file, name), 'in a run').toEqual(preview);
  return preview;
}

describe('odd files of lines give the same in a preview, as a dataset and in a run', () => {
  it.each<[string, Bytes, readonly string[], readonly unknown[][]]>([
    [
      'a comma in quotes',
      'first,last,address\nJohn,Doe,"120 any st., ""Anytown"", WW"\n',
      ['first: text', 'last: text', 'address: text'],
      [['John', 'Doe', '120 any st., "Anytown", WW']],
    ],
    [
      'empty cells, in quotes and not',
      'a,b,c\n1,"",""\n2,3,4\n',
      ['a: integer', 'b: integer?', 'c: integer?'],
      [
        [1, null, null],
        [2, 3, 4],
      ],
    ],
    [
      'the same with CR LF',
      'a,b,c\r\n1,"",""\r\n2,3,4\r\n',
      ['a: integer', 'b: integer?', 'c: integer?'],
      [
        [1, null, null],
        [2, 3, 4],
      ],
    ],
    [
      'quotes that are doubled',
      'a,b\n1,"ha ""ha"" ha"\n3,4\n',
      ['a: integer', 'b: text'],
      [
        [1, 'ha "ha" ha'],
        [3, '4'],
      ],
    ],
    [
      'JSON in a cell',
      'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
      ['key: integer', 'val: text'],
      [[1, '{"type": "Point", "coordinates": [102.0, 0.5]}']],
    ],
    [
      'line breaks in quotes',
      'a,b,c\n1,2,3\n"Once upon \na time",5,6\n',
      ['a: text', 'b: integer', 'c: integer'],
      [
        ['1', 2, 3],
        ['Once upon \na time', 5, 6],
      ],
    ],
    [
      'the same with CR LF',
      'a,b\r\n1,2\r\n"Once upon \r\na time",5\r\n',
      ['a: text', 'b: integer'],
      [
        ['1', 2],
        ['Once upon \r\na time', 5],
      ],
    ],
    [
      'letters of other scripts',
      'a,b\n1,ʤ\n2,日本\n',
      ['a: integer', 'b: text'],
      [
        [1, 'ʤ'],
        [2, '日本'],
      ],
    ],
    [
      'lines that are too short',
      'a,b,c\n1,2\n3\n4,5,6\n',
      ['a: integer', 'b: integer?', 'c: integer?'],
      [
        [1, 2, null],
        [3, null, null],
        [4, 5, 6],
      ],
    ],
    ['NUL bytes', 'a,b\nx\0y,2\n', ['a: text', 'b: integer'], [['xy', 2]]],
    [
      'mixed line ends and empty lines',
      'a,b\r\n1,2\n\r\n3,4\r5,6',
      ['a: integer', 'b: integer'],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    [
      'headers that repeat or are empty',
      'a,,A,a,__proto__\n1,2,3,4,5\n',
      ['a: integer', 'Col2: integer', 'A_2: integer', 'a_3: integer', '__proto__: integer'],
      [[1, 2, 3, 4, 5]],
    ],
    ['a mark of the byte order', '\uFEFFa;b\n1;2\n', ['a: integer', 'b: integer'], [[1, 2]]],
    ['an ending that lies about text', 'PAR,b\n1,2\n', ['PAR: integer', 'b: integer'], [[1, 2]]],
    ['whole numbers beyond 2^53', 'n,m\n9007199254740993,1\n', ['n: number', 'm: integer'], [[9007199254740992, 1]]],
  ])('%s', async (name, body, columns, rows) => {
    expect(await everywhere(name === 'an ending that lies about text' ? 'data.dat' : 'data.csv', body)).toEqual({ columns, rows });
  });

  it('a packed Parquet file that is called CSV is read as what it is', async () => {
    const table = await client.request('/datasets/plain', { method: 'PUT', headers: headers('plain.csv'), body: 'a,b\n1,x\n2,y\n' });
    const { hash } = (await table.json()) as { hash: string };
    const parquet = await client.bytes(`/artifacts/${hash}/content`);
    expect(Buffer.from(parquet.slice(0, 4)).toString()).toBe('PAR1');
    const found = {
      columns: ['a: integer', 'b: text'],
      rows: [
        [1, 'x'],
        [2, 'y'],
      ],
    };
    expect(await everywhere('data.csv', new Uint8Array(parquet))).toEqual(found);
    expect(await everywhere('data.csv', new Uint8Array(gzipSync(parquet)))).toEqual(found);
    for (const cut of [8, Math.floor(parquet.byteLength / 2), parquet.byteLength - 1]) {
      const broken = await everywhere('data.parquet', new Uint8Array(parquet.slice(0, cut)));
      expect(broken, `the first ${cut} bytes`).toEqual({ code: 'data_unparsable', message: expect.stringContaining('Parquet') });
    }
  });
});

describe('files that give no table say why, alike everywhere', () => {
  const zip = (...entries: Parameters<typeof zipOf>[0][number][]): Bytes => new Uint8Array(zipOf(entries));
  it.each<[string, string, () => Bytes, string, RegExp]>([
    ['a line with too many cells', 'data.csv', () => 'a,b\n1,2\n3,4,5\n', 'data_unparsable', /Line 3/],
    ['a quote that is never closed', 'data.csv', () => 'a,b\n1,"2\n3,4\n', 'data_unparsable', /ine 2/],
    ['nothing but empty lines', 'data.csv', () => '\n\r\n\n', 'data_empty', /./],
    [
      'a picture that is called CSV',
      'data.csv',
      () => new Uint8Array(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
      'data_unparsable',
      /picture|PNG/i,
    ],
    ['text that is called a workbook', 'data.xlsx', () => 'a,b\n1,2\n', 'data_unparsable', /xlsx/],
    ['text that is called Parquet', 'data.parquet', () => 'a,b\n1,2\n', 'data_unparsable', /is none inside.*choose its format/],
    ['Parquet that is cut off', 'data.parquet', () => 'PAR1' + 'x'.repeat(100), 'data_unparsable', /Parquet.*cut off.*again/],
    ['bytes that no text has', 'data.csv', () => Uint8Array.from({ length: 2_560 }, (_, index) => index % 256), 'data_unparsable', /not text/],
    ['a title above the header', 'data.csv', () => 'Sales of 2025\nid;size\n1;2\n', 'data_unparsable', /Line 2 has 2 cells.*1 column\. Skip the lines/],
    ['JSON that breaks off', 'data.json', () => '[{"a":1},', 'data_unparsable', /JSON/],
    ['a name in an archive that leads out of it', 'data.zip', () => zip({ name: '../a.csv', content: 'a\n1\n' }), 'data_unparsable', /\.\./],
    ['an absolute name in an archive', 'data.zip', () => zip({ name: '/etc/a.csv', content: 'a\n1\n' }), 'data_unparsable', /./],
    ['a link in an archive', 'data.zip', () => zip({ name: 'a.csv', content: '/etc/passwd', mode: 0o120777 }), 'data_unparsable', /link/],
    [
      'an archive that breaks off',
      'data.zip',
      () => (zip({ name: 'a.csv', content: 'a\n1\n' }) as Uint8Array<ArrayBuffer>).slice(0, 40),
      'data_unparsable',
      /./,
    ],
    ['gzip that breaks off', 'data.csv.gz', () => new Uint8Array(gzipSync(`a\n${'1\n'.repeat(1_000)}`)).slice(0, 30), 'data_unparsable', /./],
  ])('%s', async (_what, name, body, code, message) => {
    expect(await everywhere(name, body())).toEqual({ code, message: expect.stringMatching(message) });
  });

  it('a bomb is refused by what comes out of it, and leaves nothing behind', async () => {
    const bomb = zip({ name: 'a.csv', content: Buffer.alloc(300 * 2 ** 20, 'a,b\n'), claimedBytes: 10 });
    const { file, ...preview } = await inPreview('bomb.zip', bomb);
    const refused = { code: 'data_unparsable', message: expect.stringMatching(/unpack/i) };
    // A preview unpacks the beginning alone.
    if (preview.code) expect(preview).toEqual(refused);
    expect(await asDataset('bomb.zip', bomb)).toEqual(refused);
    expect(await inRun(file, 'bomb.zip')).toEqual(refused);
    expect((await client.get<{ items: { name: string }[] }>('/datasets')).items.map(({ name }) => name)).not.toContain('bomb');
  });
});
