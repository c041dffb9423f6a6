import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DesignerPage } from '../../support/designer-page.ts';
import { drag, middle, standing } from '../../support/pointer.ts';

let designer: DesignerPage;
let id: string;
const chosen = (): Promise<string[]> => designer.page.locator('article[aria-roledescription="node"].selected b').allInnerTexts();
const names = (): Promise<string[]> => designer.page.locator('article[aria-roledescription="node"] b').allInnerTexts();
const place = (): Promise<string> => designer.page.locator('.svelte-flow__viewport').evaluate((element) => getComputedStyle(element).transform);
const percent = (): Promise<string> => designer.page.locator('button.zoom').innerText();
const toCanvas = (): Promise<void> => designer.canvas().click({ position: { x: 30, y: 300 } });
const size = async (region: string): Promise<number> => (await designer.page.getByRole('complementary', { name: region }).boundingBox())!.width;

beforeAll(async () => {
  designer = await DesignerPage.start();
  const rows = { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', comment: '', params: { data: 'a\n1\n2\n3\n4' } };
  const split = { id: 'split', type: 'split-data', version: 1, name: 'Split', comment: '', params: {} };
  const sum = { id: 'sum', type: 'summarize-data', version: 1, name: 'Sum', comment: '', params: {} };
  const wire = (from: string, port: string, to: string) => ({ from: { node: from, port }, to: { node: to, port: 'data' } });
  id = await designer.make({
    name: 'Tools',
    nodes: [rows, split, sum],
    edges: [wire('rows', 'data', 'split'), wire('split', 'first', 'sum')],
    layout: { rows: [0, 0], split: [0, 140], sum: [400, 280] },
  });
});
afterAll(() => designer?.stop());

describe('the tools of the canvas', () => {
  it('choose by a box', async () => {
    const { page } = designer;
    await page.getByRole('button', { name: /^Select by box/ }).click();
    const [rows, split] = [await standing(designer.card('Rows')), await standing(designer.card('Split'))];
    await page.mouse.move(rows.x - 20, rows.y - 20);
    await page.mouse.down();
    await page.mouse.move(split.x + split.width + 20, split.y + split.height + 12, { steps: 8 });
    await page.mouse.up();
    await expect.poll(chosen).toEqual(['Rows', 'Split']);
    await page.getByRole('button', { name: 'Select', exact: true }).click();
  });

  it('zoom by keys, fit the whole, and pan by the map', async () => {
    const { page } = designer;
    await toCanvas();
    await page.keyboard.press('0');
    await expect.poll(percent).toBe('100 %');
    await page.keyboard.press('+');
    await expect.poll(percent).not.toBe('100 %');
    const close = await place();
    const map = await middle(page.getByRole('img', { name: 'Minimap' }));
    await page.mouse.move(map.x, map.y);
    await page.mouse.down();
    await page.mouse.move(map.x + 20, map.y + 10, { steps: 4 });
    await page.mouse.up();
    await expect.poll(place).not.toBe(close);
    await page.keyboard.press('f');
    await expect.poll(() => designer.card('Sum').isVisible()).toBe(true);
    await page.keyboard.press('m');
    await page.getByRole('img', { name: 'Minimap' }).waitFor({ state: 'detached' });
    await page.keyboard.press('m');
  });

  it('mark what is wrong also where its words are too small to read', async () => {
    const { page } = designer;
    const bare = { id: 'bare', type: 'train-model', version: 1, name: 'Bare', comment: '', params: {} };
    const here = page.url();
    await designer.make({ name: 'Wrong', nodes: [bare], edges: [], layout: { bare: [0, 0] } });
    const mark = designer.card('Bare').locator('.problem');
    await mark.waitFor();
    await toCanvas();
    for (let before = await percent(); Number.parseInt(before, 10) >= 60; before = await percent()) {
      await page.keyboard.press('-');
      await expect.poll(percent).not.toBe(before);
    }
    await designer.card('Bare').locator('p .cut').waitFor({ state: 'hidden' });
    await expect.poll(() => mark.isVisible()).toBe(true);
    await page.goto(here);
    await designer.card('Sum').waitFor();
  });

  it('fit all cards beside the map', async () => {
    const { page } = designer;
    const here = page.url();
    const card = (id: string) => ({ id, type: 'train-model', version: 1, name: id, comment: '', params: {} });
    await designer.make({ name: 'Slope', nodes: [card('First'), card('Last')], edges: [], layout: { First: [0, 0], Last: [1_200, 900] } });
    const apart = async (): Promise<boolean> => {
      const map = (await page.getByRole('img', { name: 'Minimap' }).boundingBox())!;
      const last = (await designer.card('Last').boundingBox())!;
      return last.x + last.width <= map.x || last.y + last.height <= map.y;
    };
    await expect.poll(apart).toBe(true);
    await toCanvas();
    await page.keyboard.press('+');
    await page.keyboard.press('f');
    await expect.poll(apart).toBe(true);
    await page.goto(here);
    await designer.card('Sum').waitFor();
  });

  it('snap what is dragged to the grid, or not', async () => {
    const { page } = designer;
    const drop = async (by: number): Promise<readonly number[]> => {
      const before = (await designer.saved(id)).layout.sum!;
      const at = await middle(designer.card('Sum'));
      await page.mouse.move(at.x, at.y - 18);
      await page.mouse.down();
      await page.mouse.move(at.x + by, at.y - 18 + by, { steps: 6 });
      await page.mouse.up();
      await expect.poll(async () => (await designer.saved(id)).layout.sum).not.toEqual(before);
      return (await designer.saved(id)).layout.sum!;
    };
    await page.keyboard.press('0');
    await expect.poll(percent).toBe('100 %');
    const snapped = await drop(13);
    expect(snapped.map((value) => Math.abs(value % 8))).toEqual([0, 0]);
    await toCanvas();
    await page.keyboard.press('s');
    const loose = await drop(13);
    expect(loose.some((value) => value % 8 !== 0)).toBe(true);
    await page.keyboard.press('s');
  });

  it('cut and paste, and undo by name', async () => {
    const { page } = designer;
    await designer.choose('Sum');
    await page.keyboard.press('Control+x');
    await expect.poll(names).toEqual(['Rows', 'Split']);
    await page.keyboard.press('Control+v');
    await expect.poll(names).toEqual(['Rows', 'Split', 'Sum']);
    await page.getByRole('button', { name: 'Undo: Paste 1 thing' }).click();
    await page.getByRole('button', { name: /^Undo: (Cut|Delete)/ }).click();
    await expect.poll(async () => (await designer.saved(id)).edges).toHaveLength(2);
  });
});

it('a field becomes a parameter of the pipeline, and is asked for by a run', async () => {
  const { page } = designer;
  await designer.choose('Split');
  const field = designer.inspector.locator('.param, .line').filter({ hasText: 'Fraction of rows' }).first();
  await field.hover();
  await field.getByRole('button', { name: 'Make it a pipeline parameter' }).click();
  await expect.poll(async () => (await designer.saved(id)).parameters).toMatchObject([{ node: 'split', param: 'fraction' }]);
  const { parameters } = await designer.saved(id);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: /Run with settings/ }).click();
  await page.getByRole('dialog').getByText(parameters[0]!.name).first().waitFor();
  await designer.closeDialog();
});

