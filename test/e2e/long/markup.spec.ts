import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { DesignerPage } from '#test/support/designer-page.ts';

/** What would run if any page took it for markup. Names of datasets and files hold no slash. */
const IMAGE = '<img src=x onerror=window.struck=1>';
const MARKUP = `${IMAGE}<script>window.struck=1</script>`;

let designer: DesignerPage;
let client: Client;
let pipeline: string;
let run: string;
const dialogs: string[] = [];

const cell = (text: string): string => `"${text}"`;
const nodes = [
  {
    id: 'rows',
    type: 'enter-data-manually',
    version: 1,
    name: `Rows ${MARKUP}`,
    comment: `Comment ${MARKUP}`,
    params: { data: `${cell(`column ${MARKUP}`)},amount\n${cell(`value ${MARKUP}`)},1\nplain,2\n${cell(`value ${MARKUP}`)},3\n` },
  },
  { id: 'kept', type: 'save-as-dataset', version: 1, name: `Kept ${MARKUP}`, params: { name: `Dataset ${IMAGE}`, description: `About ${MARKUP}` } },
  { id: 'broken', type: 'apply-sql-transformation', version: 1, name: `Broken ${MARKUP}`, params: { script: `SELECT error('thrown ${MARKUP}') AS x FROM t1` } },
  { id: 'odd', type: `odd ${IMAGE}`, version: 1, name: '', params: { [`setting ${MARKUP}`]: MARKUP } },
  { id: 'wrong', type: 'normalize-data', version: 1, name: `Wrong ${MARKUP}`, params: { columns: { mode: 'names', names: [`absent ${MARKUP}`] } } },
];
const wire = (to: string, port: string) => ({ from: { node: 'rows', port: 'data' }, to: { node: to, port } });
const document = (more: readonly string[]) =>
  ({
    formatVersion: 1,
    name: `Pipeline ${MARKUP}`,
    description: `Description ${MARKUP}`,
    nodes: nodes.filter(({ id }) => ['rows', 'kept', 'broken', ...more].includes(id)),
    edges: [wire('kept', 'data'), wire('broken', 't1'), ...(more.includes('wrong') ? [wire('wrong', 'data')] : [])],
    layout: { rows: [0, 0], kept: [0, 120], broken: [240, 120], odd: [240, 0], wrong: [480, 120] },
    groups: [{ id: 'group', title: `Group ${MARKUP}`, colour: 'learn', nodes: ['kept', 'broken'] }],
    notes: [{ id: 'note', text: `Note ${MARKUP}`, x: 480, y: 0, width: 220, height: 100 }],
  }) as unknown as PipelineDocument & { name: string };

beforeAll(async () => {
  designer = await DesignerPage.start();
  designer.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  client = await signIn(designer.server.url, designer.server.running.signInLink());
  pipeline = (await client.post<{ id: string }>('/pipelines', { document: document([]) })).id;
  run = (await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, {})).id;
  const { steps } = await finishedRun(client, run);
  expect(steps.map(({ node, status }) => `${node} ${status}`).toSorted()).toEqual(['broken failed', 'kept succeeded', 'rows succeeded']);
  await client.post('/schedules', { name: `Schedule ${MARKUP}`, pipelineId: pipeline, cron: '0 3 * * *', timeZone: 'UTC' });
  await client.post('/triggers', { name: `Trigger ${MARKUP}`, pipelineId: pipeline });
});
afterAll(() => designer?.stop());

/** Waits until a text with markup in it stands there as text, and sees that nothing of it became an element or ran. */
async function shown(...words: readonly string[]): Promise<void> {
  const { page } = designer;
  for (const word of words) await page.getByText(`${word} ${IMAGE}`).first().waitFor({ state: 'attached' });
  await expect.poll(() => page.locator('img[src="x"]').count()).toBe(0);
  await expect.poll(() => page.evaluate(() => [...globalThis.document.scripts].filter((each) => each.textContent.includes('struck')).length)).toBe(0);
  await expect.poll(() => page.evaluate(() => 'struck' in globalThis)).toBe(false);
  expect(dialogs).toEqual([]);
}
const visit = (path: string): Promise<unknown> => designer.page.goto(`${designer.server.url}${path}`);

