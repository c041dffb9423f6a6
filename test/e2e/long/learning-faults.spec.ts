import { afterAll, beforeAll, expect, it } from 'vitest';
import { finishedRun, signIn } from '../../support/client.ts';
import { DesignerPage } from '../../support/designer-page.ts';

let designer: DesignerPage;
let pipeline: string;

const node = (id: string, type: string, name: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, name, comment: '', params });
const wire = (from: string, output: string, to: string, port: string) => ({ from: { node: from, port: output }, to: { node: to, port } });

beforeAll(async () => {
  designer = await DesignerPage.start({ width: 1280, height: 720 });
  const rows = Array.from({ length: 40 }, (_, at) => `${at},${at - 20}`).join('\n');
  pipeline = await designer.make({
    name: 'Counts below zero',
    nodes: [
      node('rows', 'enter-data-manually', 'Rows', { data: `x,y\n${rows}` }),
      node('counts', 'poisson-regression', 'Counts'),
      node('groups', 'k-means-clustering', 'Groups'),
      node('train', 'train-model', 'Train counts', { label: 'y' }),
      node('wrong', 'train-model', 'Train groups', { label: 'y' }),
    ],
    edges: [
      wire('rows', 'data', 'train', 'data'),
      wire('counts', 'learner', 'train', 'learner'),
      wire('rows', 'data', 'wrong', 'data'),
      wire('groups', 'learner', 'wrong', 'learner'),
    ],
    layout: { rows: [0, 0], counts: [284, 0], groups: [568, 0], train: [0, 140], wrong: [568, 140] },
  });
});
afterAll(() => designer?.stop());

it('says on the card what is wrong where the schema tells it', async () => {
  await designer.says('Train groups', /learns without a label\. Train it by Train Clustering Model/);
  await designer.choose('Train groups');
  await designer.inspector.getByText(/^This algorithm learns without a label/).waitFor();
});

it('tells in full in the run what only the rows could show', async () => {
  const client = await signIn(designer.server.url, designer.server.running.signInLink());
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, { scope: { kind: 'to', node: 'train' } });
  const run = await finishedRun(client, id);
  expect(run.steps.find((step) => step.node === 'train')?.error?.code).toBe('label_negative');
  const { page, server } = designer;
  await page.goto(`${server.url}/runs/${id}`);
  const told = page.getByRole('region', { name: 'Steps', exact: true }).getByText(/holds negative numbers.* or choose another regression algorithm\.$/);
  await told.waitFor();
  await expect.poll(() => told.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
});
