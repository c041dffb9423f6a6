import { expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

const { client } = await startedServer();

it('a CSV file of a run is downloaded under its name, with formulas neutralised', async () => {
  const document = {
    formatVersion: 1,
    name: 'Books',
    nodes: [
      { id: 'data', type: 'enter-data-manually', version: 1, params: { format: 'csv', data: 'name,n\nAda,1\n=1+1,-2\n' } },
      { id: 'csv', type: 'convert-to-csv', version: 1, params: { name: 'Bücher' } },
    ],
    edges: [{ from: { node: 'data', port: 'data' }, to: { node: 'csv', port: 'data' } }],
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.filter((step) => step.error)).toEqual([]);
  const step = run.steps.find(({ node }) => node === 'csv')!;
  const { hash } = step.outputs.find(({ port }) => port === 'file')!;
  const answer = await client.request(`/artifacts/${hash}/content`);
  expect(answer.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent('Bücher.csv')}`);
  expect(await answer.text()).toBe("name,n\r\nAda,1\r\n'=1+1,-2\r\n");
});
