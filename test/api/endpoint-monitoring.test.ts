import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ALERT_METRICS } from '#server/monitoring/alert-rules.ts';
import { ManualClock } from '#server/scheduler/clock.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Column {
  name: string;
  kind: string;
  stabilityIndex: number | null;
  kolmogorovSmirnov: number | null;
  moved: boolean;
  missingNow: number;
  outOfRange: number | null;
}
interface Report {
  deployment: string;
  drift: { trainingRows: number; rowCount: number; inputs: Column[]; outputs: Column[] } | null;
}
const NAME = 'biopsies';
/** It stands, so that alerts are looked at when the test says so, and not each minute. */
const clock = new ManualClock(Date.now());

let server: TestServer;
let client: Client;
let receiver: Server;
let pipelineId: string;
let runId: string;
let sample: Record<string, number>;
const received: { headers: Record<string, string | string[] | undefined>; body: string }[] = [];

const send = (method: string, path: string, body: unknown) =>
  client.request(`/endpoints/${NAME}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const score = (rows: unknown[]) => send('POST', '/score', rows);
const report = () => client.get<Report>(`/endpoints/${NAME}/monitoring?range=hour`);

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  server = await startServer({ clock, environment: { allowedHosts: ['127.0.0.1'] } });
  client = await signIn(server.url, server.signInLink);
  pipelineId = (await client.post<{ id: string }>('/samples/breast-cancer/open')).id;
  ({ id: runId } = await client.post<{ id: string }>(`/pipelines/${pipelineId}/runs`, {}));
  expect((await finishedRun(client, runId)).status).toBe('succeeded');
  await client.post(`/endpoints/${NAME}/deployments`, { source: { type: 'run', runId } });
  ({ sample } = await client.get<{ sample: Record<string, number> }>(`/endpoints/${NAME}`));
  await vi.waitUntil(async () => (await report()).drift !== null, { timeout: 60_000 });
});
afterAll(async () => {
  await server.stop();
  receiver.close();
});

it('measures requests against the training rows', async () => {
  const before = await report();
  expect(before).toMatchObject({ deployment: 'v1', drift: { rowCount: 0 } });
  expect(before.drift!.trainingRows).toBeGreaterThan(300);
  expect(before.drift!.outputs.map(({ name }) => name)).toContain('Scored Labels');
  const [column] = Object.keys(sample);
  const rows = Array.from({ length: 50 }, (_, index) => ({ ...sample, [column!]: index < 10 ? null : 1e6 }));
  expect((await score(rows)).status).toBe(200);
  const { drift } = await report();
  expect(drift!.rowCount).toBe(50);
  const moved = drift!.inputs.find(({ name }) => name === column)!;
  expect(moved).toMatchObject({ moved: true, missingNow: 0.2, outOfRange: 0.8 });
  expect(moved.stabilityIndex).toBeGreaterThan(0.2);
  expect(moved.kolmogorovSmirnov).toBeGreaterThan(0.2);
});

it('keeps sampled rows with masked columns, takes truths, and tells how right the answers were', async () => {
  expect((await score([sample])).status).toBe(200);
  expect((await client.get<{ items: unknown[] }>(`/endpoints/${NAME}/requests`)).items).toEqual([]);
  const [masked] = Object.keys(sample);
  expect((await send('PATCH', '', { requestLog: { sampleRate: 1, retentionDays: 7, maximumRows: 100, masked: [masked] } })).status).toBe(200);
  const answer = await score([sample, sample]);
  const requestId = answer.headers.get('x-request-id')!;
  const said = ((await answer.json()) as { results: Record<string, unknown>[] }).results[0]!['Scored Labels'];
  const logged = async () =>
    (
      await client.get<{ items: { requestId: string; row: number; input: Record<string, unknown>; output: Record<string, unknown> }[] }>(
        `/endpoints/${NAME}/requests`,
      )
    ).items;
  await expect.poll(async () => (await logged()).length).toBe(2);
  const items = await logged();
  expect(items.map((item) => [item.requestId, item.row])).toEqual([
    [requestId, 0],
    [requestId, 1],
  ]);
  expect(items[0]!.input[masked!]).toBe('[masked]');
  expect(items[0]!.output['Scored Labels']).toEqual(said);
  const told = await send('POST', '/truth', {
    items: [
      { requestId, value: said },
      { requestId, row: 1, value: 'something else' },
      { requestId: 'nobody', value: 1 },
    ],
  });
  expect(await told.json()).toEqual({ matched: 2, unknown: 1 });
  expect((await client.get<{ items: unknown[] }>(`/endpoints/${NAME}/realised`)).items).toMatchObject([{ rowCount: 2, accuracy: 0.5 }]);
});

it('leads from one answer to all that it came from, and never to a later deployment of the same name', async () => {
  const lineage = (requestId: string) => client.get<Record<string, unknown>>(`/endpoints/${NAME}/requests/${requestId}/lineage`);
  const answered = async () => {
    const requestId = (await score([sample])).headers.get('x-request-id')!;
    await expect.poll(async () => (await client.request(`/endpoints/${NAME}/requests/${requestId}/lineage`)).status).toBe(200);
    return requestId;
  };
  const { steps } = await finishedRun(client, runId);
  const { hash } = steps.flatMap(({ outputs }) => outputs).find(({ kind }) => kind === 'model')!;
  await client.post('/models', { name: 'Biopsy', hash });
  const first = await answered();
  const [version] = (await client.get<{ versions: { pipelineVersionId: string; datasets: unknown[] }[] }>('/models/Biopsy')).versions;
  const wanted = {
    endpoint: NAME,
    deployment: { name: 'v1' },
    models: [{ name: 'Biopsy', version: 1 }],
    run: { id: runId, number: 1 },
    pipeline: { id: pipelineId, versionId: version!.pipelineVersionId },
    datasets: version!.datasets,
  };
  expect(version!.datasets).toMatchObject([{ version: 1 }]);
  expect(await lineage(first)).toMatchObject({ ...wanted, requestId: first, inferencePipeline: null });
  expect((await client.request(`/endpoints/${NAME}/requests/nobody/lineage`)).status).toBe(404);

  const { id: inference } = await client.post<{ id: string }>(`/pipelines/${pipelineId}/inference`, {});
  await client.post(`/endpoints/${NAME}/deployments`, { source: { type: 'pipeline', pipelineId: inference }, name: 'live' });
  const second = await answered();
  expect(await lineage(second)).toMatchObject({ ...wanted, deployment: { name: 'live' }, inferencePipeline: { id: inference } });
  clock.turnBy(1_000);
  expect((await send('POST', '/rollback', {})).status).toBe(200);
  expect((await send('DELETE', '/deployments/live', {})).status).toBe(204);
  await client.post(`/endpoints/${NAME}/deployments`, { source: { type: 'run', runId }, name: 'live', weight: 0 });
  expect(await lineage(second)).toMatchObject({ deployment: { name: 'live', hash: null }, models: [], run: null, datasets: [] });
  expect(await lineage(first)).toMatchObject(wanted);
});

it('fires an alert, signs what it sends, and starts a pipeline', async () => {
  const { port } = receiver.address() as AddressInfo;
  const rule = {
    metric: 'input_drift',
    column: null,
    comparison: 'above',
    threshold: 0.2,
    windowMinutes: 60,
    forMinutes: 0,
    webhookUrl: `http://127.0.0.1:${port}/hook`,
    pipelineId,
  };
  const made = await client.post<{ id: string; secret: string; state: string }>(`/endpoints/${NAME}/alerts`, { name: 'moved', rule });
  expect(made).toMatchObject({ state: 'quiet', secret: expect.stringMatching(/^whsec_/) });
  const ofNothing = await send('POST', '/alerts', { name: 'typo', rule: { ...rule, column: 'no such column' } });
  expect([ofNothing.status, await ofNothing.json()]).toMatchObject([422, { code: 'column_unknown' }]);
  expect((await send('POST', '/alerts', { name: 'of all', rule: { ...rule, metric: 'p50', column: Object.keys(sample)[0] } })).status).toBe(422);
  const waiting = (subject: string) =>
    client.post<{ id: string }>('/schedules', { name: 'Look', pipelineId, timeZone: 'UTC', event: { kind: 'alert', subject }, overlap: 'skip' });
  const [ofThis, ofAny, ofOther] = [await waiting(NAME), await waiting(''), await waiting('another')];
  expect((await send('POST', `/alerts/${made.id}/test`, {})).status).toBe(200);
  await server.running.services.monitoring.look();
  interface Alerts {
    items: { state: string; value: number; figure: string }[];
    history: { type: string; runId: string | null; delivery: unknown }[];
    figures: { metric: string; title: string }[];
  }
  const { items, history, figures } = await client.get<Alerts>(`/endpoints/${NAME}/alerts`);
  expect(items[0]).toMatchObject({ state: 'firing', figure: 'Drift of inputs (PSI)' });
  expect(figures).toContainEqual({ metric: 'p50', title: 'p50 (ms)', threshold: 50, ofColumns: false });
  expect(figures.map(({ metric }) => metric).toSorted()).toEqual([...ALERT_METRICS].toSorted());
  expect(history).toMatchObject([
    { type: 'firing', runId: expect.any(String), delivery: { status: 'sent', attempts: 1, code: 204 } },
    { type: 'test', runId: null, delivery: { status: 'sent' } },
  ]);
  expect((await finishedRun(client, history[0]!.runId!)).status).toBe('succeeded');
  const [, fired] = received;
  const id = fired!.headers['webhook-id'];
  const key = Buffer.from(made.secret.replace('whsec_', ''), 'base64');
  const wanted = createHmac('sha256', key).update(`${id}.${fired!.headers['webhook-timestamp']}.${fired!.body}`).digest('base64');
  expect(fired!.headers['webhook-signature']).toBe(`v1,${wanted}`);
  expect(JSON.parse(fired!.body)).toMatchObject({ type: 'alert.firing', data: { endpoint: NAME, alert: 'moved', threshold: 0.2, runId: history[0]!.runId } });
  const started = async ({ id }: { id: string }) => {
    const { recent } = await client.get<{ recent: { runId: string | null; kind: string; outcome: string }[] }>(`/schedules/${id}`);
    return recent.map(({ kind, outcome }) => [kind, outcome]);
  };
  await expect.poll(() => started(ofThis)).toEqual([['event', 'started']]);
  await expect.poll(() => started(ofAny)).toEqual([['event', 'started']]);
  expect(await started(ofOther)).toEqual([]);
  await server.running.services.monitoring.look();
  expect((await client.get<{ history: unknown[] }>(`/endpoints/${NAME}/alerts`)).history).toHaveLength(2);
  expect((await client.request(`/endpoints/${NAME}/alerts/${made.id}`, { method: 'DELETE' })).status).toBe(204);
});
