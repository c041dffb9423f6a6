import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '#server/app.ts';
import { startServer, startedServer } from '#test/support/server.ts';

/** Open to everyone. */
const PUBLIC = ['GET /healthz', 'GET /readyz', 'POST /api/v1/session'];
/** Open to whoever brings the secret of that one endpoint or trigger; the route checks it. */
const OWN_SECRET = [
  'POST /api/v1/triggers/:id/runs',
  'POST /api/v1/pipeline-endpoints/:id/runs',
  'POST /api/v1/PipelineRuns/PipelineSubmit/:id',
  'POST /api/v1/PipelineRuns/PipelineEndpointSubmit/Id/:id',
];
/** Of the door in front of the router. Open to everyone: */
const SCORING_PUBLIC = ['GET /v2/health/live', 'GET /v2/health/ready'];
/** Of that door too: open to the endpoint's keys, an API token or a session. */
const SCORING = [
  'POST /api/v1/endpoints/x/score',
  'GET /v2',
  'GET /v2/models/x',
  'GET /v2/models/x/ready',
  'GET /v2/models/x/config',
  'GET /v2/models/x/stats',
  'GET /v2/models/x/versions/v1',
  'POST /v2/models/x/infer',
  'POST /v2/models/x/versions/v1/infer',
  'GET /v2/models/stats',
  'POST /v2/repository/index',
  'POST /v2/repository/models/x/load',
  'GET /v2/nothing',
  'GET /endpoints/x/v2',
  'GET /endpoints/x/v2/health/live',
  'POST /endpoints/x/v2/models/x/infer',
  'POST /endpoints/x/invocations',
  'GET /endpoints/x/ping',
  'GET /endpoints/x/health',
  'GET /endpoints/x/version',
  'POST /endpoints/x/score',
  'GET /endpoints/x/swagger.json',
];

let routes: { key: string; method: string; path: string; permitted: boolean }[];

const { server, client } = await startedServer();
beforeAll(async () => {
  const table = createApp(server.running.services).routes.filter((route) => route.method !== 'ALL');
  routes = [...Map.groupBy(table, ({ method, path }) => `${method} ${path}`)].map(([key, group]) => ({
    key,
    method: group[0]!.method,
    path: group[0]!.path,
    permitted: group.some((route) => 'permission' in route.handler),
  }));
});

const addressOf = (path: string) => path.replaceAll(/:[a-z]+/gi, 'x');

/** fetch hides Host, Origin and Sec-Fetch-Site; a bare request does not. */
function bare(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url);
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
        setHost: headers.host === undefined,
      },
      (answer) => {
        let text = '';
        answer.on('data', (piece: Buffer) => (text += piece.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, headers: answer.headers }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
const cookieOf = async (): Promise<string> => {
  const answer = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: server.running.signInLink().split('#token=')[1] }),
  });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
};