it('a past run stands on the same canvas, and the draft again after it', async () => {
  const { page } = designer;
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await designer.says('Sum', /\d s/);
  await page.getByRole('tab', { name: /^Runs/ }).click();
  await page.getByRole('button', { name: 'Show on the canvas' }).first().click();
  await page.getByText('Run 1, as it was').waitFor();
  await designer.choose('Sum');
  await page.keyboard.press('Delete');
  await expect.poll(() => names()).toContain('Sum');
  await page.getByRole('button', { name: 'Back to the draft' }).first().click();
  await page
    .getByText(/^Draft/)
    .first()
    .waitFor();
  await expect.poll(names).toContain('Sum');
});

it('regions are made larger and folded by mouse and keys, and stay so after a reload', async () => {
  const { page } = designer;
  const before = await size('Library');
  const splitter = page.getByRole('separator', { name: 'Size of the library' });
  await splitter.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => size('Library')).toBe(before + 16);
  const at = await middle(page.getByRole('separator', { name: 'Size of the inspector' }));
  const wide = await size('Inspector');
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x - 40, at.y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => size('Inspector')).toBeGreaterThan(wide + 30);
  await toCanvas();
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Open the panel' }).waitFor();
  await page.reload();
  await designer.canvas().waitFor();
  await expect.poll(() => size('Library')).toBe(before + 16);
  await page.getByRole('button', { name: 'Open the panel' }).click();
  await splitter.dblclick();
  await expect.poll(() => size('Library')).toBe(before);
});

it('a region that is folded by a key is opened by the same key, and the results never take the whole window', async () => {
  const { page } = designer;
  const press = async (name: string): Promise<void> => {
    await page.getByRole('separator', { name }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('separator', { name }).waitFor({ state: 'hidden' });
  };
  for (const region of ['library', 'inspector']) {
    await press(`Size of the ${region}`);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('separator', { name: `Size of the ${region}` }).evaluate((it) => it === document.activeElement)).toBe(true);
  }
  await press('Size of the results');
  await page.keyboard.press('Enter');
  const results = page.getByRole('separator', { name: 'Size of the results' });
  await results.waitFor();
  const from = await middle(results);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, 8, { steps: 4 });
  await page.mouse.up();
  const room = page.viewportSize()!.height;
  await expect.poll(() => results.getAttribute('aria-valuenow')).toBe(String(Math.round(0.6 * room)));
  const library = await middle(page.getByRole('separator', { name: 'Size of the library' }));
  const wide = await size('Library');
  await page.mouse.move(library.x, room - 100);
  await page.mouse.down();
  await page.mouse.move(library.x + 60, room - 100, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => size('Library')).toBe(wide + 60);
  for (const region of ['library', 'results']) await page.getByRole('separator', { name: `Size of the ${region}` }).dblclick();
});

it('a node of the library is placed by a double click, once', async () => {
  const { page } = designer;
  await page.getByLabel('Search nodes').fill('add rows');
  await page.getByRole('button', { name: 'Add Rows', exact: true }).dblclick();
  await expect.poll(names).toContain('Add Rows');
  await expect.poll(async () => (await designer.saved(id)).nodes.filter(({ type }) => type === 'add-rows')).toHaveLength(1);
  await drag(page, designer.card('Sum').getByLabel(/^Results/), designer.card('Add Rows').getByLabel(/^Dataset1/));
  expect(designer.thrown).toEqual([]);
});
