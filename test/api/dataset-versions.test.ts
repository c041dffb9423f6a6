import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DatasetDiff } from '#server/assets/dataset-versions.ts';
import type { DatasetLineage } from '#server/assets/dataset-lineage.ts';
import type { DatasetDetail, DatasetVersion } from '#server/assets/datasets.ts';
import { newId } from '#server/db/ids.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

const { server, client } = await startedServer();

const put = async (name: string, text: string): Promise<DatasetVersion> => {
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'table.csv' };
  return (await (await client.request(`/datasets/${name}`, { method: 'PUT', headers, body: text })).json()) as DatasetVersion;
};
const patch = (name: string, body: unknown) =>
  client.request(`/datasets/${name}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const remove = (path: string) => client.request(path, { method: 'DELETE' });
const diff = (name: string, query: string) => client.get<DatasetDiff>(`/datasets/${name}/versions/2/diff?against=1${query}`);

const document = (nodes: unknown[], edges: unknown[] = []) => ({
  formatVersion: 1,
  name: 'Copy',
  description: '',
  kind: 'training',
  nodes,
  edges,
  parameters: [],
  groups: [],
});

describe('what is written of a dataset', () => {
  it('is changed field by field, and refused when it is too much', async () => {
    await put('words', 'a\n1\n');
    expect(await (await patch('words', { description: 'Some words', tags: ['x', 'y', 'x'] })).json()).toMatchObject({
      description: 'Some words',
      tags: ['x', 'y'],
      licence: '',
    });
    expect(await (await patch('words', { licence: 'CC-BY-4.0' })).json()).toMatchObject({ description: 'Some words', tags: ['x', 'y'], licence: 'CC-BY-4.0' });
    expect((await patch('words', { tags: [''] })).status).toBe(422);
    expect((await patch('words', { name: 'other' })).status).toBe(422);
    expect((await patch('nothing', { licence: '' })).status).toBe(404);
  });

  it('is in its Croissant description, with the file and its columns', async () => {
    await put('croissant', 'n,t,d\n1.5,x,2024-01-01\n');
    const version = await put('croissant', 'n,t,d\n2.5,y,2024-01-02\n');
    await patch('croissant', { description: 'Baked', licence: 'https://creativecommons.org/licenses/by/4.0/', tags: ['bread'] });
    const found = await client.get<{ distribution: { contentUrl: string; sha256: string }[]; recordSet: { field: { name: string; dataType: string }[] }[] }>(
      '/datasets/croissant/croissant.json',
    );
    expect(found).toMatchObject({
      '@type': 'sc:Dataset',
      conformsTo: 'http://mlcommons.org/croissant/1.1',
      name: 'croissant',
      description: 'Baked',
      version: '2.0.0',
    });
    expect(found.recordSet[0]!.field.map(({ name, dataType }) => [name, dataType])).toEqual([
      ['n', 'sc:Float'],
      ['t', 'sc:Text'],
      ['d', 'sc:DateTime'],
    ]);
    const [file] = found.distribution;
    expect(file).toMatchObject({ sha256: version.hash, contentUrl: `${server.url}/api/v1/artifacts/${version.hash}/content` });
    const bytes = await client.bytes(`/artifacts/${version.hash}/content`);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file!.sha256);
  });
});

describe('two versions', () => {
  beforeAll(async () => {
    await put('people', 'id,name,age,gone\n1,Ann,30,x\n2,Bob,,y\n3,Cid,50,z\n3,Cid,50,z\n');
    await put('people', 'id,called,age,new,late\n1,Ann,30,1,p\n2,Bob,41,2,q\n4,Dan,20,3,r\n');
  });

  it('differ in columns; a column of another name at the same place and of the same type is taken as renamed', async () => {
    const { schema, rowCount } = await diff('people', '');
    expect(schema.renamed).toEqual([{ before: 'name', after: 'called' }]);
    expect(schema.added.map(({ name }) => name)).toEqual(['new', 'late']);
    expect(schema.removed.map(({ name }) => name)).toEqual(['gone']);
    expect(rowCount).toEqual({ before: 4, after: 3 });
  });

  it('differ in rows, which without keys are compared as wholes, each as often as it comes', async () => {
    expect((await diff('people', '')).rows).toEqual({ added: 2, removed: 3, changed: null, same: 1, changedColumns: null });
    const { rows } = await client.get<DatasetDiff>('/datasets/people/versions/2/diff?against=2');
    expect(rows).toMatchObject({ added: 0, removed: 0, same: 3 });
  });

  it('differ by row with keys, which must tell rows apart', async () => {
    await put('keyed', 'id,a,b\n1,x,1\n2,y,\n3,z,3\n,w,4\n');
    await put('keyed', 'id,a,b\n1,x,1\n2,yy,5\n4,z,3\n,w,4\n');
    expect((await diff('keyed', '&key=id')).rows).toEqual({
      added: 1,
      removed: 1,
      changed: 1,
      same: 2,
      changedColumns: [
        { name: 'a', count: 1 },
        { name: 'b', count: 1 },
      ],
    });
    const repeated = await client.request('/datasets/people/versions/2/diff?against=1&key=id');
    expect([repeated.status, ((await repeated.json()) as { detail: string }).detail]).toEqual([422, expect.stringMatching(/do not tell rows apart.*older/)]);
    expect((await client.request('/datasets/people/versions/2/diff?against=1&key=none')).status).toBe(422);
    expect((await client.request('/datasets/people/versions/2/diff?against=9')).status).toBe(404);
  });

  it('go one by one; the last only with the dataset, and a number never comes again', async () => {
    await put('many', 'a\n1\n');
    const second = await put('many', 'a\n2\n');
    expect((await remove('/datasets/many/versions/2')).status).toBe(204);
    expect((await client.request(`/artifacts/${second.hash}`)).status).toBe(404);
    const refused = await remove('/datasets/many/versions/1');
    expect([refused.status, await refused.json()]).toEqual([409, expect.objectContaining({ code: 'last_version' })]);
    expect((await put('many', 'a\n3\n')).version).toBe(3);
    expect((await client.get<DatasetDetail>('/datasets/many')).versions.map(({ version }) => version)).toEqual([3, 1]);
  });
});

describe('lineage', () => {
  it('names the runs and pipelines that read a version, and keeps it while one of them is under way', async () => {
    await put('source', 'a\n1\n2\n');
    await put('source', 'a\n1\n2\n3\n');
    const nodes = [{ id: 'read', type: 'dataset', version: 1, params: { dataset: { name: 'source', version: 1 } } }];
    const pipeline = await client.post<{ id: string }>('/pipelines', { document: document(nodes) });
    const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline.id}/runs`, {});
    await finishedRun(client, id);
    const lineage = await client.get<DatasetLineage>('/datasets/source/versions/1/lineage');
    expect(lineage).toMatchObject({ source: 'upload', madeBy: null, runs: [{ id, status: 'succeeded' }], pipelines: [{ id: pipeline.id, version: 1 }] });
    expect(await client.get<DatasetLineage>('/datasets/source/versions/2/lineage')).toMatchObject({ runs: [], pipelines: [] });
    const { $client } = server.running.services.database;
    $client.prepare(`UPDATE runs SET status = 'running' WHERE id = ?`).run(id);
    const refused = await remove('/datasets/source/versions/1');
    expect([refused.status, await refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'dataset_in_use', detail: expect.stringContaining('run 1 of “Copy”') }),
    ]);
    $client.prepare(`UPDATE runs SET status = 'succeeded' WHERE id = ?`).run(id);
    expect((await remove('/datasets/source/versions/1')).status).toBe(204);
  });
});

