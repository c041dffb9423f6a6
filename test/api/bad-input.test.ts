import { describe, expect, it } from 'vitest';
import type { PlacedIssue } from '#pipelines/check.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

interface Refusal {
  status: number;
  code: string;
  detail: string;
  issues?: PlacedIssue[];
}

const { server, client } = await startedServer();

const json = { 'content-type': 'application/json' };
const enter = (id: string, params: object = { data: 'x\n1\n2\n' }) => ({ id, type: 'enter-data-manually', version: 1, params });
const query = (id: string, script = 'SELECT * FROM t1') => ({ id, type: 'apply-sql-transformation', version: 1, params: { script } });
const wire = (from: string, to: string, port = 't1') => ({ from: { node: from, port: 'data' }, to: { node: to, port } });
const documentOf = (nodes: unknown[], edges: unknown[] = []) => ({ formatVersion: 1, name: 'Bad input', nodes, edges });
const create = async (document: unknown): Promise<string> => (await client.post<{ id: string }>('/pipelines', { document })).id;
const checked = async (id: string): Promise<PlacedIssue[]> => (await client.post<{ issues: PlacedIssue[] }>(`/pipelines/${id}/check`)).issues;
const send = async (path: string, text: string): Promise<Refusal> => {
  const answer = await client.request(path, { method: 'POST', headers: json, body: text });
  return { ...((await answer.json()) as Refusal), status: answer.status };
};
const importText = (document: string): Promise<Refusal> => send('/pipelines', `{"document":${document}}`);
const run = (id: string, body: object = {}): Promise<Refusal & { id: string }> =>
  send(`/pipelines/${id}/runs`, JSON.stringify(body)) as Promise<Refusal & { id: string }>;
const saved = async (): Promise<number> => (await client.get<{ items: unknown[] }>('/pipelines?limit=200')).items.length;

describe('what cannot be kept', () => {
  const around = (params: string, more = ''): string =>
    `{"formatVersion":1,"name":"x"${more},"nodes":[{"id":"a","type":"scale","version":1,"params":${params}}]}`;
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([
    ['a name of all objects', around('{"__proto__":{"admin":true}}'), 'nodes[0].params.__proto__'],
    ['a name of all objects, further down', around('{"rules":[{"__proto__":1}]}'), 'nodes[0].params.rules[0].__proto__'],
    ['a place for a node with such a name', around('{}', ',"layout":{"__proto__":[0,0]}'), 'layout.__proto__'],
    ['values that lie too deep', around(`{"rules":${deep(5_000)}}`), 'nodes[0].params.rules'],
    ['two nodes with one id', JSON.stringify(documentOf([enter('a'), enter('a')])), '"a"'],
    ['an id like a path', JSON.stringify(documentOf([enter('../a')])), 'nodes[0].id'],
    ['an id that is a name of all objects', JSON.stringify(documentOf([enter('__proto__')])), 'nodes[0].id'],
    ['half of a character pair in a name', '{"formatVersion":1,"name":"x\\ud800"}', 'name'],
    ['a NUL in a comment', JSON.stringify(documentOf([{ ...enter('a'), comment: 'a\0' }])), 'nodes[0].comment'],
    ['a name that is too long', JSON.stringify(documentOf([{ ...enter('a'), name: 'n'.repeat(1_000_000) }])), 'nodes[0].name'],
  ])('%s is refused with its place, and nothing is saved', async (_what, document, place) => {
    const before = await saved();
    const refusal = await importText(document);
    expect(refusal).toMatchObject({ status: 422, code: 'pipeline_unreadable' });
    expect(refusal.detail).toContain(place);
    expect(await saved()).toBe(before);
  });

  it('text that is no JSON is refused, however deep', async () => {
    for (const text of ['{"document":', `{"document":${'['.repeat(1_000_000)}`, '\ud800']) expect((await send('/pipelines', text)).status).toBe(400);
  });

  it('a save that is refused leaves the pipeline as it was', async () => {
    const id = await create(documentOf([enter('a')]));
    const answer = await client.request(`/pipelines/${id}`, {
      method: 'PUT',
      headers: { ...json, 'if-match': '"1"' },
      body: `{"document":${around('{"__proto__":1}')}}`,
    });
    expect(answer.status).toBe(422);
    expect(await client.get(`/pipelines/${id}`)).toMatchObject({ revision: 1, document: { nodes: [{ id: 'a', type: 'enter-data-manually' }] } });
  });

  it('values of a run may not lie too deep either', async () => {
    const id = await create({ ...documentOf([enter('a')]), parameters: [{ name: 'rows', node: 'a', param: 'data' }] });
    expect(await send(`/pipelines/${id}/runs`, `{"parameters":{"rows":${deep(5_000)}}}`)).toMatchObject({ status: 422, code: 'request_invalid' });
    expect(await run(id, { parameters: { rows: 'x\n1\0\n' } })).toMatchObject({ status: 422, issues: [{ node: 'a', param: 'data' }] });
  });
});