describe('the router’s own table', () => {
  it('has every route placed: permitted by a rule, public, or opened by its own secret', () => {
    expect(routes.length).toBeGreaterThan(50);
    expect(
      routes
        .filter((route) => !route.permitted)
        .map((route) => route.key)
        .sort(),
    ).toEqual([...PUBLIC, ...OWN_SECRET].sort());
  });

  it('gives nothing to a caller without credentials', async () => {
    for (const { key, method, path } of routes) {
      if (PUBLIC.includes(key)) continue;
      const answer = await fetch(server.url + addressOf(path), {
        method,
        ...(method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } }),
      });
      expect([key, answer.status]).toEqual([key, 401]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('gives nothing of what scores to a caller without credentials, in whatever protocol', async () => {
    for (const key of [...SCORING, ...SCORING_PUBLIC]) {
      const [method, path] = key.split(' ') as [string, string];
      const headers: Record<string, string>[] = [{}, { authorization: 'Bearer mwe_wrong' }, { cookie: 'modelwright_session=forged', origin: server.url }];
      for (const each of headers) {
        const answer = await fetch(server.url + path, {
          method,
          ...(method === 'GET' ? { headers: each } : { body: '{}', headers: { ...each, 'content-type': 'application/json' } }),
        });
        expect([key, answer.status]).toEqual([key, SCORING_PUBLIC.includes(key) ? 200 : 401]);
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      }
    }
    const cookie = await cookieOf();
    for (const key of SCORING) {
      const [method, path] = key.split(' ') as [string, string];
      expect([key, (await bare(method, path, { host: 'evil.example' })).status]).toEqual([key, 421]);
      expect([key, (await bare(method, path, { cookie, host: new URL(server.url).host, origin: 'http://evil.example' })).status]).toEqual([key, 403]);
    }
  });

  it('gives nothing for a forged session, a wrong token or another scheme', async () => {
    const forged: Record<string, string>[] = [
      { cookie: 'modelwright_session=forged' },
      { authorization: 'Bearer mw_wrong' },
      { authorization: 'Basic bXc6bXc=' },
      { authorization: 'Bearer' },
    ];
    for (const headers of forged) {
      expect((await fetch(`${server.url}/api/v1/pipelines`, { headers })).status).toBe(401);
    }
  });

  it('does not let variants of an address past the guard', async () => {
    const variants = [
      '/api//v1/pipelines',
      '/api/v1//pipelines',
      '/api/%2e%2e/api/v1/pipelines',
      '/api%2Fv1%2Fpipelines',
      '/API/v1/pipelines',
      '/api/v1/pipelines/',
      '/api/v1/pipelines;x',
      '/./api/v1/pipelines',
      '/healthz/../api/v1/pipelines',
    ];
    const extras: Record<string, string>[] = [{}, { 'x-original-url': '/healthz' }, { 'x-http-method-override': 'GET' }];
    for (const path of variants) {
      for (const extra of extras) {
        const answer = await bare('GET', path, extra);
        expect([path, /"items"/.test(answer.body)]).toEqual([path, false]);
        expect([400, 401, 404, 200], path).toContain(answer.status);
        if (answer.status === 200) expect(answer.body).toContain('<!doctype html>');
      }
    }
  });

  it('answers an unknown path of the API with a problem, never with the app’s page', async () => {
    const answer = await client.request('/nothing/here');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 404, requestId: expect.any(String) });
  });
});

describe('foreign hosts and pages', () => {
  it('refuses a rebound host on every route', async () => {
    for (const host of ['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', '127.0.0.1@evil.example', '[::2]', '']) {
      for (const path of ['/', '/api/v1/pipelines', '/healthz']) {
        const { status, body } = await bare('GET', path, { host });
        expect([400, 421], `${host} ${path}`).toContain(status);
        expect(body).not.toContain('<!doctype');
      }
    }
    for (const host of ['LOCALHOST', 'localhost.', '127.0.0.1:9', '[::1]:3000'])
      expect([host, (await bare('GET', '/healthz', { host })).status]).toEqual([host, 200]);
  });

  it('refuses unsafe requests of foreign pages that carry the cookie', async () => {
    const cookie = await cookieOf();
    const { host } = new URL(server.url);
    const good = await bare(
      'POST',
      '/api/v1/pipelines',
      { cookie, host, origin: server.url, 'content-type': 'application/json' },
      '{"document":{"formatVersion":1,"name":"x"}}',
    );
    expect(good.status).toBe(201);
    const foreign: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:1` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      {},
    ];
    for (const headers of foreign) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
          const answer = await bare(method, '/api/v1/pipelines', { cookie, host, ...headers, 'content-type': type }, '{}');
          expect([method, type, headers, answer.status]).toEqual([method, type, headers, 403]);
          expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        }
      }
    }
    expect((await bare('GET', '/api/v1/runs/x/events', { cookie, host, origin: 'http://evil.example' })).status).toBe(403);
  });
});

describe('sessions and tokens', () => {
  it('takes a sign-in link once, and its cookie is for this site and HTTP alone', async () => {
    const token = server.running.signInLink().split('#token=')[1];
    const send = (body: unknown) =>
      fetch(`${server.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const first = await send({ token });
    expect(first.status).toBe(204);
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly/);
    expect(first.headers.get('set-cookie')).toMatch(/SameSite=Strict/);
    expect((await send({ token })).status).toBe(401);
    for (const wrong of ['', null, [token], { token }, 'a'.repeat(43)]) expect([401, 422]).toContain((await send({ token: wrong })).status);
  });

  it('ends a session on sign-out', async () => {
    const cookie = await cookieOf();
    const ask = () => fetch(`${server.url}/api/v1/session`, { headers: { cookie } });
    expect((await ask()).status).toBe(200);
    await fetch(`${server.url}/api/v1/session`, { method: 'DELETE', headers: { cookie, origin: server.url } });
    expect((await ask()).status).toBe(401);
  });

  it('lets an API token work, but not make tokens or see keys', async () => {
    const { token, id } = await client.post<{ token: string; id: string }>('/tokens', { name: 'script' });
    const ask = (method: string, path: string, body?: string) =>
      fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        body,
      });
    expect((await ask('GET', '/pipelines')).status).toBe(200);
    expect((await ask('POST', '/tokens', '{"name":"more"}')).status).toBe(403);
    expect((await ask('GET', '/endpoints/x/key')).status).toBe(403);
    const list = await client.get<{ items: Record<string, unknown>[] }>('/tokens');
    expect(JSON.stringify(list)).not.toContain(token);
    expect((await client.request(`/tokens/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await ask('GET', '/pipelines')).status).toBe(401);
  });

  it('answers many wrong sign-ins with 429', async () => {
    const own = await startServer();
    const statuses: number[] = [];
    for (let index = 0; index < 21; index++) {
      const answer = await fetch(`${own.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: 'x'.repeat(40) }),
      });
      statuses.push(answer.status);
    }
    await own.stop();
    expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true);
    expect(statuses[20]).toBe(429);
  });
});

