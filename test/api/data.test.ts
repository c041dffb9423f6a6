import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zipOf } from '#test/support/zip.ts';
import { startedServer } from '#test/support/server.ts';

interface Version {
  version: number;
  hash: string;
  rowCount: number;
  schema: { columns: { name: string; type: string }[] };
  notes: string[];
}

const { server, client } = await startedServer({ environment: { uploadBytes: 2 ** 20 } });

const put = (name: string, body: BodyInit, fileName = 'table.csv') =>
  client.request(`/datasets/${name}`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'x-file-name': fileName }, body });
const uploads = () => readdirSync(join(server.dataFolder, 'uploads'));

describe('datasets', () => {
  it('makes a new version with each upload and shows its rows and statistics', async () => {
    const first = (await (await put('people', 'name,age\nAnn,30\nBob,\n"=1+1",50\n')).json()) as Version;
    expect(first).toMatchObject({ version: 1, rowCount: 3 });
    expect(first.schema.columns.map((column) => column.name)).toEqual(['name', 'age']);
    const second = (await (await put('people', 'name,age\nCid,1\n')).json()) as Version;
    expect(second.version).toBe(2);
    const found = await client.get<{ latest: Version; versionCount: number; versions: Version[] }>('/datasets/people');
    expect(found).toMatchObject({ versionCount: 2, latest: { version: 2 } });
    const rows = await client.get<{ rows: unknown[][]; rowCount: number }>(`/artifacts/${first.hash}/rows?search=ann`);
    expect(rows).toMatchObject({ rows: [['Ann', 30]], rowCount: 1 });
    const profile = await client.get<{ columns: { name: string; missing: number; mean: number | null }[] }>(`/artifacts/${first.hash}/profile`);
    expect(profile.columns.find((column) => column.name === 'age')).toMatchObject({ missing: 1, mean: 40 });
    const csv = await client.request(`/artifacts/${first.hash}/content?format=csv`);
    expect(csv.headers.get('content-disposition')).toContain('attachment');
    expect(await csv.text()).toBe("name,age\r\nAnn,30\r\nBob,\r\n'=1+1,50\r\n");
    const parquet = await client.bytes(`/artifacts/${first.hash}/content`);
    expect(Buffer.from(parquet.subarray(0, 4)).toString()).toBe('PAR1');
    expect(uploads()).toEqual([]);
  });

  it('answers a file that cannot be read with 422 and the reason, and keeps nothing of it', async () => {
    for (const [body, fileName] of [
      ['not json', 'x.json'],
      ['PAR1 but not really', 'x.parquet'],
    ]) {
      const answer = await put('broken', body!, fileName);
      expect([fileName, answer.status]).toEqual([fileName, 422]);
      expect(await answer.json()).toMatchObject({ code: expect.any(String), issues: [{ message: expect.any(String) }] });
    }
    expect((await client.request('/datasets/broken')).status).toBe(404);
    expect(uploads()).toEqual([]);
  });

  it.each([
    ['PUT', '/datasets/cut-off'],
    ['POST', '/files'],
  ])('keeps nothing of an upload that breaks off: %s %s', async (method, path) => {
    const files = (): unknown => server.running.services.database.$client.prepare('SELECT count(*) FROM files').pluck().get();
    const before = files();
    const headers = { ...client.headers, 'content-type': 'application/octet-stream', 'x-file-name': 'cut-off.csv', 'content-length': '1000000' };
    const sending = request(`${client.url}/api/v1${path}`, { method, headers });
    sending.on('error', () => {});
    sending.write('a,b\n1,2\n');
    await expect.poll(uploads).toHaveLength(1);
    sending.destroy();
    await expect.poll(uploads).toEqual([]);
    expect((await client.request('/datasets/cut-off')).status).toBe(404);
    expect(files()).toEqual(before);
  });

  it('refuses an empty body, one over the limit (also without a length), and names that are paths', async () => {
    expect((await put('empty', '')).status).toBe(400);
    expect((await put('large', 'x'.repeat(2 ** 20 + 1))).status).toBe(413);
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
    const answer = await client
      .request('/datasets/endless', {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'x.csv' },
        body: endless,
        duplex: 'half',
      } as RequestInit)
      .then(
        (one) => one.status,
        () => 413,
      );
    expect(answer).toBe(413);
    for (const name of ['..%2f..%2fx', '%2e%2e', 'a%2fb', 'a%5cb', 'a%00b', 'x'.repeat(101)])
      expect([name, (await put(name, 'a\n1\n')).status]).toEqual([name, name === '%2e%2e' ? expect.any(Number) : 400]);
    for (const fileName of ['', '%E0%A4%A', `${'x'.repeat(300)}.csv`]) expect((await put('named', 'a\n1\n', fileName)).status).toBe(400);
    expect((await put('named', 'a\n1\n', '..%2F..%2Fetc%2Fpasswd.csv')).status).toBe(201);
    expect((await client.get<{ latest: { fileName: string } }>('/datasets/named')).latest.fileName).toBe('passwd.csv');
    expect(uploads()).toEqual([]);
    expect((await client.request('/datasets')).status).toBe(200);
  });

  it('keeps a file as it is, also when it is no table, and deletes datasets for good', async () => {
    const file = await client.request('/files', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent('Zürich.csv') },
      body: 'a,b\n1,2\n',
    });
    const made = (await file.json()) as { id: string; name: string; schema: { columns: unknown[] } };
    expect(made).toMatchObject({ name: 'Zürich.csv', schema: { columns: [{ name: 'a' }, { name: 'b' }] } });
    expect(await client.get(`/files/${made.id}`)).toMatchObject({ name: 'Zürich.csv' });
    const { latest } = await client.get<{ latest: Version }>('/datasets/people');
    expect((await client.request('/datasets/people', { method: 'DELETE' })).status).toBe(204);
    expect((await client.request(`/artifacts/${latest.hash}`)).status).toBe(404);
  });
});

