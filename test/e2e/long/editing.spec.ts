import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { serialize } from '#pipelines/serialize.ts';
import { accessible } from '#test/support/accessible.ts';
import { launchBrowser } from '#test/support/browser.ts';
import { standing } from '#test/support/pointer.ts';
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
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  page = await context.newPage();
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(server.signInLink);
  await page.getByRole('heading', { name: 'Samples' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function ask<T>(method: 'GET' | 'POST', path: string, data?: unknown): Promise<T> {
  const response = await context.request.fetch(`${server.url}/api/v1${path}`, { method, data, headers: { origin: server.url } });
  if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
  return (await response.json()) as T;
}
const card = (name: string): Locator =>
  page
    .locator('article[aria-roledescription="node"]')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();
const groupCard = (name: string): Locator => page.locator('article[aria-roledescription="collapsed group"]').filter({ hasText: name });
const says = (name: string, words: RegExp): Promise<void> => expect.poll(() => card(name).getAttribute('aria-label')).toMatch(words);
const names = (): Promise<string[]> => page.locator('article[aria-roledescription="node"] b').allInnerTexts();
const undo = (): Locator => page.getByRole('button', { name: /^Undo: |^Nothing to undo/ });

/** The newest saved document; waits until what is on the screen is saved. */
async function saved(id: string): Promise<PipelineDocument> {
  await page.keyboard.press('Control+s');
  await page.getByText(/^Draft · saved/).waitFor();
  return (await ask<{ document: PipelineDocument }>('GET', `/pipelines/${id}`)).document;
}

/** Rows that three queries work on in a line: each adds one. */
async function line(name: string): Promise<string> {
  const query = (id: string) => ({ id, type: 'apply-sql-transformation', version: 1, name: id, params: { script: `SELECT a + 1 AS a /* ${id} */ FROM t1` } });
  const nodes = [{ id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', params: { data: 'a\n1\n2' } }, ...['One', 'Two', 'Three'].map(query)];
  const edges = [
    ['rows', 'One'],
    ['One', 'Two'],
    ['Two', 'Three'],
  ].map(([from, to]) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 't1' } }));
  const layout = Object.fromEntries(nodes.map((node, at) => [node.id, [at * 40, at * 120]]));
  const { id } = await ask<{ id: string }>('POST', '/pipelines', { document: { formatVersion: 1, name, nodes, edges, layout } });
  await open(id);
  return id;
}
async function open(id: string): Promise<void> {
  await page.goto(`${server.url}/pipelines/${id}`);
  await card('Rows').waitFor();
}
async function choose(...cards: string[]): Promise<void> {
  await page.keyboard.press('Escape');
  for (const [at, name] of cards.entries()) await card(name).click({ modifiers: at === 0 ? [] : ['ControlOrMeta'], position: { x: 100, y: 14 } });
}
/** Runs the pipeline on the screen, and waits until the run is over there too. */
async function run(): Promise<void> {
  const pipeline = new URL(page.url()).pathname.split('/').at(-1)!;
  const ended = async (): Promise<number> =>
    (await ask<{ items: { finishedAt: string | null }[] }>('GET', `/runs?pipeline=${pipeline}`)).items.filter(({ finishedAt }) => finishedAt !== null).length;
  const before = await ended();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect.poll(ended).toBe(before + 1);
  await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor();
}

describe('disabling and pinning', () => {
  let id: string;
  it('runs past a disabled node, and says why what follows runs again', async () => {
    id = await line('Disabled');
    await run();
    await says('Three', /ms| s,/);
    await choose('Two');
    await page.keyboard.press('d');
    await says('Two', /Disabled/);
    await says('Three', /Will run: input disabled/);
    await expect.poll(() => undo().getAttribute('aria-label')).toBe('Undo: Disable Two');
    await accessible(page, 'disabled node');
    await run();
    await says('Three', /ms| s,|Reused/);
    await expect.poll(async () => (await saved(id)).nodes.find((node) => node.id === 'Two')!.disabled).toBe(true);
    await choose('Two');
    await page.keyboard.press('d');
    await says('Two', /Will take|Reused|ms| s,/);
  });

  it('takes a pinned result, whatever changes before it', async () => {
    await run();
    await says('Three', /Reused|ms| s,/);
    await choose('Two');
    await page.keyboard.press('Shift+P');
    await says('Two', /Pinned · run \d+/);
    await choose('One');
    await page.keyboard.press('d');
    await says('One', /Disabled/);
    await says('Two', /Pinned/);
    await run();
    await says('Two', /Pinned/);
    // Its card says so before the run, too.
    const two = async () => {
      const { steps } = await ask<{ steps: { node: string; status: string; reason: string | null }[] }>('GET', `/pipelines/${id}/state`);
      return steps.find((step) => step.node === 'Two');
    };
    await expect.poll(two).toMatchObject({ status: 'reused', reason: 'pinned' });
  });
});

describe('the clipboard', () => {
  it('carries nodes with their wires to another pipeline, as readable text', async () => {
    await line('From here');
    await choose('One', 'Two');
    await page.keyboard.press('Control+c');
    const clip = async (): Promise<unknown> => JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    await expect.poll(clip).toMatchObject({ nodes: [{ id: 'One' }, { id: 'Two' }], edges: [{ from: { node: 'One' }, to: { node: 'Two' } }] });
    const there = await line('To there');
    await page.keyboard.press('Escape');
    await page.mouse.move(520, 300);
    await page.keyboard.press('Control+v');
    await expect.poll(() => names().then((all) => all.length)).toBe(6);
    await expect.poll(() => undo().getAttribute('aria-label')).toBe('Undo: Paste 2 things');
    await expect.poll(async () => (await saved(there)).edges).toContainEqual(expect.objectContaining({ from: { node: 'One-2', port: 'data' } }));
    await page.keyboard.press('Control+z');
    await expect.poll(() => names().then((all) => all.length)).toBe(4);
  });

  it('refuses other text in words, and changes nothing', async () => {
    await page.evaluate(() => navigator.clipboard.writeText('Dear colleague, see below.'));
    await page.mouse.move(520, 300);
    await page.keyboard.press('Control+v');
    await page.getByText('The clipboard holds no nodes of a pipeline.').first().waitFor();
    await expect.poll(async () => (await names()).length).toBe(4);
  });

  it('takes a whole pipeline file', async () => {
    const id = await line('A file');
    const text = serialize(await saved(id));
    await page.evaluate((all) => navigator.clipboard.writeText(all), text);
    await page.mouse.move(800, 300);
    await page.keyboard.press('Control+v');
    await expect.poll(() => names().then((all) => all.length)).toBe(8);
  });

  it('duplicates with what feeds it', async () => {
    const id = await line('Twice');
    await choose('Two');
    await page.keyboard.press('Control+d');
    await expect.poll(() => names().then((all) => all.length)).toBe(5);
    await expect.poll(async () => (await saved(id)).edges.filter(({ from }) => from.node === 'One').map(({ to }) => to.node)).toEqual(['Two', 'Two-2']);
  });
});

describe('groups', () => {
  let id: string;
  it('frame nodes, and move with them', async () => {
    id = await line('Grouped');
    await choose('One', 'Two');
    await page.keyboard.press('Control+g');
    const head = page.locator('[aria-roledescription="group"]');
    await head.waitFor();
    await page.getByLabel('Title of the group').fill('Plus two');
    await page.getByRole('radio', { name: 'Violet' }).click();
    await accessible(page, 'group');
    const before = (await saved(id)).layout;
    const box = await standing(head);
    await page.mouse.move(box.x + 40, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await saved(id)).layout.One![0] - before.One![0]).toBeGreaterThan(50);
    const after = await saved(id);
    expect(after.groups).toMatchObject([{ title: 'Plus two', colour: 'learn', nodes: ['One', 'Two'] }]);
    const moved = (node: string): number[] => [after.layout[node]![0] - before[node]![0], after.layout[node]![1] - before[node]![1]];
    expect(moved('One')).toEqual(moved('Two'));
    expect(moved('Three')).toEqual([0, 0]);
  });

  it('collapse to one card with outer ports that runs and says how it stands', async () => {
    await page.keyboard.press('g');
    await groupCard('Plus two').waitFor();
    await expect.poll(() => names()).toEqual(['Rows', 'Three']);
    await groupCard('Plus two')
      .getByLabel(/One · Table1/)
      .waitFor();
    await groupCard('Plus two')
      .getByLabel(/Two · Result/)
      .waitFor();
    await run();
    await expect.poll(() => groupCard('Plus two').getAttribute('aria-label')).toMatch(/Done|Reused/);
    await accessible(page, 'collapsed group');
  });

  it('open in place: what is added inside belongs to them', async () => {
    await groupCard('Plus two').press('Enter');
    await page.getByRole('navigation', { name: 'Where the canvas stands' }).waitFor();
    await expect.poll(names).toEqual(['One', 'Two']);
    await page.getByText('From Rows', { exact: true }).waitFor();
    await page.getByText('To Three', { exact: true }).waitFor();
    await accessible(page, 'inside a group');
    await card('Two').click({ position: { x: 100, y: 14 } });
    await page.keyboard.press('Control+d');
    await expect.poll(() => names().then((all) => all.length)).toBe(3);
    await expect.poll(async () => (await saved(id)).groups![0]!.nodes).toEqual(['One', 'Two', 'Two-2']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect.poll(names).toEqual(['Rows', 'Three']);
    await page.keyboard.press('Control+u');
    await expect.poll(() => names().then((all) => all.length)).toBe(5);
    await expect.poll(async () => (await saved(id)).groups).toBeUndefined();
    await page.keyboard.press('Control+z');
    await groupCard('Plus two').waitFor();
  });
});

describe('arranging', () => {
  it('lines up and spreads what is chosen, each as one step to undo', async () => {
    const id = await line('Arranged');
    await choose('One', 'Two', 'Three');
    await page.keyboard.press('Alt+a');
    await expect.poll(() => undo().getAttribute('aria-label')).toBe('Undo: Align left');
    const { layout } = await saved(id);
    expect(new Set(['One', 'Two', 'Three'].map((node) => layout[node]![0])).size).toBe(1);
    await page.keyboard.press('Alt+Shift+ArrowRight');
    await expect.poll(async () => (await saved(id)).layout.One![0]).toBe(layout.One![0] + 1);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Shift+t');
    await expect.poll(() => undo().getAttribute('aria-label')).toMatch(/Undo: (Align left|Move|Tidy)/);
  });
});

describe('undo', () => {
  it('outlives a reload, by name, back to the beginning and forth again', async () => {
    const id = await line('Undone');
    const first = serialize(await saved(id));
    await choose('Two');
    await page.keyboard.press('d');
    await choose('One', 'Two');
    await page.keyboard.press('Control+g');
    await choose('Three');
    await page.keyboard.press('Delete');
    await expect.poll(names).toEqual(['Rows', 'One', 'Two']);
    const last = serialize(await saved(id));
    await open(id);
    await expect.poll(() => undo().getAttribute('aria-label')).toBe('Undo: Delete Three');
    for (const name of ['Delete Three', 'Group', 'Disable Two']) await page.getByRole('button', { name: `Undo: ${name}` }).click();
    await expect.poll(async () => serialize(await saved(id))).toBe(first);
    await open(id);
    for (const name of ['Disable Two', 'Group', 'Delete Three']) await page.getByRole('button', { name: `Redo: ${name}` }).click();
    await expect.poll(async () => serialize(await saved(id))).toBe(last);
  });

  it('is dropped where the server has another document', async () => {
    const id = await line('Changed elsewhere');
    await choose('Two');
    await page.keyboard.press('d');
    await says('Two', /Disabled/);
    const document = await saved(id);
    await page.goto(`${server.url}/pipelines`);
    const { revision } = await ask<{ revision: number }>('GET', `/pipelines/${id}`);
    const response = await context.request.put(`${server.url}/api/v1/pipelines/${id}`, {
      data: { document: { ...document, name: 'Another name' } },
      headers: { origin: server.url, 'if-match': `"${revision}"` },
    });
    expect(response.status()).toBe(200);
    await open(id);
    await says('Three', /Will (run|take|reuse)|Not run/);
    await expect.poll(() => undo().getAttribute('aria-label')).toBe('Nothing to undo');
  });
});

describe('notes', () => {
  it('are Markdown without markup, coloured, and sized', async () => {
    const id = await line('Noted');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.getByLabel('Note', { exact: true }).fill('**Mind** the <img src=x onerror="window.bad = 1"> gap');
    await page.keyboard.press('Escape');
    const note = page.locator('[aria-roledescription="note"]');
    await note.locator('strong').waitFor();
    await expect.poll(() => note.locator('img').count()).toBe(0);
    await expect.poll(() => page.evaluate(() => 'bad' in window)).toBe(false);
    await page.getByRole('radio', { name: 'Green' }).click();
    await accessible(page, 'note');
    await expect.poll(async () => (await saved(id)).notes).toMatchObject([{ text: expect.stringContaining('**Mind**'), colour: 'deploy' }]);
  });
});

it('nothing was thrown', () => expect(thrown).toEqual([]));