describe('headers, bodies and errors', () => {
  it('sets a strict policy on pages and answers', async () => {
    for (const path of ['/', '/api/v1/pipelines', '/healthz']) {
      const { headers } = await fetch(server.url + path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-eval');
      expect(/script-src[^;]*unsafe-inline/.test(policy)).toBe(false);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('lets the declared type decide the parser, and refuses bodies over the limit', async () => {
    const send = (path: string, body: string, type = 'application/json') => client.request(path, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await send('/pipelines', '{}', 'text/plain')).status).toBe(415);
    expect((await send('/pipelines', '{}', 'multipart/form-data; boundary=x')).status).toBe(415);
    expect((await send('/pipelines', '{')).status).toBe(400);
    expect((await send('/pipelines', JSON.stringify({ document: 'x'.repeat(17 * 2 ** 20) }))).status).toBe(413);
    expect(
      (
        await fetch(`${server.url}/api/v1/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token: 'x'.repeat(70_000) }),
        })
      ).status,
    ).toBe(413);
  });

  it('names the wrong place and shows no internals', async () => {
    const answer = await client.request('/schedules', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"","cron":"x"}' });
    const problem = (await answer.json()) as { errors: { pointer: string }[]; requestId: string };
    expect(answer.status).toBe(422);
    expect(problem.errors.map((error) => error.pointer)).toContain('/pipelineId');
    expect(answer.headers.get('x-request-id')).toBe(problem.requestId);
    const other = await client.request('/pipelines?cursor=%00');
    expect(await other.text()).not.toMatch(/node_modules|\.ts\b|SELECT|\\n\s+at /);
  });

  it('refuses to bind an address that others can reach', async () => {
    await expect(startServer({ host: '0.0.0.0' })).rejects.toThrow(/does not bind 0\.0\.0\.0/);
  });

  it('documents every route of the API', async () => {
    const document = (await (await client.request('/../openapi.json')).json()) as { openapi: string; paths: Record<string, Record<string, unknown>> };
    expect(document.openapi).toBe('3.1.0');
    const documented: string[] = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`),
    );
    const api = routes.map((route) => route.key).filter((key) => key.includes('/api/v1/'));
    expect(api.filter((key) => !documented.includes(key))).toEqual([]);
    const docs = await client.request('/../docs');
    expect(await docs.text()).toContain('/api/docs/rapidoc.js');
    expect((await client.request('/../docs/rapidoc.js')).status).toBe(200);
  });
});
