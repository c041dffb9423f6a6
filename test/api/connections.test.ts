import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_KINDS } from '#server/connections/kinds.ts';
import type { ConnectionView, TestResult } from '#server/connections/connections.ts';
import type { ConnectionKindView } from '#server/routes/connections.ts';
import { signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let client: Client;
const base = realpathSync(mkdtempSync(join(tmpdir(), 'modelwright-connections-')));
const folder = join(base, 'data');

beforeAll(async () => {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'a.csv'), 'a,b\n1,2\n');
  server = await startServer({ environment: { allowedFolders: [folder], allowedHosts: ['127.0.0.1'] } });
  client = await signIn(server.url, server.signInLink);
});
afterAll(async () => {
  await server.stop();
  rmSync(base, { recursive: true, force: true });
});

const send = (method: string, path: string, body?: unknown): Promise<Response> =>
  client.request(path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
const refused = async (answer: Promise<Response>): Promise<{ status: number; code: string; errors?: { pointer: string }[] }> =>
  (await (await answer).json()) as never;
const files = (name: string, more: object = {}): object => ({ name, kind: 'folder', settings: { folder }, ...more });

describe('kinds', () => {
  it('have forms with title and widget', async () => {
    const { items } = await client.get<{ items: ConnectionKindView[] }>('/connection-kinds');
    expect(items.find(({ kind }) => kind === 'folder')).toMatchObject({
      title: 'Folder',
      gives: 'files',
      writes: true,
      settings: { properties: { folder: { title: 'Folder', widget: { kind: 'text' } } } },
      secrets: { properties: {} },
    });
    expect(new Set(items.map(({ kind }) => kind)).size).toBe(items.length);
  });
});

describe('a connection', () => {
  it('is made, listed, changed and deleted', async () => {
    const made = await client.post<ConnectionView>('/connections', files('files', { description: 'Shared files' }));
    expect(made).toMatchObject({ name: 'files', description: 'Shared files', kind: 'folder', settings: { folder }, secretsSet: [] });
    expect(await client.get('/connections')).toEqual({ items: [made] });
    const changed = (await (await send('PATCH', '/connections/files', { description: 'Others' })).json()) as ConnectionView;
    expect(changed).toMatchObject({ description: 'Others', settings: { folder } });
    expect(await client.get('/connections/files')).toEqual(changed);
    expect((await send('DELETE', '/connections/files')).status).toBe(204);
    expect(await refused(send('GET', '/connections/files'))).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('is refused with the fields that are wrong', async () => {
    await client.post('/connections', files('taken'));
    expect(await refused(send('POST', '/connections', files('taken')))).toMatchObject({ status: 409, code: 'name_taken' });
    expect(await refused(send('POST', '/connections', files('../up')))).toMatchObject({ status: 422, errors: [{ pointer: '/name' }] });
    expect(await refused(send('POST', '/connections', { ...files('odd'), kind: 'carrier-pigeon' }))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/kind' }],
    });
    expect(await refused(send('POST', '/connections', files('odd', { settings: { folder: 7, more: 1 } })))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/settings/folder' }, { pointer: '/settings' }],
    });
    expect(await refused(send('POST', '/connections', files('odd', { secrets: { password: 'x' } })))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/secrets' }],
    });
    expect(await refused(send('PATCH', '/connections/nobody', {}))).toMatchObject({ status: 404 });
  });

  it('cannot be deleted while a pipeline names it', async () => {
    await client.post('/connections', files('needed'));
    const nodes = [{ id: 'read', type: 'import-data', version: 1, name: 'Read', params: { source: 'connection', connection: 'needed', path: 'a.csv' } }];
    const document = { formatVersion: 1, name: 'Reads', nodes, edges: [] };
    const { id } = await client.post<{ id: string }>('/pipelines', { document });
    const answer = await send('DELETE', '/connections/needed');
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([409, expect.stringContaining('"Reads"')]);
    expect((await send('DELETE', `/pipelines/${id}`)).status).toBe(204);
    expect((await send('DELETE', '/connections/needed')).status).toBe(204);
  });

  it('needs a signed-in caller', async () => {
    for (const path of ['/connections', '/connection-kinds', '/connections/taken/items'])
      expect((await fetch(`${server.url}/api/v1${path}`)).status, path).toBe(401);
  });
});