describe('what is kept, is named with its place, and does not run', () => {
  it('texts that are too long or odd', async () => {
    const million = 'x\n'.concat('1\n'.repeat(500_000));
    const id = await create(
      documentOf(
        [
          enter('long', { data: million }),
          enter('fits', { data: million.slice(0, 999_998) }),
          enter('odd', { data: 'x\n1\0\n' }),
          enter('half', { data: 'x\n\ud83d\n' }),
          query('sql', `SELECT '${'x'.repeat(300_000)}'`),
        ],
        [wire('fits', 'sql')],
      ),
    );
    const issues = (await checked(id)).filter(({ level }) => level === 'error');
    expect(issues.map(({ code, node, param }) => [code, node, param])).toEqual([
      ['parameter_invalid', 'long', 'data'],
      ['parameter_invalid', 'odd', 'data'],
      ['parameter_invalid', 'half', 'data'],
      ['parameter_invalid', 'sql', 'script'],
    ]);
    expect(issues[0]!.message).toContain('at most 1,000 thousand');
    expect(issues[3]!.message).toContain('at most 263 thousand');
    const refusal = await run(id);
    expect(refusal).toMatchObject({ status: 422, code: 'check_failed' });
    expect(refusal.issues!.map(({ node }) => node)).toEqual(['long', 'odd', 'half', 'sql']);
    expect((await run(id, { scope: { kind: 'to', node: 'fits' } })).status).toBe(202);
  });

  it('wires that lead nowhere, round in a circle, to themselves, twice, or between different kinds', async () => {
    const learner = { id: 'learner', type: 'linear-regression', version: 1, params: {} };
    const id = await create(
      documentOf(
        [enter('a'), enter('good'), query('b'), query('self'), query('one'), query('two'), query('wrong'), learner],
        [
          wire('gone', 'b'),
          wire('a', 'b'),
          wire('good', 'b'),
          wire('a', 'b', '__proto__'),
          { from: { node: 'a', port: 'constructor' }, to: { node: 'b', port: 't2' } },
          wire('self', 'self'),
          wire('one', 'two'),
          wire('two', 'one'),
          { from: { node: 'learner', port: 'learner' }, to: { node: 'wrong', port: 't1' } },
        ],
      ),
    );
    const found = (await checked(id)).map(({ code, node }) => `${code}@${node}`);
    for (const each of ['wire_dangling@b', 'wire_duplicate@b', 'wire_dangling@a', 'cycle@self', 'wire_kind@wrong']) expect(found).toContain(each);
    expect(await run(id)).toMatchObject({ status: 422, code: 'check_failed' });
    for (const path of ['plan', 'state']) expect((await client.request(`/pipelines/${id}/${path}`)).status).toBe(200);
    expect((await client.get<{ items: unknown[] }>(`/runs?pipeline=${id}`)).items).toEqual([]);
    const part = await run(id, { scope: { kind: 'to', node: 'good' } });
    expect((await finishedRun(client, part.id)).status).toBe('succeeded');
  });

  it('node types that are not here, and nodes of newer versions; the rest stays editable and runs', async () => {
    const foreign = { id: 'foreign', type: 'constructor', version: 3, params: { kept: [1, { as: 'it is' }] } };
    const newer = { ...query('newer'), version: 99 };
    const document = documentOf([enter('a'), query('b'), foreign, newer], [wire('a', 'b'), wire('b', 'foreign', 'anything'), wire('a', 'newer')]);
    const id = await create(document);
    expect((await client.get<{ document: { nodes: unknown[] } }>(`/pipelines/${id}`)).document.nodes).toMatchObject(document.nodes);
    const issues = (await checked(id)).filter(({ level }) => level === 'error');
    expect(issues).toMatchObject([
      { code: 'node_unknown_type', node: 'foreign', message: expect.stringMatching(/"constructor".*Remove the node, or install/) },
      { code: 'node_newer_version', node: 'newer', message: expect.stringMatching(/99.*Update this installation/) },
    ]);
    expect(await run(id)).toMatchObject({ status: 422, issues: [{ node: 'foreign' }, { node: 'newer' }] });
    expect(await run(id, { scope: { kind: 'node', node: 'foreign' } })).toMatchObject({ status: 422, issues: [{ node: 'foreign' }] });

    const edited = { ...document, nodes: [enter('a', { data: 'x\n5\n' }), ...document.nodes.slice(1)] };
    const put = await client.request(`/pipelines/${id}`, {
      method: 'PUT',
      headers: { ...json, 'if-match': '"1"' },
      body: JSON.stringify({ document: edited }),
    });
    expect(put.status).toBe(200);
    for (const scope of [
      { kind: 'to', node: 'b' },
      { kind: 'node', node: 'b' },
    ]) {
      const part = await run(id, { scope });
      expect((await finishedRun(client, part.id)).status).toBe('succeeded');
    }
    const text = await (await client.request(`/pipelines/${id}/export`)).text();
    expect(JSON.parse(text)).toMatchObject({ nodes: expect.arrayContaining([foreign]) as unknown });
  });
});

