import { describe, expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

interface Pipeline {
  id: string;
  revision: number;
  document: { name: string; nodes: unknown[] };
}

const documentOf = (name: string, nodes: unknown[] = [], edges: unknown[] = [], parameters: unknown[] = []) => ({
  formatVersion: 1,
  name,
  nodes,
  edges,
  parameters,
});
const wire = (from: string, to: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 't1' } });

const { client } = await startedServer();

const create = (document: unknown) => client.post<Pipeline>('/pipelines', { document });
const enter = (id: string, text: string) => ({ id, type: 'enter-data-manually', version: 1, params: { data: text } });
const query = (id: string, text: string) => ({ id, type: 'apply-sql-transformation', version: 1, params: { script: text } });
const save = (id: string, document: unknown, headers: Record<string, string>) =>
  client.request(`/pipelines/${id}`, { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ document }) });

describe('saving', () => {
  it('saves over the revision that the change is based on, and over no other', async () => {
    const made = await create(documentOf('First'));
    const got = await client.request(`/pipelines/${made.id}`);
    expect(got.headers.get('etag')).toBe('"1"');
    expect((await save(made.id, documentOf('Second'), {})).status).toBe(428);
    expect((await save(made.id, documentOf('Second'), { 'if-match': '"1"' })).status).toBe(200);
    const late = await save(made.id, documentOf('Third'), { 'if-match': '"1"' });
    expect(late.status).toBe(412);
    expect(await late.json()).toMatchObject({ revision: 2, name: 'Second' });
  });

  it('lets one of many savers win', async () => {
    const made = await create(documentOf('Raced'));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => save(made.id, documentOf(`Raced ${index}`), { 'if-match': '"1"' })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(19);
  });

  it('exports stable text that comes back as the same pipeline', async () => {
    const made = await create(documentOf('Äpfel "und" <b>', [enter('a', 'x\n1\n'), query('b', 'SELECT * FROM t1')], [wire('a', 'b')]));
    const text = await (await client.request(`/pipelines/${made.id}/export`)).text();
    const again = await create(JSON.parse(text));
    expect(await (await client.request(`/pipelines/${again.id}/export`)).text()).toBe(text);
    expect((await client.post<Pipeline>(`/pipelines/${made.id}/clone`)).document.nodes).toEqual(made.document.nodes);
  });

  it('pages and searches', async () => {
    for (let index = 0; index < 5; index++) await create(documentOf(`Paged ${index}`));
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { name: string }[]; nextCursor: string | null } = await client.get(
        `/pipelines?search=paged&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      names.push(...page.items.map((item) => item.name));
      cursor = page.nextCursor;
    } while (cursor);
    expect(names).toEqual([4, 3, 2, 1, 0].map((index) => `Paged ${index}`));
  });

  it('refuses what is no pipeline, and saves nothing of it', async () => {
    const before = await client.get<{ items: unknown[] }>('/pipelines?limit=200');
    const wrong = [
      null,
      7,
      {},
      documentOf(''),
      { ...documentOf('x'), formatVersion: 99 },
      documentOf('x', [enter('a', ''), enter('a', '')]),
      documentOf('x', [{ id: '../a', type: 't', version: 1 }]),
    ];
    for (const document of wrong)
      expect(
        (await client.request('/pipelines', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ document }) })).status,
      ).toBe(422);
    expect((await client.get<{ items: unknown[] }>('/pipelines?limit=200')).items).toHaveLength(before.items.length);
  });

  it('keeps names that look like code', async () => {
    const made = await create(documentOf('__proto__', [{ ...enter('constructor', 'a\n1\n'), name: '<script>alert(1)</script>' }]));
    expect(made.document.name).toBe('__proto__');
    expect(await client.get<Pipeline>(`/pipelines/${made.id}`)).toMatchObject({
      document: { nodes: [{ id: 'constructor', name: '<script>alert(1)</script>' }] },
    });
  });
});

describe('running', () => {
  it('refuses a circle, a wrong wire and an unknown parameter, with the place', async () => {
    const circle = await create(documentOf('Circle', [query('a', 'SELECT * FROM t1'), query('b', 'SELECT * FROM t1')], [wire('a', 'b'), wire('b', 'a')]));
    const refused = await client.request(`/pipelines/${circle.id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(refused.status).toBe(422);
    expect(((await refused.json()) as { issues: { code: string }[] }).issues.map((issue) => issue.code)).toContain('cycle');
    const { issues } = await client.post<{ issues: { code: string; node: string | null }[] }>(`/pipelines/${circle.id}/check`);
    expect(issues.some((issue) => issue.code === 'cycle')).toBe(true);

    const good = await create(documentOf('Good', [enter('a', 'x\n1\n2\n')]));
    const parameter = await client.request(`/pipelines/${good.id}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"parameters":{"nope":1}}',
    });
    expect(parameter.status).toBe(422);
    expect(await parameter.json()).toMatchObject({ issues: [{ code: 'parameter_unknown' }] });
  });

  it('runs, streams every event once in order, replays after a given one, and reuses on the next run', async () => {
    const made = await create(documentOf('Runs', [enter('a', 'x,y\n1,a\n2,b\n3,\n'), query('b', 'SELECT x * 2 AS z FROM t1')], [wire('a', 'b')]));
    const started = await client.post<{ id: string; url: string }>(`/pipelines/${made.id}/runs`, {});
    const stream = await client.request(`/runs/${started.id}/events`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const ids = [...(await stream.text()).matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    const rest = await (await client.request(`/runs/${started.id}/events`, { headers: { 'last-event-id': '2' } })).text();
    expect([...rest.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))).toEqual(ids.slice(2));

    const run = await finishedRun(client, started.id);
    expect(run.status).toBe('succeeded');
    const table = run.steps.find((step) => step.node === 'b')!.outputs.find((output) => output.kind === 'table')!;
    const rows = await client.get<{ rows: unknown[][]; rowCount: number }>(`/artifacts/${table.hash}/rows?sort=z&descending=true&limit=2`);
    expect(rows).toMatchObject({ rows: [[6], [4]], rowCount: 3 });
    const plan = await client.get<{ steps: { will: string }[] }>(`/pipelines/${made.id}/plan`);
    expect(plan.steps.map((step) => step.will)).toEqual(['reuse', 'reuse']);
    const again = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${made.id}/runs`, {})).id);
    expect(again.steps.map((step) => step.status)).toEqual(['reused', 'reused']);
    const state = await client.get<{ lastRun: { number: number }; observed: Record<string, unknown> }>(`/pipelines/${made.id}/state`);
    expect(state.lastRun.number).toBe(again.number);
    expect(state.observed.b).toBeDefined();
  });

  it('shows a failing step with its message and skips its followers', async () => {
    const made = await create(
      documentOf(
        'Fails',
        [enter('a', 'x\nword\n'), query('b', 'SELECT CAST(x AS INTEGER) AS y FROM t1'), query('c', 'SELECT * FROM t1')],
        [wire('a', 'b'), wire('b', 'c')],
      ),
    );
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${made.id}/runs`, {})).id);
    expect(run.status).toBe('failed');
    expect(run.steps.map((step) => step.status)).toEqual(['succeeded', 'failed', 'skipped']);
    expect(run.steps[1]!.error?.message).toBeTruthy();
  });

  it('gives one run for many equal requests with one key, and 422 for another request with it', async () => {
    const made = await create(documentOf('Keyed', [enter('a', 'x\n1\n')]));
    const send = (body: unknown) =>
      client.request(`/pipelines/${made.id}/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k-1' },
        body: JSON.stringify(body),
      });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send({})));
    const ids = new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id)));
    expect(ids.size).toBe(1);
    expect((await send({ force: true })).status).toBe(422);
    expect((await client.get<{ items: unknown[] }>(`/runs?pipeline=${made.id}`)).items).toHaveLength(1);
  });

  it('does not find what another workspace would hold', async () => {
    for (const path of [
      '/pipelines/01a1fc90-0000-7000-8000-000000000000',
      '/runs/x',
      `/artifacts/${'0'.repeat(64)}`,
      '/datasets/none',
      '/models/none',
      '/endpoints/none',
      '/schedules/x',
      '/triggers/x',
      '/files/x',
    ]) {
      expect([path, (await client.request(path)).status]).toEqual([path, 404]);
    }
    expect((await client.request('/artifacts/..%2f..%2fetc/rows')).status).toBe(400);
  });
});
