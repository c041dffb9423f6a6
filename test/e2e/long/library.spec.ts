import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { middle, standing } from '#test/support/pointer.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.signInLink);
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const card = (name: string): Locator =>
  page
    .locator('article[aria-roledescription="node"]')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();
const undoName = (): Promise<string | null> => page.getByRole('button', { name: /^Undo: |^Nothing to undo/ }).getAttribute('aria-label');
const library = (): Locator => page.getByLabel('Library', { exact: true });
const rows = (): Promise<string[]> => library().locator('.entry').allInnerTexts();
const wires = (): Promise<string[]> =>
  page.locator('.svelte-flow__edge').evaluateAll((all) => all.map((each) => (each as SVGElement).dataset.id ?? '').toSorted());

/** Two tables, a query after the first, and a node that stands alone. */
async function open(name: string): Promise<string> {
  const rowsOf = (id: string, data: string) => ({ id, type: 'enter-data-manually', version: 1, name: id, params: { data } });
  const nodes = [
    rowsOf('Left', 'a,said\n1,x y\n2,z'),
    rowsOf('Right', 'a\n5\n6'),
    { id: 'Query', type: 'apply-sql-transformation', version: 1, name: 'Query', params: { script: 'SELECT * FROM t1' } },
    { id: 'Alone', type: 'sort', version: 1, name: 'Alone', params: {} },
  ];
  const layout = { Left: [0, 0], Right: [300, 0], Query: [0, 260], Alone: [300, 260] };
  const edges = [{ from: { node: 'Left', port: 'data' }, to: { node: 'Query', port: 't1' } }];
  const response = await context.request.fetch(`${server.url}/api/v1/pipelines`, {
    method: 'POST',
    data: { document: { formatVersion: 1, name, nodes, edges, layout } },
    headers: { origin: server.url },
  });
  const { id } = (await response.json()) as { id: string };
  await page.goto(`${server.url}/pipelines/${id}`);
  await card('Query').waitFor();
  return id;
}

/** Drags without letting go. */
async function carry(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 8 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
}
const port = (name: string, side: 'top' | 'bottom'): Locator =>
  card(name)
    .locator(`.svelte-flow__handle.${side === 'top' ? 'target' : 'source'}`)
    .first();

