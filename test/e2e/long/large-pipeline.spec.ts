import { afterAll, beforeAll, expect, it } from 'vitest';
import { longPipeline } from '#test/bench/canvas/documents.ts';
import { DesignerPage, POLL } from '#test/support/designer-page.ts';

let designer: DesignerPage;
beforeAll(async () => {
  designer = await DesignerPage.start();
});
afterAll(() => designer?.stop());

it('a pipeline of 1,500 nodes opens as plain boxes, and as cards where one looks closer', async () => {
  await designer.make({ ...longPipeline(1500, 30), name: 'Large' });
  const { page } = designer;
  const card = page.locator('[data-node=n0]');
  await card.waitFor();
  await expect.poll(() => page.locator('.svelte-flow__node').count(), POLL).toBeGreaterThan(1000);
  expect(await card.locator('.card-port').count()).toBe(0);
  await page
    .getByRole('button', { name: /^Zoom to 100 %|%$/ })
    .first()
    .click();
  await expect.poll(() => page.locator('.svelte-flow__node').count(), POLL).toBeLessThan(200);
  await expect.poll(() => page.locator('.svelte-flow__node .card-port').count(), POLL).toBeGreaterThan(10);
  expect(designer.thrown).toEqual([]);
});