describe('Save as Dataset', () => {
  it('adds a version with each run, which its lineage names', async () => {
    const source = await put('raw', 'a\n1\n2\n');
    const nodes = [
      { id: 'read', type: 'dataset', version: 1, params: { dataset: { name: 'raw', version: null } } },
      { id: 'save', type: 'save-as-dataset', version: 1, params: { name: 'clean', description: 'Swept' } },
    ];
    const edges = [{ from: { node: 'read', port: 'data' }, to: { node: 'save', port: 'data' } }];
    const { id } = await client.post<{ id: string }>('/pipelines', { document: document(nodes, edges) });
    for (const version of [1, 2]) {
      const run = await client.post<{ id: string; number: number }>(`/pipelines/${id}/runs`, {});
      expect(await finishedRun(client, run.id)).toMatchObject({ status: 'succeeded' });
      const { latest } = await client.get<DatasetDetail>('/datasets/clean');
      expect(latest).toMatchObject({ version, hash: source.hash, rowCount: 2, source: 'run', description: 'Swept', runId: run.id, runNumber: run.number });
      expect(await client.get<DatasetLineage>(`/datasets/clean/versions/${version}/lineage`)).toMatchObject({
        madeBy: { number: run.number, run: { id: run.id } },
      });
      expect((await remove(`/runs/${run.id}`)).status).toBe(204);
      expect(await client.get<DatasetLineage>(`/datasets/clean/versions/${version}/lineage`)).toMatchObject({ madeBy: { number: run.number, run: null } });
    }
    const csv = await client.request(`/artifacts/${source.hash}/content?format=csv&name=${encodeURIComponent('Zürich 2/1')}`);
    expect([csv.headers.get('content-disposition'), await csv.text()]).toEqual([
      `attachment; filename="Z_rich 2-1.csv"; filename*=UTF-8''Z%C3%BCrich%202-1.csv`,
      'a\r\n1\r\n2\r\n',
    ]);
  });
});

