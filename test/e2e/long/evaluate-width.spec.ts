import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishedRun, signIn, type Client } from '../../support/client.ts';
import { DesignerPage } from '../../support/designer-page.ts';

let designer: DesignerPage;
const runs: Record<string, string> = {};

const node = (id: string, type: string, params: object = {}, version = 1) => ({ id, type, version, params });
const wire = (from: string, output: string, to: string, port: string) => ({ from: { node: from, port: output }, to: { node: to, port } });

async function run(client: Client, name: string, pipeline: string): Promise<void> {
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, {});
  const { status, steps } = await finishedRun(client, id);
  expect(steps.filter(({ error }) => error)).toEqual([]);
  expect(status).toBe('succeeded');
  runs[name] = id;
}
async function make(client: Client, name: string, nodes: object[], edges: object[]): Promise<void> {
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name, nodes, edges, layout: {} } });
  await run(client, name, id);
}

beforeAll(async () => {
  designer = await DesignerPage.start({ width: 1280, height: 720 });
  const client = await signIn(designer.server.url, designer.server.running.signInLink());
  for (const sample of ['telco-churn', 'breast-cancer']) {
    const { id } = await client.post<{ id: string }>(`/samples/${sample}/open`);
    if (sample === 'telco-churn') await run(client, 'two classes', id);
  }
  const ways = ['scored', 'compare'] as const;
  await make(
    client,
    'several classes',
    [
      node('rows', 'dataset', { dataset: { name: 'telco-churn', version: null } }),
      ...ways.flatMap((way) => [
        node(`learner-${way}`, 'multiclass-naive-bayes'),
        node(`train-${way}`, 'train-model', { label: 'contract' }),
        node(`score-${way}`, 'score-model'),
      ]),
      node('evaluate', 'evaluate-model', {}, 2),
    ],
    ways.flatMap((way) => [
      wire(`learner-${way}`, 'learner', `train-${way}`, 'learner'),
      wire('rows', 'data', `train-${way}`, 'data'),
      wire(`train-${way}`, 'model', `score-${way}`, 'model'),
      wire('rows', 'data', `score-${way}`, 'data'),
      wire(`score-${way}`, 'data', 'evaluate', way),
    ]),
  );
  await make(
    client,
    'clusters',
    [
      node('rows', 'dataset', { dataset: { name: 'breast-cancer', version: null } }),
      node('means', 'k-means-clustering', { clusters: 4 }),
      node('train', 'train-clustering-model'),
      node('evaluate', 'evaluate-model', {}, 2),
    ],
    [wire('means', 'learner', 'train', 'learner'), wire('rows', 'data', 'train', 'data'), wire('train', 'data', 'evaluate', 'scored')],
  );
});
afterAll(() => designer?.stop());

/** Tables that scroll sideways, and words that are cut, in the body of the page. */
const cut = (): Promise<string[]> =>
  designer.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.evaluation *')]
      .filter((each) => getComputedStyle(each).overflowX !== 'visible' && each.clientWidth > 2 && each.scrollWidth > each.clientWidth + 1)
      .map((each) => each.innerText.slice(0, 80)),
  );

describe.each([
  [1280, 720],
  [1440, 900],
])('on a screen of %i by %i nothing is cut', (width, height) => {
  it.each([
    ['two classes', 'Confusion'],
    ['several classes', 'Classes'],
    ['clusters', 'Sizes'],
  ])('in the evaluation of %s', async (name, card) => {
    const { page, server } = designer;
    await page.setViewportSize({ width, height });
    await page.goto(`${server.url}/runs/${runs[name]!}/evaluate/evaluate`);
    await page.getByRole('region', { name: card, exact: true }).waitFor();
    await expect.poll(() => cut()).toEqual([]);
  });

  it('in the table behind a chart', async () => {
    const { page, server } = designer;
    await page.goto(`${server.url}/runs/${runs['two classes']!}/evaluate/evaluate`);
    await page.getByRole('button', { name: 'Lift', exact: true }).click();
    const lift = page.getByRole('region', { name: 'Lift', exact: true });
    await lift.getByRole('button', { name: 'Show as table' }).click();
    await lift.getByRole('columnheader', { name: 'Times as many Yes' }).waitFor();
    await expect.poll(() => cut()).toEqual([]);
  });
});

it('shows the name of a model whole, beside its download', async () => {
  const { page, server } = designer;
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto(`${server.url}/runs/${runs['two classes']!}`);
  await page.getByRole('button', { name: 'Train boosted trees', exact: true }).click();
  const head = page.getByRole('region', { name: 'About the model' });
  await expect
    .poll(async () => {
      const [title, link] = [(await head.getByRole('heading').boundingBox())!, (await head.getByRole('link', { name: '.onnx' }).boundingBox())!];
      return title.x + title.width <= link.x;
    })
    .toBe(true);
  await expect.poll(() => head.getByRole('heading').evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
});
