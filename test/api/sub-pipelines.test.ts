import { expect, it } from 'vitest';
import { startedServer } from '#test/support/server.ts';

interface SubPipeline {
  id: string;
  name: string;
  latest: { id: string; name: string; by: string; nodeCount: number };
}

const { client } = await startedServer();

const documentOf = (name: string, kind: string, nodes: readonly string[]) => ({
  formatVersion: 1,
  name,
  kind,
  nodes: nodes.map((id) => ({ id, type: 'enter-data-manually', version: 1, params: { data: 'a\n1' } })),
});
const create = async (document: unknown) => (await client.post<{ id: string }>('/pipelines', { document })).id;
const listed = async () => (await client.get<{ items: SubPipeline[] }>('/sub-pipelines')).items;
const name = (id: string, text: string) => client.post<{ id: string }>(`/pipelines/${id}/versions`, { name: text });

it('lists sub-pipelines in their newest named version, and nothing else', async () => {
  const plain = await create(documentOf('A plain pipeline', 'training', ['one']));
  await name(plain, 'Baseline');
  const id = await create(documentOf('Prepare', 'sub-pipeline', ['one']));
  expect(await listed()).toEqual([]);

  const first = await name(id, 'Version 1');
  expect(await listed()).toMatchObject([{ id, name: 'Prepare', latest: { id: first.id, name: 'Version 1', by: 'Owner', nodeCount: 1 } }]);

  const changed = documentOf('Prepare well', 'sub-pipeline', ['one', 'two']);
  await client.request(`/pipelines/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': '"1"' },
    body: JSON.stringify({ document: changed }),
  });
  expect(await listed()).toMatchObject([{ name: 'Prepare well', latest: { id: first.id } }]);
  const second = await name(id, 'Version 2');
  expect(await listed()).toMatchObject([{ latest: { id: second.id, nodeCount: 2 } }]);

  const { items } = await client.get<{ items: { id: string; kind: string }[] }>('/pipelines');
  expect(items.find((each) => each.id === id)?.kind).toBe('sub-pipeline');
  await client.request(`/pipelines/${id}`, { method: 'DELETE' });
  expect(await listed()).toEqual([]);
});

it('keeps what a group says of its source through saving and export', async () => {
  const source = { pipeline: 'gone', version: 'v1', name: 'Prepare', ids: { a: 'one' } };
  const id = await create({ ...documentOf('Uses it', 'training', ['one']), groups: [{ id: 'group-1', title: 'Prepare', nodes: ['one'], source }] });
  const { document } = await client.get<{ document: { groups: unknown[] } }>(`/pipelines/${id}`);
  expect(document.groups).toMatchObject([{ source }]);
  const file = await (await client.request(`/pipelines/${id}/export`)).json();
  expect(file).toMatchObject({ groups: [{ source }] });
});
