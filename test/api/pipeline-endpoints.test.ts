import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAUSES } from '#server/pipeline-endpoints/callbacks.ts';
import { isSignedBy, sign } from '#server/pipeline-endpoints/signature.ts';
import { ManualClock } from '#server/scheduler/clock.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Endpoint {
  id: string;
  token: string;
  url: string;
  defaultVersion: number | null;
  versions: { version: number; parameters: { name: string }[] }[];
  tokens: { id: string; name: string }[];
  callCount: number;
  callback: { enabled: boolean } | null;
}
interface Heard {
  headers: Record<string, string>;
  body: string;
}

const clock = new ManualClock(Date.UTC(2026, 2, 2, 12));
let server: TestServer;
let client: Client;
let listener: Server;
let pipelineId: string;
let endpoint: Endpoint;
const heard: Heard[] = [];
/** What the callback address answers, one after the other; at last 200. */
const answers: number[] = [];
let told = Promise.withResolvers<void>();

const documentOf = (data: string) => ({
  formatVersion: 1,
  name: 'Published',
  nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data } }],
  parameters: [{ name: 'rows', node: 'a', param: 'data' }],
});
const send = (method: string, path: string, body: unknown) =>
  client.request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const post = (path: string, body: unknown, headers: Record<string, string>) =>
  fetch(`${server.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const call = (body: unknown = {}, headers: Record<string, string> = {}, search = '') =>
  post(`/pipeline-endpoints/${endpoint.id}/runs${search}`, body, { authorization: `Bearer ${endpoint.token}`, ...headers });
const rowsOf = async (answer: Response): Promise<number | null> => {
  expect(answer.status).toBeLessThan(300);
  const { id, Id } = (await answer.json()) as { id?: string; Id?: string };
  return (await finishedRun(client, (id ?? Id)!)).steps[0]!.outputs[0]!.rowCount;
};

beforeAll(async () => {
  listener = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(answers.shift() ?? 200).end();
      told.resolve();
    });
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  server = await startServer({ clock, environment: { allowedHosts: [`127.0.0.1:${(listener.address() as AddressInfo).port}`] } });
  client = await signIn(server.url, server.signInLink);
  pipelineId = (await client.post<{ id: string }>('/pipelines', { document: documentOf('x\n1\n') })).id;
  endpoint = await client.post('/pipeline-endpoints', { name: 'Retrain', pipelineId });
});
afterAll(async () => {
  await server.stop();
  listener.close();
});

describe('a pipeline endpoint', () => {
  it('runs the version that was published, not what was saved since', async () => {
    expect(endpoint).toMatchObject({ defaultVersion: 1, versions: [{ version: 1, parameters: [{ name: 'rows' }] }] });
    const saved = await client.get<{ revision: number }>(`/pipelines/${pipelineId}`);
    const changed = await client.request(`/pipelines/${pipelineId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': `"${saved.revision}"` },
      body: JSON.stringify({ document: documentOf('x\n1\n2\n3\n') }),
    });
    expect(changed.status).toBe(200);
    expect(await rowsOf(await call())).toBe(1);
    const next = (await (await send('POST', `/pipeline-endpoints/${endpoint.id}/versions`, { makeDefault: false })).json()) as Endpoint;
    expect(next).toMatchObject({ defaultVersion: 1, versions: [{ version: 2 }, { version: 1 }] });
    expect(await rowsOf(await call({ version: 2 }))).toBe(3);
    expect((await send('PATCH', `/pipeline-endpoints/${endpoint.id}`, { defaultVersion: 2 })).status).toBe(200);
    expect(await rowsOf(await call())).toBe(3);
    expect((await send('PATCH', `/pipeline-endpoints/${endpoint.id}/versions/1`, { enabled: false })).status).toBe(200);
    expect((await call({ version: 1 })).status).toBe(409);
    expect((await call({ version: 9 })).status).toBe(422);
    expect((await send('PATCH', `/pipeline-endpoints/${endpoint.id}`, { defaultVersion: 9 })).status).toBe(422);
  });

  it('takes the parameters that were published, and those alone', async () => {
    const none = (await (await send('POST', `/pipeline-endpoints/${endpoint.id}/versions`, { parameters: [], makeDefault: false })).json()) as Endpoint;
    const version = none.versions[0]!.version;
    expect((await call({ version, parameters: { rows: 'x\n1\n' } })).status).toBe(422);
    const required = [{ name: 'rows', required: true }];
    const strict = (await (await send('POST', `/pipeline-endpoints/${endpoint.id}/versions`, { parameters: required, makeDefault: false })).json()) as Endpoint;
    expect((await call({ version: strict.versions[0]!.version })).status).toBe(422);
    const given = [{ name: 'rows', value: 'x\n1\n2\n' }];
    const defaults = (await (await send('POST', `/pipeline-endpoints/${endpoint.id}/versions`, { parameters: given, makeDefault: false })).json()) as Endpoint;
    expect(await rowsOf(await call({ version: defaults.versions[0]!.version }))).toBe(2);
    for (const body of [
      { nodes: [] },
      { document: {} },
      { parameters: { nope: 1 } },
      { DataPathAssignments: { p: { DataStoreName: 'a', RelativePath: 'b' } } },
    ])
      expect([body, (await call(body)).status]).toEqual([body, 422]);
  });

  it('waits for the end when asked to, and gives what came out', async () => {
    const answer = await call({ parameters: { rows: 'x\n5\n6\n' } }, {}, '?wait=60');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'succeeded', error: null, outputs: [{ node: 'a', port: 'data', kind: 'table', rowCount: 2 }] });
    expect((await call({}, {}, '?wait=61')).status).toBe(400);
  });

  it('speaks Azure’s words at Azure’s addresses', async () => {
    const body = { ExperimentName: 'e', RunSource: 'SDK', ParameterAssignments: { rows: 'x\n1\n2\n3\n4\n' }, DataPathAssignments: {} };
    const headers = { authorization: `Bearer ${endpoint.token}` };
    for (const path of [`/PipelineRuns/PipelineSubmit/${endpoint.id}`, `/PipelineRuns/PipelineEndpointSubmit/Id/${endpoint.id}`]) {
      const answer = await post(path, body, headers);
      expect(answer.status).toBe(200);
      expect(Object.keys((await answer.clone().json()) as object)).toEqual(['Id']);
      expect(await rowsOf(answer)).toBe(4);
    }
    const answer = await call(body);
    expect(answer.status).toBe(202);
    const { id, Id } = (await answer.json()) as { id: string; Id: string };
    expect(Id).toBe(id);
  });

  it('replays the answer to a key, also after the default version has changed', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await call({}, headers);
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([202, null]);
    await send('PATCH', `/pipeline-endpoints/${endpoint.id}`, { defaultVersion: 1 });
    const again = await call({}, headers);
    await send('PATCH', `/pipeline-endpoints/${endpoint.id}`, { defaultVersion: 2 });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect(await again.json()).toEqual(await first.json());
    expect((await call({ parameters: { rows: 'x\n7\n' } }, headers)).status).toBe(422);
    const many = await Promise.all(Array.from({ length: 50 }, () => call({}, { 'idempotency-key': 'order-2' })));
    expect(new Set(await Promise.all(many.map(async (each) => ((await each.json()) as { id: string }).id))).size).toBe(1);
    expect(many.filter((each) => each.headers.get('idempotency-replayed') === null)).toHaveLength(1);
  });

  it('has tokens that expire, and that overlap when they are changed', async () => {
    const made = await client.post<{ id: string; token: string }>(`/pipeline-endpoints/${endpoint.id}/tokens`, {
      name: 'Short',
      expiresAt: new Date(clock.now() + 60_000).toISOString(),
    });
    const use = async (token: string) => (await call({}, { authorization: `Bearer ${token}` })).status;
    expect(await use(made.token)).toBe(202);
    const next = await client.post<{ token: string }>(`/pipeline-endpoints/${endpoint.id}/tokens/${made.id}/rotate`, { overlapSeconds: 30 });
    expect([await use(made.token), await use(next.token)]).toEqual([202, 202]);
    clock.turnBy(31_000);
    expect([await use(made.token), await use(next.token)]).toEqual([401, 202]);
    const page = JSON.stringify(await client.get(`/pipeline-endpoints/${endpoint.id}`));
    for (const token of [endpoint.token, made.token, next.token]) expect(page).not.toContain(token);
  });

  it('takes calls that are signed, within five minutes, and one run of each message', async () => {
    const { secret } = await client.post<{ secret: string }>(`/pipeline-endpoints/${endpoint.id}/signing-secret`);
    const signed = (id: string, timestamp: number, body: string, by = secret) =>
      post(`/pipeline-endpoints/${endpoint.id}/runs`, body, {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(by, { id, timestamp, body }),
      });
    const now = Math.floor(clock.now() / 1_000);
    const first = await signed('m1', now, '{"parameters":{"rows":"x\\n1\\n"}}');
    expect(first.status).toBe(202);
    const again = await signed('m1', now + 1, '{"parameters":{"rows":"x\\n1\\n"}}');
    expect([again.headers.get('idempotency-replayed'), await again.json()]).toEqual(['true', await first.json()]);
    expect((await signed('m1', now, '{}')).status).toBe(422);
    expect((await signed('m2', now - 301, '{}')).status).toBe(401);
    expect((await signed('m3', now + 301, '{}')).status).toBe(401);
    expect((await signed('m4', now, '{}', 'whsec_AAAA')).status).toBe(401);
    const forged = await post(`/pipeline-endpoints/${endpoint.id}/runs`, '{"version":1}', {
      'webhook-id': 'm5',
      'webhook-timestamp': String(now),
      'webhook-signature': sign(secret, { id: 'm5', timestamp: now, body: '{}' }),
    });
    expect(forged.status).toBe(401);
    const { secret: next } = await client.post<{ secret: string }>(`/pipeline-endpoints/${endpoint.id}/signing-secret`, { overlapSeconds: 60 });
    expect([(await signed('m6', now, '{}')).status, (await signed('m7', now, '{}', next)).status]).toEqual([202, 202]);
    clock.turnBy(61_000);
    const later = Math.floor(clock.now() / 1_000);
    expect([(await signed('m8', later, '{}')).status, (await signed('m9', later, '{}', next)).status]).toEqual([401, 202]);
  });

  it('limits the calls of each token, and says when to come again', async () => {
    const other = await client.post<Endpoint>('/pipeline-endpoints', { name: 'Limited', pipelineId });
    await send('PATCH', `/pipeline-endpoints/${other.id}`, { callsPerMinute: 2 });
    const use = () => post(`/pipeline-endpoints/${other.id}/runs`, {}, { authorization: `Bearer ${other.token}` });
    const statuses = [(await use()).status, (await use()).status];
    const third = await use();
    expect([...statuses, third.status, third.headers.get('retry-after')]).toEqual([202, 202, 429, '30']);
    clock.turnBy(30_000);
    expect((await use()).status).toBe(202);
    const { items } = await client.get<{ items: { status: number; code: string | null; caller: string }[] }>(`/pipeline-endpoints/${other.id}/calls`);
    expect(items.map(({ status, code }) => [status, code])).toEqual([
      [202, null],
      [429, 'calls_too_many'],
      [202, null],
      [202, null],
    ]);
    expect(JSON.stringify(items)).not.toContain(other.token);
  });

  it('tells a callback address that a run has ended, signed, until it listens, also after a restart', async () => {
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;
    const { secret } = (await (await send('PUT', `/pipeline-endpoints/${endpoint.id}/callback`, { url })).json()) as { secret: string };
    expect((await send('PUT', `/pipeline-endpoints/${endpoint.id}/callback`, { url: 'ftp://x' })).status).toBe(422);
    answers.push(500);
    const { id } = (await (await call()).json()) as { id: string };
    await finishedRun(client, id);
    await told.promise;
    await server.running.services.callbacks.idle();
    const deliveries = () => client.get<{ items: { state: string; attempts: number; status: number }[] }>(`/pipeline-endpoints/${endpoint.id}/callbacks`);
    expect((await deliveries()).items).toMatchObject([{ state: 'due', attempts: 1, status: 500 }]);
    told = Promise.withResolvers<void>();
    await server.stop({ keep: true });
    clock.turnBy(PAUSES[0]! * 2_000);
    server = await startServer({ clock, dataFolder: server.dataFolder, environment: { allowedHosts: [new URL(url).host] } });
    client = await signIn(server.url, server.signInLink);
    await told.promise;
    await server.running.services.callbacks.idle();
    expect((await deliveries()).items).toMatchObject([{ state: 'delivered', attempts: 2, status: 200 }]);
    const [one, two] = heard.map(({ headers, body }) => ({
      id: headers['webhook-id'],
      type: (JSON.parse(body) as { type: string }).type,
      run: (JSON.parse(body) as { data: { run: { id: string } } }).data.run.id,
      good: isSignedBy([secret], { id: headers['webhook-id']!, timestamp: Number(headers['webhook-timestamp']), body }, headers['webhook-signature']!),
    }));
    expect(one).toEqual({ id: two!.id, type: 'run.succeeded', run: id, good: true });
    expect(two!.good).toBe(true);
    answers.push(410);
    told = Promise.withResolvers<void>();
    await finishedRun(client, ((await (await call()).json()) as { id: string }).id);
    await told.promise;
    await server.running.services.callbacks.idle();
    expect((await client.get<Endpoint>(`/pipeline-endpoints/${endpoint.id}`)).callback).toMatchObject({ enabled: false });
  });

  it('can be called by the older address, and deleted', async () => {
    expect((await post(`/triggers/${endpoint.id}/runs`, {}, { authorization: `Bearer ${endpoint.token}` })).status).toBe(202);
    expect((await client.request(`/pipeline-endpoints/${endpoint.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call()).status).toBe(401);
  });
});
