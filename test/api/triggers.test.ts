import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let client: Client;
let pipelineId: string;
let trigger: { id: string; url: string; token: string };

const call = (id: string, token: string | null, body: unknown = {}, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/triggers/${id}/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const document = {
    formatVersion: 1,
    name: 'Triggered',
    nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n' } }],
    parameters: [{ name: 'rows', node: 'a', param: 'data' }],
  };
  pipelineId = (await client.post<{ id: string }>('/pipelines', { document })).id;
  trigger = await client.post('/triggers', { name: 'From the warehouse', pipelineId });
});
afterAll(() => server.stop());

describe('a trigger', () => {
  it('starts a run that differs from any other only in who started it', async () => {
    const answer = await call(trigger.id, trigger.token, { parameters: { rows: 'x\n1\n2\n' } });
    expect(answer.status).toBe(202);
    const run = await finishedRun(client, ((await answer.json()) as { id: string }).id);
    expect(run.status).toBe('succeeded');
    expect(run).toMatchObject({ startedBy: { kind: 'trigger', name: 'From the warehouse' } });
    expect(run.steps[0]!.outputs[0]!.rowCount).toBe(2);
    const { items } = await client.get<{ items: { callCount: number; lastRun: { id: string } }[] }>('/triggers');
    expect(items[0]).toMatchObject({ callCount: 1, lastRun: { status: 'succeeded' } });
    expect(JSON.stringify(items)).not.toContain(trigger.token);
  });

  it('opens to its own token alone', async () => {
    const other = await client.post<{ id: string; token: string }>('/triggers', { name: 'Other', pipelineId });
    const { token: apiToken } = await client.post<{ token: string }>('/tokens', { name: 'not for triggers' });
    expect((await call(trigger.id, null)).status).toBe(401);
    expect((await call(trigger.id, 'mwt_wrong')).status).toBe(401);
    expect((await call(trigger.id, apiToken)).status).toBe(401);
    expect((await call(trigger.id, other.token)).status).toBe(404);
    expect((await client.request(`/triggers/${trigger.id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status).toBe(
      401,
    );
    const { token } = await client.post<{ token: string }>(`/triggers/${trigger.id}/rotate`);
    expect((await call(trigger.id, trigger.token)).status).toBe(401);
    trigger.token = token;
    expect((await call(trigger.id, token)).status).toBe(202);
  });

  it('takes values for parameters and nothing else', async () => {
    for (const body of [
      { nodes: [] },
      { code: 'x' },
      { parameters: {}, path: '/etc' },
      { files: { x: { filepath: '/etc/passwd' } } },
      { parameters: { nope: 1 } },
      { parameters: { rows: 5 } },
      { parameters: [] },
    ]) {
      expect([JSON.stringify(body), (await call(trigger.id, trigger.token, body)).status]).toEqual([JSON.stringify(body), 422]);
    }
    expect((await call(trigger.id, trigger.token, '{"parameters":{"__proto__":{"x":1}}}')).status).not.toBe(500);
    const cut = await call(trigger.id, trigger.token, '{');
    expect([cut.status, await cut.json()]).toMatchObject([400, { code: 'json_invalid' }]);
    expect((await call(trigger.id, trigger.token, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await call(trigger.id, trigger.token, { parameters: { rows: 'x'.repeat(70_000) } })).status).toBe(413);
  });

  it('starts one run for fifty equal calls with one key', async () => {
    const before = await client.get<{ items: unknown[] }>(`/runs?pipeline=${pipelineId}&limit=200`);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => call(trigger.id, trigger.token, { parameters: { rows: 'x\n9\n' } }, { 'idempotency-key': '"order-7"' })),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id))).size).toBe(1);
    const after = await client.get<{ items: unknown[] }>(`/runs?pipeline=${pipelineId}&limit=200`);
    expect(after.items).toHaveLength(before.items.length + 1);
    expect((await call(trigger.id, trigger.token, { parameters: { rows: 'x\n8\n' } }, { 'idempotency-key': 'order-7' })).status).toBe(422);
  });

  it('can be paused and deleted', async () => {
    const change = (enabled: boolean) =>
      client.request(`/triggers/${trigger.id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ enabled }) });
    expect((await change(false)).status).toBe(200);
    expect((await call(trigger.id, trigger.token)).status).toBe(409);
    expect((await change(true)).status).toBe(200);
    expect((await call(trigger.id, trigger.token)).status).toBe(202);
    expect((await client.request(`/triggers/${trigger.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(trigger.id, trigger.token)).status).toBe(401);
  });
});
