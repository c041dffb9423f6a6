import { afterAll, beforeAll, expect, it } from 'vitest';
import { finishedRun, signIn } from '../../support/client.ts';
import { DesignerPage } from '../../support/designer-page.ts';
import { drag } from '../../support/pointer.ts';

let designer: DesignerPage;
let pipeline: string;
beforeAll(async () => {
  designer = await DesignerPage.start();
  const client = await signIn(designer.server.url, designer.server.running.signInLink());
  const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`, {});
  const { status, steps } = await finishedRun(client, run.id);
  expect(status).toBe('succeeded');
  await client.post('/models', { name: 'tumour', hash: steps.find(({ type }) => type === 'train-model')!.outputs[0]!.hash });
  const node = (id: string, type: string, params: Record<string, unknown>) => ({ id, type, version: 1, name: '', comment: '', params });
  pipeline = await designer.make({
    name: 'Scores',
    nodes: [node('read', 'dataset', { dataset: { name: 'breast-cancer', version: null } }), node('score', 'score-model', {})],
    edges: [{ from: { node: 'read', port: 'data' }, to: { node: 'score', port: 'data' } }],
    layout: { read: [300, 0], score: [150, 200] },
  });
});
afterAll(() => designer?.stop());

it('a registered model is taken from the library, wired, and scores new data', async () => {
  const { page } = designer;
  await page.getByRole('tab', { name: /^Models/ }).click();
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /^tumour/ })
    .click();
  await designer.card('tumour').waitFor();
  const { nodes } = await designer.saved(pipeline);
  const model = nodes.find(({ type }) => type === 'registered-model')!;
  expect(model).toMatchObject({ name: 'tumour', params: { model: { name: 'tumour', version: 'latest' } } });

  const port = (name: string, title: string) => designer.card(name).getByLabel(new RegExp(`^${title}`));
  await drag(page, port('tumour', 'Trained model'), port('Score Model', 'Trained model'));
  await expect.poll(async () => (await designer.saved(pipeline)).edges.length).toBe(2);
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await designer.says('Score Model', /569|699|683/);
  expect(designer.thrown).toEqual([]);
});