describe('markup is shown as text', () => {
  it.each([
    ['/', ['Pipeline']],
    ['/pipelines', ['Pipeline']],
    ['/runs', ['Pipeline']],
    ['/data', ['Dataset']],
    ['/schedules', ['Schedule', 'Trigger', 'Pipeline']],
  ])('on %s', async (path, words) => {
    await visit(path);
    await shown(...words);
  });

  it('on the page of a run, with its errors and its log', async () => {
    await visit(`/runs/${run}`);
    await shown('Pipeline', 'Rows', 'Broken', 'thrown');
    for (const step of ['Rows', 'Broken']) {
      await designer.page
        .getByRole('button', { name: new RegExp(`^${step} `) })
        .first()
        .click();
      await shown(step);
    }
  });

  it('on every tab of a dataset', async () => {
    const { page } = designer;
    await visit(`/data/${encodeURIComponent(`Dataset ${IMAGE}`)}`);
    await shown('Dataset', 'column', 'value');
    for (const tab of await page.locator('main').getByRole('tab').all()) {
      await tab.click();
      await expect.poll(() => page.locator('main [aria-busy=true]').count()).toBe(0);
      await shown('Dataset');
    }
  });

  it('on the canvas: names, comments, notes, groups, unknown node types', async () => {
    const { page, inspector } = designer;
    const { revision } = await client.get<{ revision: number }>(`/pipelines/${pipeline}`);
    const body = JSON.stringify({ document: document(['odd', 'wrong']) });
    const saved = await client.request(`/pipelines/${pipeline}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
    });
    expect(saved.status).toBe(200);
    await designer.open(pipeline);
    await shown('Rows', 'Kept', 'Broken', 'Wrong', 'Group', 'Note', 'odd');
    for (const [id, words] of [
      ['rows', ['Rows']],
      ['odd', ['odd']],
      ['wrong', ['absent']],
    ] as const) {
      await page.locator(`article[data-node="${id}"]`).click({ position: { x: 100, y: 14 } });
      for (const tab of ['Input', 'Output', 'Run', 'Log', 'Help', 'Parameters']) {
        await inspector.getByRole('tab', { name: tab, exact: true }).click();
        await shown('Rows');
      }
      await shown(...words);
    }
    await page.locator('article[data-node="rows"]').click({ position: { x: 100, y: 14 } });
    await expect.poll(() => inspector.getByLabel('Comment', { exact: true }).inputValue()).toBe(`Comment ${MARKUP}`);
  });

  it('in the panel: problems, runs, data with its statistics, log lines, versions', async () => {
    const { page } = designer;
    const tab = (name: RegExp): Promise<void> => page.getByRole('tablist', { name: 'Results' }).getByRole('tab', { name }).click();
    await tab(/^Problems/);
    await shown('Broken', 'thrown', 'absent');
    await tab(/^Runs/);
    await shown('Rows');
    await page.locator('article[data-node="rows"]').press('Space');
    await shown('column', 'value');
    for (const view of ['Statistics', 'Compare', 'Rows']) {
      await page.getByRole('group', { name: 'What to see of the table' }).getByRole('button', { name: view }).click();
      await shown('Rows');
    }
    await tab(/^Logs/);
    await shown('Broken');
    await tab(/^History/);
    await shown('Rows');
  });

  it('in the lists over the canvas, and in what is said of an edit', async () => {
    const { page } = designer;
    const rows = page.locator('article[data-node="rows"]');
    for (const key of ['l', 'Control+k', '/']) {
      await rows.press(key);
      await page.locator('[role=dialog]:focus-within').waitFor();
      await shown('Rows');
      await designer.closeDialog();
    }
    await page.locator('article[data-node="wrong"]').click({ position: { x: 100, y: 14 } });
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: `Undo: Delete Wrong ${IMAGE}` }).click();
    await shown('Wrong');
  });

  it('when a file of such a name is added', async () => {
    const { page } = designer;
    await visit('/data');
    const csv = `${cell(`column ${MARKUP}`)},amount\n${cell(`value ${MARKUP}`)},1\n`;
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: `file ${IMAGE}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await shown('file', 'column', 'value');
  });
});

it('nothing was thrown', () => expect(designer.thrown).toEqual([]));
