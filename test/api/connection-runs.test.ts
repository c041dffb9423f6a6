import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

const SECRET = 'canary+secret/of=the connection';
const base = realpathSync(mkdtempSync(join(tmpdir(), 'modelwright-connection-runs-')));
const folder = join(base, 'files');
const sqliteFile = join(folder, 'shop.sqlite');
const lines: string[] = [];
let source: Sqlite.Database;
let web: Server;
let server: TestServer;
let client: Client;

beforeAll(async () => {
  mkdirSync(folder);
  source = new Sqlite(sqliteFile);
  source.exec('CREATE TABLE sales (id INTEGER PRIMARY KEY, amount REAL NOT NULL)');
  web = createServer((request, response) => {
    if (request.headers.authorization === `Bearer ${SECRET}`) response.end('a,b\n1,2\n');
    // A source that is so kind as to say what it was sent.
    else response.writeHead(401).end(String(request.headers.authorization));
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  server = await startServer({ environment: { allowedFolders: [folder], allowedHosts: ['127.0.0.1'] }, log });
  client = await signIn(server.url, server.signInLink);
  await client.post('/connections', { name: 'files', kind: 'folder', settings: { folder } });
  await client.post('/connections', { name: 'shop', kind: 'sqlite', settings: { file: sqliteFile } });
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;
  await client.post('/connections', { name: 'web', kind: 'http', settings: { url, authentication: 'bearer' }, secrets: { secret: SECRET } });
});
afterAll(async () => {
  await server.stop();
  web.closeAllConnections();
  web.close();
  source.close();
  rmSync(base, { recursive: true, force: true });
});

const importing = (params: object): object => ({ id: 'read', type: 'import-data', version: 1, name: 'Read', params });
const made = async (name: string, ...nodes: object[]): Promise<string> => {
  const edges = nodes.length === 2 ? [{ from: { node: 'read', port: 'data' }, to: { node: 'write', port: 'data' } }] : [];
  return (await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name, nodes, edges } })).id;
};
const run = async (pipeline: string, more: object = {}) => finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, more)).id);
type Run = Awaited<ReturnType<typeof run>>;
const stepOf = ({ steps }: Run, node = 'read') => {
  const step = steps.find((each) => each.node === node)!;
  return { status: step.status, error: step.error?.code ?? null, rows: step.outputs[0]?.rowCount ?? null, hash: step.outputs[0]?.hash ?? null };
};
const patch = (path: string, body: object): Promise<Response> =>
  client.request(path, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('files', () => {
  it('are read, kept until they are to be read again, and written', async () => {
    writeFileSync(join(folder, 'in.csv'), 'name,n\n=1+1,1\nb,2\n');
    const params = { source: 'connection', connection: 'files', path: 'in.csv' };
    const writing = { id: 'write', type: 'export-data', version: 1, name: 'Write', params: { connection: 'files', path: 'out/result.csv' } };
    const pipeline = await made('Copy', importing(params), writing);
    const first = await run(pipeline);
    expect([stepOf(first), stepOf(first, 'write').status]).toEqual([expect.objectContaining({ status: 'succeeded', rows: 2 }), 'succeeded']);
    expect(readFileSync(join(folder, 'out/result.csv'), 'utf8')).toBe("name,n\r\n'=1+1,1\r\nb,2\r\n");
    writeFileSync(join(folder, 'in.csv'), 'name,n\nc,3\n');
    expect(stepOf(await run(pipeline))).toMatchObject({ status: 'reused', rows: 2 });
    const again = await made('Again', importing({ ...params, regenerate: true }));
    expect(stepOf(await run(again))).toMatchObject({ status: 'succeeded', rows: 1 });
  });

  it('of a connection that is not there are told of before the run', async () => {
    const pipeline = await made('Gone', importing({ source: 'connection', connection: 'gone', path: 'a.csv' }));
    const answer = await client.request(`/pipelines/${pipeline}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(await answer.json()).toMatchObject({ status: 422, issues: [{ code: 'connection_missing', node: 'read', param: 'connection' }] });
  });

  it('that lie outside are refused in the run', async () => {
    const pipeline = await made('Out', importing({ source: 'connection', connection: 'files', path: '../secret.csv' }));
    expect(stepOf(await run(pipeline))).toMatchObject({ status: 'failed', error: 'connection_refused' });
  });
});

describe('a watermark', () => {
  const add = (...amounts: number[]): void => amounts.forEach((amount) => source.prepare('INSERT INTO sales (amount) VALUES (?)').run(amount));
  const params = { source: 'table', connection: 'shop', table: 'sales', incrementalColumn: 'id' };

  it('reads what is new and adds it, once', async () => {
    add(1, 2, 3);
    const pipeline = await made('Sales', importing({ ...params, regenerate: true }));
    const first = stepOf(await run(pipeline));
    expect(first).toMatchObject({ status: 'succeeded', rows: 3 });
    expect(stepOf(await run(pipeline))).toEqual(first);
    source.exec('UPDATE sales SET amount = 100 WHERE id = 1');
    add(4, 5);
    const second = stepOf(await run(pipeline));
    expect(second).toMatchObject({ status: 'succeeded', rows: 5 });
    const rows = await client.get<{ rows: unknown[][] }>(`/artifacts/${second.hash}/rows?limit=10`);
    expect(rows.rows.map((row) => row.slice(-2).map(Number))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
    // Everything anew: the changed row is seen.
    const forced = stepOf(await run(pipeline, { force: true }));
    expect(forced.rows).toBe(5);
    expect(forced.hash).not.toBe(second.hash);
    expect(stepOf(await run(pipeline))).toEqual(forced);
  });

  it('keeps the last result without “Regenerate output”', async () => {
    const pipeline = await made('Kept', importing(params));
    const first = stepOf(await run(pipeline));
    add(6);
    expect(stepOf(await run(pipeline))).toEqual({ ...first, status: 'reused' });
  });

  it('begins anew for another query, and refuses a column that does not rise', async () => {
    const query = { ...params, source: 'query', query: 'SELECT id, amount FROM sales WHERE id <= 2', regenerate: true };
    const pipeline = await made('Query', importing(query));
    expect(stepOf(await run(pipeline))).toMatchObject({ status: 'succeeded', rows: 2 });
    const text = await made('Text', importing({ ...query, query: "SELECT 'x' AS id" }));
    expect(stepOf(await run(text))).toMatchObject({ status: 'failed', error: 'column_wrong_type' });
  });
});

describe('secrets', () => {
  const params = { source: 'connection', connection: 'web', path: 'data.csv', regenerate: true };

  it('open the source, and stay with a change that does not name them', async () => {
    const pipeline = await made('Web', importing(params));
    expect(stepOf(await run(pipeline))).toMatchObject({ status: 'succeeded', rows: 1 });
    expect(await (await patch('/connections/web', { description: 'With a token' })).json()).toMatchObject({ secretsSet: ['secret'] });
    expect(await client.post('/connections/web/test')).toMatchObject({ ok: true });
    expect(stepOf(await run(pipeline))).toMatchObject({ status: 'succeeded' });
  });

  it('that are wrong fail the run, which is resumed once they are right', async () => {
    const pipeline = await made('Wrong', importing(params));
    await patch('/connections/web', { secrets: { secret: `${SECRET}-wrong` } });
    const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`);
    expect(stepOf(await finishedRun(client, id))).toMatchObject({ status: 'failed', error: 'connection_failed' });
    await patch('/connections/web', { secrets: { secret: SECRET } });
    const resumed = await client.post<{ id: string }>(`/runs/${id}/resume`);
    expect(stepOf(await finishedRun(client, resumed.id))).toMatchObject({ status: 'succeeded', rows: 1 });
  });

  it('are in no answer, no log and no file of the data folder', async () => {
    const answers = await Promise.all(
      ['/connections', '/connections/web', '/connection-kinds', '/runs?limit=200'].map(async (path) => (await client.request(path)).text()),
    );
    const { items } = await client.get<{ items: { id: string }[] }>('/runs?limit=200');
    for (const { id } of items) for (const part of ['', '/events', '/logs']) answers.push(await (await client.request(`/runs/${id}${part}`)).text());
    server.running.services.database.$client.pragma('wal_checkpoint(TRUNCATE)');
    const files = readdirSync(server.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const stored = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    expect(files.map(({ name }) => name)).toContain('modelwright.sqlite');
    server.running.services.log.info('the log is heard');
    expect(lines.length).toBeGreaterThan(0);
    for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')]) {
      expect(answers.filter((text) => text.includes(form))).toEqual([]);
      expect(lines.filter((line) => line.includes(form))).toEqual([]);
      expect(files.filter((_, index) => stored[index]!.includes(form)).map(({ name }) => name)).toEqual([]);
    }
  });
});
