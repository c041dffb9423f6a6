import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { ColumnFigures } from '#pipelines/propose/facts.ts';
import { propose } from '#pipelines/propose/propose.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

interface Version {
  readonly hash: string;
  readonly schema: TableSchema;
}
interface Profile {
  readonly rowCount: number;
  readonly columns: readonly ColumnFigures[];
}

const { client } = await startedServer();

const sample = async (name: string): Promise<Version> => (await client.post<{ latest: Version }>(`/samples/datasets/${name}/add`)).latest;
async function upload(name: string): Promise<Version> {
  const body = await readFile(new URL(`../interop/data/${name}.csv`, import.meta.url));
  const headers = { 'content-type': 'text/csv', 'x-file-name': `${name}.csv` };
  const { id } = (await (await client.request('/files', { method: 'POST', headers, body })).json()) as { id: string };
  return client.post<Version>(`/datasets/${name}/versions`, { file: id });
}

test.each([
  { name: 'telco-churn', from: sample, task: 'two-class', models: 2 },
  { name: 'diamonds', from: sample, task: 'regression', models: 2 },
  { name: 'penguins', from: upload, task: 'multiclass', models: 2 },
  { name: 'ames-housing', from: upload, task: 'regression', models: 2 },
])('what is proposed for $name runs without a failure', async ({ name, from, task, models }) => {
  const { hash, schema } = await from(name);
  const { rowCount, columns } = await client.get<Profile>(`/artifacts/${hash}/profile`);
  const { document, decisions } = propose({ name, schema, rowCount, columns }, catalog);
  expect(decisions.task).toBe(task);
  const pipeline = await client.post<{ id: string }>('/pipelines', { document });
  expect(await client.post(`/pipelines/${pipeline.id}/check`)).toEqual({ issues: [] });
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline.id}/runs`);
  const run = await finishedRun(client, id);
  expect(run.steps.flatMap(({ error }) => (error ? [error] : []))).toEqual([]);
  expect(run.status).toBe('succeeded');
  expect(run.steps.filter(({ type }) => type === 'train-model')).toHaveLength(models);
  expect(run.headline).toBeTruthy();
});

test('without a label it finds groups of rows that a run gives', async () => {
  const { latest } = await client.get<{ latest: Version }>('/datasets/penguins');
  const { rowCount, columns } = await client.get<Profile>(`/artifacts/${latest.hash}/profile`);
  const { document } = propose({ name: 'penguins', schema: latest.schema, rowCount, columns }, catalog, { label: null });
  const pipeline = await client.post<{ id: string }>('/pipelines', { document });
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline.id}/runs`);
  expect((await finishedRun(client, id)).status).toBe('succeeded');
});
