import { afterAll, beforeAll, expect, it } from 'vitest';
import { DesignerPage } from '../../support/designer-page.ts';
import { middle } from '../../support/pointer.ts';

let designer: DesignerPage;
let id: string;
const edges = async (): Promise<string[]> => (await designer.saved(id)).edges.map(({ from, to }) => `${from.node} ${to.node}.${to.port}`);

/** Drags a wire from the rows to so many pixels left of and above the needed input of the query. */
async function letGoAt(left: number, above: number): Promise<void> {
  const { page } = designer;
  const [from, to] = [await middle(designer.card('Rows').getByLabel(/\(table\)$/)), await middle(designer.card('Query').getByLabel('Table1 (table)'))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2 - left, (from.y + to.y) / 2, { steps: 6 });
  await page.mouse.move(to.x - left, to.y - above, { steps: 6 });
  await page.mouse.up();
}

beforeAll(async () => {
  designer = await DesignerPage.start();
  const node = (name: string, type: string, params: Record<string, unknown>) => ({ id: name.toLowerCase(), type, version: 1, name, comment: '', params });
  const nodes = [
    node('Rows', 'enter-data-manually', { data: 'age,income,city\n1,2,x\n3,4,y' }),
    node('Query', 'apply-sql-transformation', { script: 'SELECT * FROM t1' }),
    node('Select', 'select-columns-in-dataset', { columns: { mode: 'names', names: [] } }),
  ];
  const layout: Record<string, [number, number]> = { rows: [300, 0], query: [0, 300], select: [600, 300] };
  id = await designer.make({ name: 'Wiring', nodes, edges: [{ from: { node: 'rows', port: 'data' }, to: { node: 'select', port: 'data' } }], layout });
});
afterAll(() => designer?.stop());

it('a wire that is let go near a port is drawn to it', async () => {
  await designer.says('Rows', /Will run/);
  await letGoAt(-10, 34);
  await expect.poll(edges).toContain('rows query.t1');
});

it('a wire that is let go far from every port opens the list of what fits', async () => {
  const { page } = designer;
  await page.getByRole('button', { name: /^Undo: Draw a wire/ }).click();
  await letGoAt(0, 110);
  const field = page.getByRole('combobox', { name: 'Find a node' });
  await field.waitFor();
  await field.press('Escape');
  await expect.poll(() => field.count()).toBe(0);
  await expect.poll(() => edges()).toEqual(['rows select.data']);
});

it('names pasted into the column picker are chosen, and an unknown one is told', async () => {
  const { inspector } = designer;
  await designer.choose('Select');
  await inspector.getByRole('button', { name: 'Paste a list' }).click();
  const field = inspector.getByLabel('Names of columns');
  await field.fill(' , \n;');
  await expect.poll(() => inspector.getByRole('button', { name: 'Choose', exact: true }).isDisabled()).toBe(true);
  await field.fill('"city"; age\nnope\tage');
  await inspector.getByRole('button', { name: 'Choose 3', exact: true }).click();
  await inspector.getByText('No column “nope” here.').waitFor();
  await expect.poll(() => inspector.getByText('2 of 3 chosen').count()).toBe(1);
  await designer.says('Select', /no column “nope”/);
  await expect.poll(() => inspector.getByText('nope').count()).toBe(1);
  await inspector.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect
    .poll(async () => (await designer.saved(id)).nodes.find((each) => each.id === 'select')?.params.columns)
    .toEqual({ mode: 'names', names: ['city', 'age'] });
  expect(designer.thrown).toEqual([]);
});