describe('a dataset that is deleted', () => {
  const reading = (name: string) =>
    documentOf([{ id: 'read', type: 'dataset', version: 1, params: { dataset: { name, version: null } } }, query('b')], [wire('read', 'b')]);
  /** Content of its own, so that nothing else holds it. */
  const upload = async (name: string, cell = name): Promise<void> => {
    const headers = { 'x-file-name': 'data.csv', 'content-type': 'application/octet-stream' };
    expect((await client.request(`/datasets/${name}`, { method: 'PUT', headers, body: `x\n${cell}\n` })).status).toBe(201);
  };
  const missing = { code: 'data_missing', node: 'read', message: expect.stringMatching(/gone.*[Cc]hoose another/) as string };

  it('is named by a check and by a run, and a part without it runs', async () => {
    await upload('gone');
    const document = reading('gone');
    const id = await create({ ...document, nodes: [...document.nodes, enter('other')] });
    expect(await checked(id)).toEqual([]);
    expect((await client.request('/datasets/gone', { method: 'DELETE' })).status).toBe(204);
    expect((await checked(id)).filter(({ level }) => level === 'error')).toMatchObject([missing]);
    expect(await run(id)).toMatchObject({ status: 422, code: 'check_failed', issues: [missing] });
    for (const path of ['plan', 'state']) expect((await client.request(`/pipelines/${id}/${path}`)).status).toBe(200);
    const part = await run(id, { scope: { kind: 'to', node: 'other' } });
    expect((await finishedRun(client, part.id)).status).toBe('succeeded');
  });

  const remove = async (name: string): Promise<void> => expect((await client.request(`/datasets/${name}`, { method: 'DELETE' })).status).toBe(204);

  it('while a run that reads it waits, is kept for that run', async () => {
    await upload('waiting');
    const pipelineId = await create(reading('waiting'));
    const { runs, datasets, access } = server.running.services;
    const { id } = await runs.start({
      workspaceId: access.workspace.id,
      pipelineId,
      parameters: {},
      force: false,
      startedBy: { kind: 'person', name: 'Owner' },
    });
    // Nothing of the run is carried out before this function gives way.
    expect(runs.summary(access.workspace.id, id).status).toBe('queued');
    datasets.remove(access.workspace.id, 'waiting');
    runs.sweep();
    expect((await finishedRun(client, id)).status).toBe('succeeded');
  });

  it('is named when a run that read it is resumed, even if there is another of that name by then', async () => {
    await upload('resumed');
    const pipelineId = await create(reading('resumed'));
    const { runs, access } = server.running.services;
    const { id } = await runs.start({
      workspaceId: access.workspace.id,
      pipelineId,
      parameters: {},
      force: false,
      startedBy: { kind: 'person', name: 'Owner' },
    });
    runs.cancel(access.workspace.id, id);
    expect((await finishedRun(client, id)).status).toBe('cancelled');
    await remove('resumed');
    expect(await send(`/runs/${id}/resume`, '{}')).toMatchObject({ status: 422, code: 'check_failed', issues: [{ code: 'data_missing', node: 'read' }] });
    await upload('resumed', 'another');
    const again = await send(`/runs/${id}/resume`, '{}');
    expect(again.status).toBe(202);
    const { status, steps } = await finishedRun(client, (again as unknown as { id: string }).id);
    expect(status).toBe('failed');
    const { error } = steps.find(({ node }) => node === 'read')!;
    expect(error).toMatchObject({ code: 'data_missing', message: expect.stringMatching(/dataset "resumed".*is gone.*start a new run/) });
    const fresh = await run(pipelineId);
    expect((await finishedRun(client, fresh.id)).status).toBe('succeeded');
  });
});
