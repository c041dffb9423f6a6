import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

const FILES: Readonly<Record<string, string>> = {
  '/lake/old.csv': 'x\n1\n',
  '/lake/2026/03%20march.csv': 'x\n1\n2\n3\n',
  '/archive/2026/03%20march.csv': 'x\n1\n2\n',
  '/secret.csv': 'x\n1\n2\n3\n4\n5\n6\n',
};
const TOKEN = 'canary-of-the-lake';
interface Endpoint {
  id: string;
  token: string;
}
interface Run {
  status: string;
  rows: number | null;
  error: { code: string; message: string } | null;
}

const asked: { url: string; authorization: string | undefined }[] = [];
let web: Server;
let server: TestServer;
let client: Client;
/** One that promotes the path alone, one that promotes the connection too. */
let fixed: Endpoint;
let free: Endpoint;

const publish = async (name: string, promoted: readonly string[]): Promise<Endpoint> => {
  const params = { source: 'connection', connection: 'lake', path: 'old.csv' };
  const parameters = promoted.map((param) => ({ name: param === 'path' ? 'sales' : 'store', node: 'read', param }));
  const document = { formatVersion: 1, name, nodes: [{ id: 'read', type: 'import-data', version: 1, params }], parameters };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  return client.post<Endpoint>('/pipeline-endpoints', { name, pipelineId: id });
};
const submit = ({ id, token }: Endpoint, body: object, path = `/PipelineRuns/PipelineSubmit/${id}`) =>
  fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ ExperimentName: 'nightly', ...body }),
  });
async function ran(answer: Response): Promise<Run> {
  expect([answer.status < 300, answer.status < 300 ? '' : await answer.clone().text()]).toEqual([true, '']);
  const { status, steps } = await finishedRun(client, ((await answer.json()) as { Id: string }).Id);
  return { status, rows: steps[0]!.outputs[0]?.rowCount ?? null, error: steps[0]!.error };
}
const at = (RelativePath: string, DataStoreName: string | null = 'lake') => ({ DataPathAssignments: { sales: { DataStoreName, RelativePath } } });

beforeAll(async () => {
  web = createServer((request, response) => {
    asked.push({ url: request.url!, authorization: request.headers.authorization });
    const file = FILES[request.url!];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/csv', etag: `"${file.length}"` }).end(request.method === 'HEAD' ? undefined : file);
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  server = await startServer({ environment: { allowedHosts: ['127.0.0.1'] } });
  client = await signIn(server.url, server.signInLink);
  const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  await client.post('/connections', { name: 'lake', kind: 'http', settings: { url: `${base}/lake/`, authentication: 'bearer' }, secrets: { secret: TOKEN } });
  await client.post('/connections', { name: 'archive', kind: 'http', settings: { url: `${base}/archive` } });
  fixed = await publish('Fixed', ['path']);
  free = await publish('Free', ['path', 'connection']);
});
afterAll(async () => {
  await server.stop();
  web.closeAllConnections();
  web.close();
});

it('reads the path of a call from the node’s connection, with its secret', async () => {
  expect(await ran(await submit(fixed, {}))).toMatchObject({ status: 'succeeded', rows: 1 });
  expect(await ran(await submit(fixed, at('2026/03 march.csv')))).toMatchObject({ status: 'succeeded', rows: 3 });
  expect(await ran(await submit(fixed, at('2026/03 march.csv', null)))).toMatchObject({ rows: 3 });
  const own = await submit(fixed, at('2026/03 march.csv'), `/pipeline-endpoints/${fixed.id}/runs`);
  expect([own.status, await ran(own)]).toMatchObject([202, { rows: 3 }]);
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
});

it('reads from another connection where the pipeline lets a call choose it', async () => {
  asked.length = 0;
  expect(await ran(await submit(free, at('2026/03 march.csv', 'archive')))).toMatchObject({ status: 'succeeded', rows: 2 });
  expect(await ran(await submit(free, at('2026/03 march.csv')))).toMatchObject({ status: 'succeeded', rows: 3 });
  expect(asked.filter(({ url }) => url.startsWith('/archive')).map(({ authorization }) => authorization)).not.toContain(`Bearer ${TOKEN}`);
  const refused = await submit(fixed, at('2026/03 march.csv', 'archive'));
  expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'parameter_invalid', errors: [{ pointer: '/DataPathAssignments/sales' }] }]);
});

it('says which file is not there, and never leaves the base address', async () => {
  const gone = await ran(await submit(fixed, at('2026/04.csv')));
  expect(gone).toMatchObject({ status: 'failed', error: { code: 'connection_failed', message: expect.stringContaining('answered 404 for “2026/04.csv”') } });
  asked.length = 0;
  for (const path of [
    '../secret.csv',
    '/../secret.csv',
    '2026/../../secret.csv',
    '..%2Fsecret.csv',
    '%2e%2e/secret.csv',
    `http://127.0.0.1:1/x.csv`,
    '//127.0.0.1:1/x.csv',
    '..\\secret.csv',
  ]) {
    const answer = await submit(fixed, at(path));
    if (answer.status >= 300) expect([path, answer.status]).toEqual([path, 422]);
    else expect([path, (await ran(answer)).status]).toEqual([path, 'failed']);
  }
  expect(asked.filter(({ url }) => !url.startsWith('/lake/'))).toEqual([]);
});

it('refuses a connection that is not there, or that gives no files', async () => {
  const answer = await submit(free, at('a.csv', 'nowhere'));
  const text = answer.status < 300 ? JSON.stringify(await ran(answer)) : await answer.text();
  expect([text.includes('connection_missing'), text.includes('nowhere')]).toEqual([true, true]);
});

it('gives a version of a dataset to a call, by Azure’s words', async () => {
  for (const rows of ['x\n1\n', 'x\n1\n2\n']) {
    const stored = await client.request('/datasets/sales', {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'rows.csv' },
      body: rows,
    });
    expect(stored.status).toBe(201);
  }
  const node = { id: 'read', type: 'dataset', version: 1, params: { dataset: { name: 'sales', version: null } } };
  const document = { formatVersion: 1, name: 'Sales', nodes: [node], parameters: [{ name: 'rows', node: 'read', param: 'dataset' }] };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const endpoint = await client.post<Endpoint>('/pipeline-endpoints', { name: 'Sales', pipelineId: id });
  const given = (Id: string) => ({ DataSetDefinitionValueAssignments: { rows: { SavedDataSetReference: { Id } } } });
  expect(await ran(await submit(endpoint, {}))).toMatchObject({ rows: 2 });
  expect(await ran(await submit(endpoint, given('sales:1')))).toMatchObject({ rows: 1 });
  expect((await submit(endpoint, given('sales:9'))).status).toBe(422);
});
