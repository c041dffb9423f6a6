import { afterAll, beforeAll, expect, it } from 'vitest';
import { finishedRun, signIn } from '#test/support/client.ts';
import { DesignerPage } from '#test/support/designer-page.ts';

let designer: DesignerPage;
beforeAll(async () => {
  designer = await DesignerPage.start({ width: 1280, height: 720 });
});
afterAll(() => designer?.stop());

const node = (id: string, type: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, name: id, comment: '', params });
const wire = (from: string, output: string, to: string, port: string) => ({ from: { node: from, port: output }, to: { node: to, port } });
/** Rows that trees do not learn by heart soon. */
const rowsOf = (count: number): string =>
  `a,b,c,y\n${Array.from({ length: count }, (_, at) => `${(at * 7919) % 1009},${(at * 104_729) % 997},${(at * 31) % 89},${(at * at) % 7 < 3 ? 'yes' : 'no'}`).join('\n')}\n`;

const typed = (data: string) => node('rows', 'enter-data-manually', { data });

async function make(name: string, rows: ReturnType<typeof node>, learner: ReturnType<typeof node>): Promise<string> {
  return designer.make({
    name,
    nodes: [rows, learner, node('train', 'train-model', { label: 'y' })],
    edges: [wire('rows', 'data', 'train', 'data'), wire(learner.id, 'learner', 'train', 'learner')],
    layout: { rows: [240, 0], [learner.id]: [0, 0], train: [120, 140] },
  });
}

it('a training shows its loss while it runs, also on the page of the run, and ends at once when it is cancelled', async () => {
  const { page, server } = designer;
  const headers = { origin: server.url, 'x-file-name': 'many.csv', 'content-type': 'application/octet-stream' };
  await designer.context.request.put(`${server.url}/api/v1/datasets/many`, { headers, data: rowsOf(20_000) });
  await make(
    'Long',
    node('rows', 'dataset', { dataset: { name: 'many', version: null } }),
    node('trees', 'two-class-boosted-decision-tree', { trees: 10_000, leaves: 256 }),
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await designer.says('train', /Running/);
  await designer.choose('train');
  await designer.inspector.getByRole('tab', { name: 'Run', exact: true }).click();
  const curve = page.getByRole('img', { name: /^training loss goes from .* by iteration \d/ });
  await curve.waitFor();
  await designer.inspector.getByText('A run is on its way.').waitFor();
  const { items } = await designer.ask<{ items: { id: string }[] }>('GET', '/runs?limit=1');
  await page.goto(`${server.url}/runs/${items[0]!.id}`);
  await curve.waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
});

it('the page of a failed run opens on the step that failed', async () => {
  const { page, server } = designer;
  const pipeline = await make('One class', typed('x,y\n1,no\n2,no\n3,no\n'), node('logistic', 'two-class-logistic-regression'));
  const client = await signIn(server.url, server.running.signInLink());
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, {});
  await finishedRun(client, id);
  await page.goto(`${server.url}/runs/${id}`);
  await page.getByRole('region', { name: 'Result' }).getByText('train failed before it gave anything.').waitFor();
  await page.getByRole('region', { name: 'Result' }).getByRole('link', { name: 'label_one_class' }).waitFor();
});

it('a number that cannot be taken stays in its field with what can, until it is given up', async () => {
  const { page } = designer;
  await make('Typing', typed('x,y\n1,no\n2,yes\n'), node('trees', 'two-class-boosted-decision-tree'));
  await designer.choose('trees');
  const field = designer.inspector.getByLabel('Number of trees constructed');
  await field.fill('many');
  await page.keyboard.press('Tab');
  await designer.inspector.getByText('Type a number, 1 – 10,000. Until then 100 counts.').waitFor();
  await expect.poll(() => field.inputValue()).toBe('many');
  await field.press('Escape');
  await expect.poll(() => field.inputValue()).toBe('100');
  await field.fill('1,000');
  await designer.says('trees', /1,?000 trees/);
  expect(designer.thrown).toEqual([]);
});
