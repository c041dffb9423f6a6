import { beforeAll, describe, expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { deployTable } from '#test/support/endpoint.ts';
import { startedServer } from '#test/support/server.ts';
import { runProgram } from '#test/support/written-programs.ts';
import { PROTOCOLS, snippet, type Row } from '#web/lib/endpoints/consume.ts';
import { snippet as startOfRun } from '#web/lib/pipeline-endpoints/snippets.ts';

const NAME = 'guests';
const CITIES = ['Oslo', "L'Aquila", 'São "Paulo"'];
const rowAt = (index: number): Row => ({ age: 20.5 + (index % 40), 'visits $HOME': index % 7, member: index % 2 === 0, città: CITIES[index % 3]! });
const csvCell = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;

let key: string;

const { server, client } = await startedServer();
beforeAll(async () => {
  const names = Object.keys(rowAt(0));
  const lines = Array.from({ length: 200 }, (_, index) => [...Object.values(rowAt(index)), index % 40 > 20 ? 'yes' : 'no'].map(csvCell).join(','));
  ({ key } = await deployTable(client, NAME, [[...names, 'came'].map(csvCell).join(','), ...lines].join('\n'), {
    label: 'came',
    learner: 'two-class-boosted-decision-tree',
  }));
});

describe.each(['curl', 'typescript'] as const)('%s of an endpoint’s page', (language) => {
  it.each(PROTOCOLS.map(({ value }) => value))('gets the answer, by %s', async (protocol) => {
    for (const index of [2, 34]) {
      const row = rowAt(index);
      const { results } = await client.post<{ results: Record<string, unknown>[] }>(`/endpoints/${NAME}/score`, [row]);
      const said = await runProgram(language, snippet(language, { origin: server.url, endpoint: NAME, key, row, protocol }));
      expect(said).toContain(String(results[0]!['Scored Labels']));
      expect(said).toContain('Scored Labels');
    }
  });

  it('ends in an error with another key', async () => {
    await expect(runProgram(language, snippet(language, { origin: server.url, endpoint: NAME, key: 'mwe_wrong', row: rowAt(0) }))).rejects.toThrow(
      /endpoint_key|keys of this endpoint/,
    );
  });
});

describe.each(['curl', 'typescript'] as const)('%s of a pipeline endpoint’s page', (language) => {
  it('starts a run with its parameters', async () => {
    const document = {
      formatVersion: 1,
      name: 'Published',
      nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n' } }],
      parameters: [{ name: 'rows', node: 'a', param: 'data' }],
    };
    const { id: pipelineId } = await client.post<{ id: string }>('/pipelines', { document });
    const { url, token } = await client.post<{ url: string; token: string }>('/pipeline-endpoints', { name: `By ${language}`, pipelineId });
    const rows = `città\n"it's ""here"" $HOME 😀"\nOslo\n`;
    await runProgram(language, startOfRun(language, { url: server.url + url, token, parameters: { rows } }));
    const [run] = (await client.get<{ items: { id: string }[] }>(`/runs?pipeline=${pipelineId}`)).items;
    const { steps, status } = await finishedRun(client, run!.id);
    expect([status, steps[0]!.outputs[0]!.rowCount]).toEqual(['succeeded', 2]);
    expect(await client.get(`/runs/${run!.id}`)).toMatchObject({ parameters: { rows } });
  });
});