describe('the library', () => {
  it('forgives what is typed, and knows the words of other tools', async () => {
    await open('Library');
    const search = page.getByLabel('Search nodes');
    await search.fill('standard scaler');
    await expect.poll(async () => (await rows())[0]).toBe('Normalize Data');
    await search.fill('logistc');
    await expect.poll(async () => (await rows())[0]).toMatch(/Logistic Regression/);
    await search.fill('zebra zoo');
    await library().getByText('No node fits').waitFor();
    await search.fill('');
  });

  it('keeps favourites and what was used last', async () => {
    const search = page.getByLabel('Search nodes');
    await search.fill('Sort');
    await expect.poll(async () => (await rows())[0]).toBe('Sort');
    await search.press('ArrowDown');
    await library().locator('.entry:focus').waitFor();
    await page.keyboard.press('f');
    await search.fill('pivot');
    await expect.poll(async () => (await rows())[0]).toBe('Pivot');
    await search.press('Enter');
    await card('Pivot').waitFor();
    await search.fill('');
    await page.reload();
    await card('Query').waitFor();
    await library()
      .getByRole('button', { name: /^Favourites/ })
      .waitFor();
    await expect.poll(async () => (await rows()).slice(0, 2)).toEqual(['Sort', 'Pivot']);
    await accessible(page, 'library with favourites');
  });

  it('shows ports, an example and the whole help of a node', async () => {
    await page.getByLabel('Search nodes').fill('Normalize');
    await library().getByText('Normalize Data', { exact: true }).hover();
    const shown = page.getByRole('tooltip').filter({ hasText: 'Normalize Data' });
    await shown.getByText('Example').waitFor();
    await shown.getByText('Learn more').click();
    const help = page.getByRole('dialog', { name: 'Help: Normalize Data' });
    await help.getByRole('heading', { name: 'Parameters' }).waitFor();
    await accessible(page, 'help of a node');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.getByLabel('Search nodes').fill('');
  });

  it('keeps the first letter when / follows an arrow key at once', async () => {
    await card('Alone').click({ position: { x: 100, y: 14 } });
    await page.evaluate(() => {
      for (const key of ['ArrowRight', 'ArrowLeft', '/'])
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    });
    const field = page.getByLabel('Find a node', { exact: true });
    await field.waitFor();
    // What was put off is done by then.
    await page.evaluate(() => new Promise((done) => setTimeout(() => setTimeout(done, 0), 0)));
    await page.keyboard.type('pca');
    await expect.poll(() => field.inputValue()).toBe('pca');
    await page.keyboard.press('Escape');
  });

  it('finds nodes by / and by Ctrl K', async () => {
    await card('Alone').click({ position: { x: 100, y: 14 } });
    await page.keyboard.press('/');
    await page.getByLabel('Find a node', { exact: true }).fill('SimpleImputer');
    await page.getByRole('option').first().getByText('Clean Missing Data').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByLabel('Find a command').fill('one hot');
    await page
      .getByRole('option', { name: /Add Convert to Indicator Values/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await card('Convert to Indicator Values').waitFor();
    await page.keyboard.press('Control+z');
    await card('Convert to Indicator Values').waitFor({ state: 'detached' });
    // One list for all: what stands on the canvas, datasets, pages.
    await page.keyboard.press('Control+k');
    const group = (name: string) => page.getByRole('listbox', { name: 'Found' }).getByRole('group', { name });
    await page.getByLabel('Find a command').fill('alone');
    await group('On the canvas')
      .getByRole('option', { name: /^Alone/ })
      .waitFor();
    await page.getByLabel('Find a command').fill('storage');
    await group('Pages')
      .getByRole('option', { name: /^Storage/ })
      .waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('wires', () => {
  it('moves an end to another port, and back in one step', async () => {
    await open('Wires');
    await expect.poll(wires).toEqual(['Left/data>Query/t1']);
    const line = await middle(page.locator('.svelte-flow__edge').first());
    await page.mouse.move(line.x, line.y);
    const end = page.locator('.svelte-flow__edgeupdater-source');
    await end.waitFor();
    await carry(await middle(end), await middle(port('Right', 'bottom')));
    await page.mouse.up();
    await expect.poll(wires).toEqual(['Right/data>Query/t1']);
    await expect.poll(() => undoName()).toBe('Undo: Move a wire');
    await page.keyboard.press('Control+z');
    await expect.poll(wires).toEqual(['Left/data>Query/t1']);
  });

  it('leaves a wire whose end is dropped beside', async () => {
    const line = await middle(page.locator('.svelte-flow__edge').first());
    await page.mouse.move(line.x, line.y);
    const end = page.locator('.svelte-flow__edgeupdater-target');
    await end.waitFor();
    const from = await middle(end);
    await carry(from, { x: from.x + 60, y: from.y + 220 });
    await page.mouse.up();
    await expect.poll(() => wires()).toEqual(['Left/data>Query/t1']);
    await expect.poll(() => page.getByLabel('Find a node', { exact: true }).count()).toBe(0);
  });

  it('takes a node that stands alone into a wire', async () => {
    const line = await middle(page.locator('.svelte-flow__edge').first());
    const box = await standing(card('Alone'));
    await carry({ x: box.x + 100, y: box.y + 14 }, line);
    // A straight line has no width, so it does not count as visible.
    await page.locator('.wire.target').waitFor({ state: 'attached' });
    await page.mouse.up();
    await expect.poll(wires).toEqual(['Alone/data>Query/t1', 'Left/data>Alone/data']);
    await expect.poll(() => undoName()).toBe('Undo: Insert Alone');
    await page.keyboard.press('Control+z');
    await expect.poll(wires).toEqual(['Left/data>Query/t1']);
  });

  it('takes a node of the library into a wire, and heals the line when it is deleted', async () => {
    await page.getByLabel('Search nodes').fill('Filter Rows');
    const line = await middle(page.locator('.svelte-flow__edge').first());
    const canvas = await standing(page.getByLabel('Canvas', { exact: true }));
    await library()
      .getByText('Filter Rows', { exact: true })
      .first()
      .dragTo(page.getByLabel('Canvas', { exact: true }), { targetPosition: { x: line.x - canvas.x, y: line.y - canvas.y } });
    await expect.poll(wires).toEqual(['Left/data>filter-rows/data', 'filter-rows/data>Query/t1']);
    await page.getByLabel('Search nodes').fill('');
    await card('Filter Rows').click({ position: { x: 100, y: 14 } });
    await page.keyboard.press('Delete');
    await expect.poll(wires).toEqual(['Left/data>Query/t1']);
  });

  it('offers what fits where a wire is dropped, what the columns suit first', async () => {
    const from = await middle(port('Right', 'bottom'));
    await carry(from, { x: from.x + 40, y: from.y + 120 });
    await page.mouse.up();
    await page.getByLabel('Find a node', { exact: true }).waitFor();
    const offered = async (): Promise<string[]> => {
      const titles = ['Two-Class Logistic Regression', 'Normalize Data', 'Preprocess Text'];
      return (await page.getByRole('option').allInnerTexts()).flatMap((each) => titles.filter((title) => each.startsWith(title)));
    };
    await expect.poll(offered).toEqual(['Normalize Data', 'Preprocess Text']);
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await wires()).length).toBe(2);
  });

  it('threw nothing', () => expect(thrown).toEqual([]));
});

describe('the inspector', () => {
  const inspector = (): Locator => page.getByLabel('Inspector', { exact: true });

  it('sets several nodes of one type alike, and says where they differ', async () => {
    const node = (id: string, params: object) => ({ id, type: 'normalize-data', version: 1, name: id, params });
    const rowsNode = { id: 'Rows', type: 'enter-data-manually', version: 1, name: 'Rows', params: { data: 'a,word\n1,x\n2,y' } };
    const wrong = node('Wrong', { columns: { mode: 'names', names: ['a', 'word'] } });
    const data = {
      document: {
        formatVersion: 1,
        name: 'Several',
        nodes: [rowsNode, node('One', { method: 'minmax' }), node('Two', { method: 'robust' }), wrong],
        edges: [{ from: { node: 'Rows', port: 'data' }, to: { node: 'Wrong', port: 'data' } }],
        layout: { Rows: [0, 0], One: [300, 0], Two: [300, 120], Wrong: [0, 120] },
      },
    };
    const response = await context.request.fetch(`${server.url}/api/v1/pipelines`, { method: 'POST', data, headers: { origin: server.url } });
    const { id } = (await response.json()) as { id: string };
    await page.goto(`${server.url}/pipelines/${id}`);
    await card('Two').waitFor();
    await card('One').click({ position: { x: 100, y: 14 } });
    await card('Two').click({ position: { x: 100, y: 14 }, modifiers: ['ControlOrMeta'] });
    await inspector().getByText('MinMax / Robust').waitFor();
    await accessible(page, 'several nodes');
    await inspector().getByText('Set alike', { exact: true }).click();
    await inspector().getByRole('combobox').or(inspector().locator('[aria-haspopup=listbox]')).first().click();
    await page.getByRole('option', { name: 'LogNormal' }).click();
    await expect.poll(undoName).toBe('Undo: Change 2 nodes: Transformation method');
    await page.keyboard.press('Control+s');
    await page.getByText(/^Draft · saved/).waitFor();
    const saved = (await (await context.request.fetch(`${server.url}/api/v1/pipelines/${id}`)).json()) as {
      document: { nodes: { id: string; params: { method?: string } }[] };
    };
    expect(saved.document.nodes.filter(({ params }) => params.method === 'lognormal').map((each) => each.id)).toEqual(['One', 'Two']);
    await page.getByRole('button', { name: /^Undo: / }).click();
    await inspector().getByText('MinMax / Robust').waitFor();
  });

  it('says what a fix changes before it is made', async () => {
    await page.getByRole('tab', { name: /^Problems/ }).click();
    const line = page
      .getByRole('tabpanel', { name: /^Problems/ })
      .getByRole('listitem')
      .filter({ hasText: 'Wrong' });
    await line.getByRole('button', { name: 'Leave out “word”' }).focus();
    await expect.poll(() => line.locator('del').innerText()).toMatch(/word/);
    await expect.poll(() => line.locator('ins').innerText()).not.toMatch(/word/);
    await accessible(page, 'preview of a fix');
    await page.keyboard.press('Enter');
    await expect.poll(undoName).toBe('Undo: Leave out “word”');
  });

  it('shows what enters, what leaves, and the range, the unit and the default of a field', async () => {
    await card('Wrong').click({ position: { x: 100, y: 14 } });
    await inspector().getByRole('tab', { name: 'Input', exact: true }).click();
    await inspector()
      .getByText(/^From Rows/)
      .waitFor();
    await inspector().getByRole('tab', { name: 'Output', exact: true }).click();
    await inspector().getByText('was integer').waitFor();
    await inspector().getByRole('tab', { name: 'Log', exact: true }).click();
    await inspector().getByText('There is no log yet').waitFor();
    await card('One').click({ position: { x: 100, y: 14 } });
    await inspector().getByRole('tab', { name: 'Parameters', exact: true }).click();
    await inspector().getByText('default ZScore').waitFor();
    await inspector().getByRole('button', { name: 'Back to the default' }).click();
    await inspector().getByText('default ZScore').waitFor({ state: 'detached' });
  });

  it('threw nothing either', () => expect(thrown).toEqual([]));
});