describe('built-in data', () => {
  it('is listed, and added once', async () => {
    type Items = { items: { name: string; rowCount: number; added: boolean }[] };
    const { items } = await client.get<Items>('/samples/datasets');
    expect(items.length).toBeGreaterThan(0);
    const { name, rowCount, added } = items[0]!;
    expect(added).toBe(false);
    for (let time = 0; time < 2; time++)
      expect(await client.post<DatasetDetail>(`/samples/datasets/${encodeURIComponent(name)}/add`, {})).toMatchObject({
        name,
        versionCount: 1,
        latest: { rowCount, source: 'sample' },
      });
    expect((await client.get<Items>('/samples/datasets')).items.find((each) => each.name === name)?.added).toBe(true);
    expect((await client.request('/samples/datasets/none/add', { method: 'POST' })).status).toBe(404);
  });
});

describe('another workspace and strangers', () => {
  it('get nothing of these routes', async () => {
    const { $client } = server.running.services.database;
    const elsewhere = newId();
    $client.prepare('INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, 0)').run(elsewhere, 'Elsewhere');
    await put('mine', 'a\n1\n');
    $client.prepare(`UPDATE datasets SET workspace_id = ? WHERE name = 'mine'`).run(elsewhere);
    const routes = [
      ['PATCH', '/datasets/mine'],
      ['DELETE', '/datasets/mine/versions/1'],
      ['GET', '/datasets/mine/versions/1/diff?against=1'],
      ['GET', '/datasets/mine/versions/1/lineage'],
      ['GET', '/datasets/mine/croissant.json'],
    ] as const;
    for (const [method, path] of routes) {
      const body = method === 'PATCH' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {};
      expect([path, (await client.request(path, { method, ...body })).status]).toEqual([path, 404]);
    }
    for (const [method, path] of [...routes, ['GET', '/samples/datasets'], ['POST', '/samples/datasets/x/add']] as const)
      expect([path, (await fetch(`${server.url}/api/v1${path}`, { method, headers: { origin: server.url } })).status]).toEqual([path, 401]);
  });
});
