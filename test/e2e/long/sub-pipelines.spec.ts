import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../../support/accessible.ts';
import { DesignerPage } from '../../support/designer-page.ts';
import { drag, middle } from '../../support/pointer.ts';

let designer: DesignerPage;
let id: string;
const groupCard = (name: string): Locator => designer.page.locator('article[aria-roledescription="collapsed group"]').filter({ hasText: name });
const names = (): Promise<string[]> => designer.page.locator('article[aria-roledescription="node"] b').allInnerTexts();
const path = (): Locator => designer.page.getByRole('navigation', { name: 'Where the canvas stands' });

async function chooseAnd(...cards: Locator[]): Promise<void> {
  await designer.page.keyboard.press('Escape');
  for (const [at, card] of cards.entries()) await card.click({ modifiers: at === 0 ? [] : ['ControlOrMeta'], position: { x: 100, y: 14 } });
}

/** Rows, and three queries in a line that each add one, not wired to them yet. */
beforeAll(async () => {
  designer = await DesignerPage.start();
  const query = (name: string) => ({
    id: name,
    type: 'apply-sql-transformation',
    version: 1,
    name,
    comment: '',
    params: { script: `SELECT a + 1 AS a FROM t1` },
  });
  const rows = { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', comment: '', params: { data: 'a\n1\n2' } };
  const nodes = [rows, ...['One', 'Two', 'Three'].map(query)];
  const edges = ['One', 'Two'].map((from, at) => ({ from: { node: from, port: 'data' }, to: { node: ['Two', 'Three'][at]!, port: 't1' } }));
  id = await designer.make({ name: 'Nested', nodes, edges, layout: Object.fromEntries(nodes.map((node, at) => [node.id, [at * 60, at * 140]])) });
});
afterAll(() => designer?.stop());

it('a sub-pipeline with another in it is made by keys', async () => {
  const { page } = designer;
  await chooseAnd(designer.card('One'), designer.card('Two'));
  await page.keyboard.press('Control+Shift+g');
  await page.getByLabel('Title of the group').fill('Inner');
  await groupCard('Inner').waitFor();
  await chooseAnd(groupCard('Inner'), designer.card('Three'));
  await page.keyboard.press('Control+Shift+g');
  await page.getByLabel('Title of the group').fill('Outer');
  await expect.poll(names).toEqual(['Rows']);
  await expect
    .poll(async () => (await designer.saved(id)).groups)
    .toMatchObject([
      { title: 'Inner', nodes: ['One', 'Two'], parent: 'group-2', collapsed: true },
      { title: 'Outer', nodes: ['Three'], collapsed: true },
    ]);
});

it('each opens in place, and leads back to where its card stands', async () => {
  const { page } = designer;
  await groupCard('Outer').press('Enter');
  await expect.poll(names).toEqual(['Three']);
  await groupCard('Inner').press('Enter');
  await expect.poll(names).toEqual(['One', 'Two']);
  await expect.poll(() => path().getByRole('button').allInnerTexts()).toEqual(['Nested', 'Outer']);
  await accessible(designer.page, 'inside two sub-pipelines');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect.poll(names).toEqual(['Three']);
  await path().getByRole('button', { name: 'Nested' }).click();
  await expect.poll(names).toEqual(['Rows']);
});

it('a wire is drawn to a port of a node two sub-pipelines deep', async () => {
  const { page } = designer;
  const outer = groupCard('Outer').getByLabel(/^One · .*\(table/);
  const rows = designer.card('Rows').getByLabel(/\(table\)$/);
  const edges = async () => (await designer.saved(id)).edges.map(({ from, to }) => `${from.node} ${to.node}.${to.port}`).sort();
  await drag(page, rows, outer);
  await expect.poll(edges).toEqual(['One Two.t1', 'Two Three.t1', 'rows One.t1']);
});

it('ports that are seldom wired are shown when they are asked for, and wired without opening the card', async () => {
  const { page } = designer;
  const outer = groupCard('Outer');
  const second = outer.getByLabel(/^Two · .*2 .*optional/);
  await expect.poll(() => second.count()).toBe(0);
  await outer.getByRole('button', { name: /^\+\d+$/ }).click();
  await drag(page, designer.card('Rows').getByLabel(/\(table\)$/), second);
  await expect
    .poll(async () => (await designer.saved(id)).edges.map(({ to }) => `${to.node}.${to.port}`).sort())
    .toEqual(['One.t1', 'Three.t1', 'Two.t1', 'Two.t2']);
  await outer.getByRole('button', { name: 'Fewer ports' }).click();
  await expect.poll(() => outer.getByLabel(/^Three · .*optional/).count()).toBe(0);
  await expect.poll(() => second.count()).toBe(1);
  await accessible(designer.page, 'a sub-pipeline with its ports');
});

it('runs as one card, and is taken apart step by step', async () => {
  const { page } = designer;
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect.poll(() => groupCard('Outer').getAttribute('aria-label')).toMatch(/Done|Reused/);
  await groupCard('Outer').click({ position: { x: 100, y: 14 } });
  await page.keyboard.press('Control+u');
  await expect.poll(names).toEqual(['Rows', 'Three']);
  await groupCard('Inner').click({ position: { x: 100, y: 14 } });
  await page.keyboard.press('g');
  await expect.poll(names).toEqual(['Rows', 'One', 'Two', 'Three']);
  await expect.poll(async () => (await designer.saved(id)).groups).toMatchObject([{ title: 'Inner', nodes: ['One', 'Two'], collapsed: false }]);
  expect(designer.thrown).toEqual([]);
});

describe('shared between pipelines', () => {
  let first: string;
  let second: string;
  let third: string;
  const shared = (): Locator => designer.inspector.getByRole('region', { name: 'Sub-pipeline' });
  const library = (): Locator => designer.page.getByRole('button', { name: /^Prepare \d nodes · Version \d$/ });
  const script = async (pipeline: string, node: string) => (await designer.saved(pipeline)).nodes.find(({ id: each }) => each === node)?.params.script;
  const write = async (card: string, text: string): Promise<void> => {
    await designer.choose(card);
    const editor = designer.inspector.locator('.cm-content').first();
    await editor.click();
    await designer.page.keyboard.press('Control+a');
    await designer.page.keyboard.insertText(text);
  };

  beforeAll(async () => {
    const node = (name: string, adds: number) => ({
      id: name,
      type: 'apply-sql-transformation',
      version: 1,
      name,
      comment: '',
      params: { script: `SELECT a + ${adds} AS a FROM t1` },
    });
    const rows = { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', comment: '', params: { data: 'a\n1\n2' } };
    const nodes = [rows, node('Clean', 1), node('Derive', 2)];
    const wire = (from: string, to: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 't1' } });
    const layout = Object.fromEntries(nodes.map((each, at) => [each.id, [0, at * 140] as [number, number]]));
    second = await designer.make({ name: 'Second', nodes: [rows], edges: [], layout: { rows: [0, 0] } });
    third = await designer.make({ name: 'Third', nodes: [rows], edges: [], layout: { rows: [0, 0] } });
    first = await designer.make({ name: 'First', nodes, edges: [wire('rows', 'Clean'), wire('Clean', 'Derive')], layout });
  });

  it('a group is saved for the other pipelines', async () => {
    const { page } = designer;
    await chooseAnd(designer.card('Clean'), designer.card('Derive'));
    await page.keyboard.press('Control+Shift+g');
    await page.getByLabel('Title of the group').fill('Prepare');
    await shared().getByRole('button', { name: 'Save for other pipelines' }).click();
    await expect.poll(() => shared().textContent()).toMatch(/Made from Prepare\.\s+It is Version 1, the newest\./);
    await expect.poll(() => library().count()).toBe(1);
    await accessible(designer.page, 'a shared sub-pipeline');
  });

  it('another pipeline takes it from the library and runs it', async () => {
    const { page } = designer;
    await designer.open(second);
    await library().click();
    await groupCard('Prepare').waitFor();
    await drag(page, designer.card('Rows').getByLabel(/\(table\)$/), groupCard('Prepare').getByLabel(/^Clean · Table1/));
    await expect.poll(async () => (await designer.saved(second)).edges.length).toBe(2);
    await page.getByRole('button', { name: 'Run', exact: true }).first().click();
    await expect.poll(() => groupCard('Prepare').getAttribute('aria-label')).toMatch(/Done|Reused/);
    await expect.poll(async () => (await designer.saved(second)).groups).toMatchObject([{ title: 'Prepare', collapsed: true, source: { name: 'Prepare' } }]);
  });

  it('a wire dropped on empty canvas offers it, and is drawn to its port', async () => {
    const { page } = designer;
    await designer.open(third);
    const from = await middle(designer.card('Rows').getByLabel(/\(table\)$/));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 90, { steps: 8 });
    await page.mouse.up();
    const offer = page.getByRole('option', { name: /^Prepare 2 nodes/ });
    await offer.waitFor();
    await page.getByRole('combobox', { name: 'Find a node' }).fill('prepa');
    await offer.click();
    await groupCard('Prepare').waitFor();
    const { edges, groups } = await designer.saved(third);
    const { ids } = groups![0]!.source!;
    expect(edges).toContainEqual({ from: { node: 'rows', port: 'data' }, to: { node: ids.Clean, port: 't1' } });
    await expect.poll(() => designer.undoButton().getAttribute('aria-label')).toBe('Undo: Add Prepare');
  });

  it('what is changed in it is told, and published as a new version', async () => {
    const { page } = designer;
    await designer.open(second);
    await groupCard('Prepare').press('Enter');
    await write('Derive', 'SELECT a * 10 AS a FROM t1');
    await page.keyboard.press('Escape');
    await path().getByRole('button', { name: 'Second' }).click();
    await groupCard('Prepare').click({ position: { x: 100, y: 14 } });
    await expect.poll(() => groupCard('Prepare').getAttribute('aria-label')).toContain('changed from its source');
    await shared().getByText('Changed from its source').waitFor();
    await shared().getByRole('button', { name: 'Publish changes' }).click();
    await expect.poll(() => shared().textContent()).toMatch(/It is Version 2, the newest\./);
    await expect.poll(() => groupCard('Prepare').getAttribute('aria-label')).not.toContain('changed from its source');
  });

  it('the first pipeline is told of the version, takes it in one step and keeps what it changed', async () => {
    const { page } = designer;
    await designer.open(first);
    await groupCard('Prepare').press('Enter');
    await write('Clean', 'SELECT a + 100 AS a FROM t1');
    await page.keyboard.press('Escape');
    await path().getByRole('button', { name: 'First' }).click();
    await groupCard('Prepare').click({ position: { x: 100, y: 14 } });
    await expect.poll(() => groupCard('Prepare').getAttribute('aria-label')).toContain('newer version');
    await shared().getByRole('button', { name: 'Update to Version 2' }).click();
    await expect.poll(() => shared().textContent()).toMatch(/It is Version 2, the newest\./);
    await expect
      .poll(async () => [await script(first, 'Clean'), await script(first, 'Derive')])
      .toEqual(['SELECT a + 100 AS a FROM t1', 'SELECT a * 10 AS a FROM t1']);
    await designer.undoButton().click();
    await expect.poll(() => script(first, 'Derive')).toBe('SELECT a + 2 AS a FROM t1');
    await designer.redoButton().click();
  });

  it('a group whose sub-pipeline is gone stays as it is, and can be detached', async () => {
    const { page } = designer;
    const { groups } = await designer.saved(second);
    const { pipeline } = groups![0]!.source!;
    await designer.context.request.delete(`${designer.server.url}/api/v1/pipelines/${pipeline}`, { headers: { origin: designer.server.url } });
    await designer.open(second);
    await expect.poll(() => library().count()).toBe(0);
    await groupCard('Prepare').click({ position: { x: 100, y: 14 } });
    await shared()
      .getByText(/is not in this workspace any more/)
      .waitFor();
    await shared().getByRole('button', { name: 'Detach' }).click();
    await shared().getByRole('button', { name: 'Save for other pipelines' }).waitFor();
    await expect.poll(async () => (await designer.saved(second)).groups![0]).not.toHaveProperty('source');
    await page.keyboard.press('Escape');
    expect(designer.thrown).toEqual([]);
  });
});