describe('what is behind it', () => {
  it('is tried, saved or not', async () => {
    await client.post('/connections', files('tried'));
    expect(await client.post<TestResult>('/connections/tried/test')).toEqual({ ok: true, message: 'The folder can be read: 1 file and 1 folder.' });
    const draft = (path: string): Promise<TestResult> => client.post<TestResult>('/connections/test', { kind: 'folder', settings: { folder: path } });
    expect(await draft(folder)).toMatchObject({ ok: true });
    for (const path of ['/etc', `${folder}/..`, base, ''])
      expect(await draft(path), path).toMatchObject({ ok: false, code: 'connection_refused', param: 'folder' });
  });

  it('is listed, and nothing beside it', async () => {
    await client.post('/connections', files('listed'));
    const { items } = await client.get<{ items: unknown[] }>('/connections/listed/items');
    expect(items).toMatchObject([
      { path: 'a.csv', type: 'file', bytes: 8 },
      { path: 'sub', type: 'folder' },
    ]);
    expect(await client.get('/connections/listed/items?path=sub')).toEqual({ items: [] });
    for (const [path, code] of [
      ['..', 'connection_refused'],
      ['sub/../..', 'connection_refused'],
      ['gone', 'connection_failed'],
    ] as const)
      expect(await refused(send('GET', `/connections/listed/items?path=${encodeURIComponent(path)}`)), path).toMatchObject({ status: 422, code });
  });
});

describe('secrets that are kept', () => {
  const heard: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end();
  });
  let elsewhere = '';
  beforeAll(async () => {
    await once(other.listen(0, '127.0.0.1'), 'listening');
    elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    await client.post('/connections', { name: 'web', kind: 'http', settings: web('http://127.0.0.1:9/'), secrets: { secret: 'of-the-first-place' } });
  });
  afterAll(() => other.close());
  const web = (url: string): object => ({ url, authentication: 'bearer' });
  const wanted = { status: 422, code: 'secrets_needed', errors: [{ pointer: '/secrets/secret' }] };

  it('are not tried at another place', async () => {
    expect(await refused(send('POST', '/connections/test', { name: 'web', kind: 'http', settings: web(elsewhere) }))).toMatchObject(wanted);
    expect(heard).toEqual([]);
    const given = { name: 'web', kind: 'http', settings: web(elsewhere), secrets: { secret: 'another' } };
    expect(await client.post('/connections/test', given)).toMatchObject({ ok: true });
    expect(heard).toEqual(['Bearer another']);
  });

  it('do not move with the connection', async () => {
    const answer = await send('PATCH', '/connections/web', { settings: web(elsewhere) });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      422,
      'With “Base address” the place changes that the secrets are sent to. Give them again: “Token or value of the header”.',
    ]);
    expect(await client.get('/connections/web')).toMatchObject({ settings: { url: 'http://127.0.0.1:9/' }, secretsSet: ['secret'] });
    expect((await send('PATCH', '/connections/web', { settings: { ...web('http://127.0.0.1:9/'), header: 'X-Key' }, description: 'Same place' })).status).toBe(
      200,
    );
    const moved = await send('PATCH', '/connections/web', { settings: web(elsewhere), secrets: { secret: '' } });
    expect(await moved.json()).toMatchObject({ settings: { url: elsewhere }, secretsSet: [] });
    expect((await send('PATCH', '/connections/web', { settings: web('http://127.0.0.1:9/') })).status, 'nothing is kept that could leak').toBe(200);
  });

  it('are bound by every kind that has some', () => {
    for (const { kind, secrets, secretsGoTo } of CONNECTION_KINDS) expect(secretsGoTo.length > 0, kind).toBe(Object.keys(secrets.shape).length > 0);
  });

  it.each([
    ['host', 'elsewhere.example.org'],
    ['port', 5433],
    ['encryption', 'none'],
    ['certificate', 'of another authority'],
  ])('are asked for again with another %s of a database', async (setting, value) => {
    const name = `database-${setting}`;
    const settings = { host: 'database.example.org', database: 'shop', user: 'reader' };
    await client.post('/connections', { name, kind: 'postgresql', settings, secrets: { password: 'x' } });
    const change = { settings: { ...settings, [setting]: value } };
    const needed = { ...wanted, errors: [{ pointer: '/secrets/password' }] };
    expect(await refused(send('PATCH', `/connections/${name}`, change))).toMatchObject(needed);
    expect(await refused(send('POST', '/connections/test', { name, kind: 'postgresql', ...change }))).toMatchObject(needed);
    expect((await send('PATCH', `/connections/${name}`, { ...change, secrets: { password: 'y' } })).status).toBe(200);
  });
});
