import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from '../../support/accessible.ts';
import { finishedRun, signIn } from '../../support/client.ts';
import { DesignerPage } from '../../support/designer-page.ts';

let designer: DesignerPage;
let pipeline: string;
let empty: string;
let run: string;
let again: string;

beforeAll(async () => {
  designer = await DesignerPage.start();
  const client = await signIn(designer.server.url, designer.server.running.signInLink());
  pipeline = (await client.post<{ id: string }>('/samples/telco-churn/open')).id;
  run = (await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, {})).id;
  const { status, steps } = await finishedRun(client, run);
  expect(status).toBe('succeeded');
  again = (await client.post<{ id: string }>(`/pipelines/${pipeline}/runs`, {})).id;
  await finishedRun(client, again);
  const model = steps.find(({ node }) => node === 'train-logistic')!.outputs[0]!.hash;
  await client.post('/models', { name: 'churn', hash: model });
  empty = (await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Empty', nodes: [], edges: [], layout: {} } })).id;
  await client.post('/schedules', { name: 'Every night', pipelineId: pipeline, cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
  await client.post('/triggers', { name: 'New customers', pipelineId: pipeline });
});
afterAll(() => designer?.stop());

/** Every page besides the designer: its address, and what stands on it once it is there. */
const pages: readonly (readonly [string, string | (() => string), string | RegExp])[] = [
  ['Home', '/', 'Samples'],
  ['Pipelines', '/pipelines', 'Customer churn'],
  ['Runs', '/runs', 'Customer churn'],
  ['a run', () => `/runs/${run}`, 'Compare both'],
  ['the evaluation of a run', () => `/runs/${run}/evaluate/evaluate`, /ROC/],
  ['two runs beside each other', () => `/runs/compare?before=${run}&after=${again}`, /ompare/],
  ['Data', '/data', 'telco-churn'],
  ['a dataset', '/data/telco-churn', /senior_citizen/],
  ['Connections', '/connections', /onnection/],
  ['Models', '/models', 'churn'],
  ['a model', '/models/churn', 'churn'],
  ['Endpoints', '/endpoints', /ndpoint/],
  ['Schedules', '/schedules', 'Every night'],
  ['Compute', '/compute', /ompute/],
  ['Settings', '/settings', /ettings/],
  ['Storage', '/settings/storage', /torage/],
  ['the list of errors', '/help/errors', /rror/],
  ['the help on computes', '/help/compute', /ompute/],
];

async function visit(path: string | (() => string), words: string | RegExp): Promise<void> {
  const { page, server } = designer;
  await page.goto(`${server.url}${typeof path === 'string' ? path : path()}`);
  await page.locator('main').getByText(words).filter({ visible: true }).first().waitFor();
  await expect.poll(() => page.locator('main [aria-busy=true]').count()).toBe(0);
}

async function theme(dark: boolean): Promise<void> {
  await designer.page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
}

describe.each([
  { name: 'light', dark: false, rules: undefined },
  // Another theme changes colours alone.
  { name: 'dark', dark: true, rules: ['color-contrast', 'link-in-text-block'] },
])('axe finds nothing in the $name theme', ({ dark, rules }) => {
  beforeAll(() => theme(dark));

  it.each(pages)('on the page: %s', async (name, path, words) => {
    await visit(path, words);
    await accessible(designer.page, name, { rules });
  });

  it('on the tabs of a dataset', async () => {
    await visit('/data/telco-churn', /senior_citizen/);
    for (const tab of await designer.page.locator('main').getByRole('tab').all()) {
      await tab.click();
      await expect.poll(() => designer.page.locator('main [aria-busy=true]').count()).toBe(0);
      await accessible(designer.page, `dataset, ${await tab.innerText()}`, { rules });
    }
  });

  describe('in the designer', () => {
    const clean = (what: string): Promise<void> => accessible(designer.page, what, { rules });

    it('while it is empty', async () => {
      await designer.open(empty);
      await designer.page.getByText('A pipeline in three steps').waitFor();
      await clean('empty designer');
    });

    it('with a pipeline on the canvas', async () => {
      await designer.open(pipeline);
      await designer.card('Compare both').waitFor();
      await clean('designer');
    });

    it.each(['Parameters', 'Input', 'Output', 'Run', 'Log', 'Help'])('in the inspector: %s', async (tab) => {
      await designer.choose('Split Data');
      await designer.inspector.getByRole('tab', { name: tab, exact: true }).click();
      await clean(`inspector, ${tab}`);
    });

    it.each(['Data', 'Problems', 'Runs', 'Logs', 'History'])('in the panel below: %s', async (tab) => {
      const { page } = designer;
      if (tab === 'Data') {
        await page.getByRole('button', { name: /^Show its data/ }).click();
        await page.getByRole('tabpanel', { name: 'Data' }).getByText('senior_citizen').first().waitFor();
      } else
        await page
          .getByRole('tablist', { name: 'Results' })
          .getByRole('tab', { name: new RegExp(`^${tab}`) })
          .click();
      await clean(`panel, ${tab}`);
    });

    it('in the names of outputs above their rows, which are told apart', async () => {
      const { page } = designer;
      await page.getByRole('button', { name: /^Show its data/ }).click();
      const outputs = page.getByRole('combobox', { name: 'Outputs of Split Data', exact: true });
      await outputs.click();
      await page.getByRole('option', { name: 'Results dataset2', exact: true }).click();
      const name = outputs.getByText('Results dataset2', { exact: true });
      await name.waitFor();
      const sizes = page.viewportSize()!;
      for (const width of [1440, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await expect.poll(() => name.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
        await expect
          .poll(async () => {
            const last = (await page.getByRole('button', { name: 'Fold the panel' }).boundingBox())!;
            const download = (await page.getByRole('link', { name: 'Download as CSV' }).boundingBox())!;
            return download.x + download.width <= last.x && last.x + last.width <= (await designer.inspector.boundingBox())!.x;
          })
          .toBe(true);
      }
      await page.setViewportSize(sizes);
      await clean('panel, outputs');
    });

    it.each([
      ['/', 'Find a node to add'],
      ['?', 'Keys'],
      ['l', 'Nodes and wires'],
      ['Control+k', 'Do anything'],
    ])('in what opens by %s: %s', async (key, name) => {
      const { page } = designer;
      await designer.card('Split Data').press(key);
      await page.getByRole('dialog', { name }).waitFor();
      await page.locator('[role=dialog]:focus-within').waitFor();
      await clean(name);
      await designer.closeDialog();
    });
  });
});

describe('a screen reader', () => {
  it('reads the graph as a table of nodes and of what each takes', async () => {
    const { page } = designer;
    await designer.open(pipeline);
    await designer.card('Compare both').press('l');
    const list = page.getByRole('dialog', { name: 'Nodes and wires' });
    await expect.poll(() => list.getByRole('columnheader').allInnerTexts()).toEqual(['Node', 'State', 'Takes']);
    const takes = async (name: string): Promise<string[]> => {
      const cells = list
        .getByRole('row')
        .filter({ has: page.getByRole('button', { name, exact: true }) })
        .getByRole('cell');
      return (await cells.nth(2).innerText()).split('\n');
    };
    await expect.poll(() => list.getByRole('row').count()).toBe(11);
    await expect
      .poll(() => takes('Compare both'))
      .toEqual(
        expect.arrayContaining(['Scored dataset: Score logistic regression, Scored dataset', expect.stringContaining(': Score boosted trees, Scored dataset')]),
      );
    await expect
      .poll(() => takes('Train boosted trees'))
      .toEqual(
        expect.arrayContaining([
          'Untrained model: Boosted trees, Untrained model',
          'Dataset: Split Data, Results dataset1',
          'Validation dataset: nothing, optional',
        ]),
      );
    await page.keyboard.press('Escape');
  });

  it('hears the nodes and wires of the canvas by name', async () => {
    const { page } = designer;
    await page.getByRole('img', { name: /^Split Data, Results dataset1 to Train boosted trees, Dataset/ }).waitFor({ state: 'attached' });
    for (const name of ['Customers', 'Clean Missing Data', 'Split Data'])
      await page
        .getByRole('group', { name: new RegExp(`^${name}`) })
        .first()
        .waitFor();
  });
});

describe('on a phone', () => {
  beforeAll(async () => {
    await theme(false);
    await designer.page.setViewportSize({ width: 390, height: 844 });
  });

  it.each(pages)('nothing but the canvas scrolls sideways: %s', async (_name, path, words) => {
    await visit(path, words);
    const over = () =>
      designer.page.evaluate(() => {
        const main = document.querySelector('main')!;
        const body = document.querySelector('.page-body') ?? main;
        return {
          page: document.documentElement.scrollWidth - innerWidth,
          main: main.scrollWidth - main.clientWidth,
          body: body.scrollWidth - body.clientWidth,
        };
      });
    await expect.poll(over).toEqual({ page: 0, main: 0, body: 0 });
  });
});

// Last, for it ends the session.
describe('signing in', () => {
  it.each([true, false])('axe finds nothing there, dark: %s', async (dark) => {
    const { page, server } = designer;
    await page.context().clearCookies();
    await theme(dark);
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole('heading').first().waitFor();
    await accessible(page, 'sign-in');
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });
});

it('nothing was thrown', () => expect(designer.thrown).toEqual([]));
