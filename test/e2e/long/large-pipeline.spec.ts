import { afterAll, beforeAll, expect, it } from 'vitest';
import { longPipeline } from '#test/bench/canvas/documents.ts';
import { DesignerPage } from '#test/support/designer-page.ts';
import { middle, standing } from '#test/support/pointer.ts';

let designer: DesignerPage;
beforeAll(async () => {
  designer = await DesignerPage.start();
});
afterAll(() => designer?.stop());

it('a pipeline of 1,500 nodes opens as plain boxes, and as cards where one looks closer', async () => {
  await designer.make({ ...longPipeline(1500, 30), name: 'Large' });
  const { page } = designer;
  const card = page.locator('[data-node=n700]');
  await card.waitFor();
  await expect.poll(() => page.locator('[data-node]').count()).toBe(1500);
  await expect.poll(() => page.getByRole('group', { name: /^Clean Missing Data, / }).count()).toBe(1499);
  await expect.poll(() => page.locator('.card-port').count()).toBe(0);
});

it('what is pointed at from afar is chosen and dragged like a card', async () => {
  const { page } = designer;
  const card = page.locator('[data-node=n700]');
  const before = await middle(card);
  await card.click();
  await designer.inspector.getByRole('tab', { name: 'Parameters' }).waitFor();
  await page.mouse.move(before.x, before.y);
  await page.mouse.down();
  await page.mouse.move(before.x + 30, before.y + 4, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await middle(card)).x - before.x)).toBeGreaterThan(20);
  await expect.poll(() => designer.undoButton().getAttribute('aria-label')).toBe('Undo: Move Clean Missing Data');
  await page.keyboard.press('Control+z');
  await expect.poll(async () => Math.round((await middle(card)).x - before.x)).toBe(0);
  await expect.poll(() => page.locator('[data-node=n700]').count()).toBe(1);
});

it('a wire is chosen from afar and removed', async () => {
  const { page } = designer;
  const box = await standing(page.locator('[data-node=n640]'));
  // The wire to the next card goes up beside this one.
  const [x, y] = [box.x + box.width * (1 + 14 / 216), box.y + box.height / 2];
  await page.mouse.move(x - 1, y);
  await page.mouse.move(x, y);
  await page.locator('.svelte-flow__edge').first().waitFor({ state: 'attached' });
  await page.mouse.click(x, y);
  await page.keyboard.press('Delete');
  await expect.poll(() => designer.undoButton().getAttribute('aria-label')).toMatch(/^Undo: (Remove|Delete) .*wire/i);
  await page.keyboard.press('Control+z');
});

it('arrow keys walk from afar, and what has the focus is spoken', async () => {
  const { page } = designer;
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.node)).toBe('n701');
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.node)).toBe('n700');
});

it('looked at closely, only what is near is drawn', async () => {
  const { page } = designer;
  await page
    .getByRole('button', { name: /^Zoom to 100 %|%$/ })
    .first()
    .click();
  await expect.poll(() => page.locator('[data-node]').count()).toBeLessThan(200);
  await expect.poll(() => page.locator('[data-node] .card-port').count()).toBeGreaterThan(10);
  expect(designer.thrown).toEqual([]);
});
