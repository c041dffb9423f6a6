import { afterAll, beforeAll, expect, it } from 'vitest';
import { accessible } from '../../support/accessible.ts';
import { DesignerPage } from '../../support/designer-page.ts';

let designer: DesignerPage;
let pipeline: string;
beforeAll(async () => {
  designer = await DesignerPage.start();
  const nodes = [{ id: 'enter', type: 'enter-data-manually', version: 1, name: 'Rows', comment: '', params: { data: 'x\n1\n' } }];
  pipeline = await designer.make({ name: 'Talked about', nodes, layout: { enter: [0, 0] } });
});
afterAll(() => designer?.stop());

it('a thread about a node is begun, answered and settled, and another tab hears of it', async () => {
  const { page, inspector, context, server } = designer;
  const other = await context.newPage();
  await other.goto(`${server.url}/pipelines/${pipeline}`);
  await other.getByText('Rows').first().waitFor();

  await designer.choose('Rows');
  await inspector.getByLabel('Say something about this node').fill('Are these all the rows?');
  await inspector.getByRole('button', { name: 'Comment', exact: true }).click();
  const thread = inspector.getByRole('article', { name: 'Thread of Owner' });
  await thread.getByText('Are these all the rows?').waitFor();
  await page.getByRole('img', { name: '1 open comment' }).waitFor();
  await other.getByRole('img', { name: '1 open comment' }).waitFor();

  await thread.getByLabel('Answer Owner').fill('All that we have.');
  await page.keyboard.press('Control+Enter');
  await thread.getByText('All that we have.').waitFor();
  await expect.poll(() => thread.getByLabel('Answer Owner').inputValue()).toBe('');

  await thread.getByRole('button', { name: 'Settle' }).click();
  await inspector.getByText('Settled 1').click();
  await thread.getByText(/^Settled by Owner/).waitFor();
  await expect.poll(() => other.getByRole('img', { name: /open comment/ }).count()).toBe(0);

  await thread.getByRole('button', { name: 'Open again' }).click();
  await page.getByRole('img', { name: '1 open comment' }).waitFor();
  await other.close();
});

it('one’s own words are changed and deleted, and nothing of it is a step to undo', async () => {
  const { page, inspector } = designer;
  const thread = inspector.getByRole('article', { name: 'Thread of Owner' });
  await thread.getByRole('button', { name: 'Change what you said' }).last().click();
  await thread.getByLabel('Your comment').fill('All that there are.');
  await thread.getByRole('button', { name: 'Change it' }).click();
  await thread.getByText('All that there are.').waitFor();
  await thread.getByText(/, changed$/).waitFor();
  await accessible(designer.page, 'discussion');
  await thread.getByRole('button', { name: 'Delete what you said' }).first().click();
  await thread.waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('button', { name: 'Nothing to undo' }).count()).toBe(1);
  expect(designer.thrown).toEqual([]);
});