describe('files in a dialect', () => {
  const text = 'Report of 2024\nday;price\n31.01.2024;1,5\n01.02.2024;-\n';
  const query = 'skipRows=1&decimal=,&nullWords=-&datetimeFormat=%25d.%25m.%25Y&quote=none';

  it('shows the first rows under options, which the upload then gives too', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'prices.csv' };
    const { id } = (await (await client.request('/files', { method: 'POST', headers, body: text })).json()) as { id: string };
    const preview = await client.get<{ schema: Version['schema']; rowCount: number; rows: unknown[][] }>(`/files/${id}/preview?${query}`);
    expect(preview).toMatchObject({
      rowCount: 2,
      rows: [
        ['2024-01-31T00:00:00.000Z', 1.5],
        ['2024-02-01T00:00:00.000Z', null],
      ],
    });
    const stored = (await (await client.request(`/datasets/prices?${query}`, { method: 'PUT', headers, body: text })).json()) as Version;
    expect(stored.schema).toEqual(preview.schema);
    expect(stored.schema.columns).toMatchObject([
      { name: 'day', type: 'datetime' },
      { name: 'price', type: 'number' },
    ]);
  });

  it('says which option is wrong', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'prices.csv' };
    const { id } = (await (await client.request('/files', { method: 'POST', headers, body: text })).json()) as { id: string };
    expect((await client.request(`/files/${id}/preview?datetimeFormat=%25Q`)).status).toBe(422);
    expect((await client.request(`/files/${id}/preview?skipRows=-1`)).status).toBe(400);
    expect((await client.request('/files/gone/preview')).status).toBe(404);
  });

  it('unpacks what it gets', async () => {
    const response = await put('packed', new Uint8Array(gzipSync('a,b\n1,2\n')), 'table.csv.gz');
    expect(await response.json()).toMatchObject({ rowCount: 1, schema: { columns: [{ name: 'a' }, { name: 'b' }] } });
    const bad = await put('packed', new Uint8Array(zipOf([{ name: '../a.csv', content: 'a\n1\n' }])), 'table.zip');
    expect([bad.status, ((await bad.json()) as { code: string }).code]).toEqual([422, 'data_unparsable']);
  });
});
