import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { serialize } from '#pipelines/serialize.ts';
import { DesignerPage } from '#test/support/designer-page.ts';
import { drag } from '#test/support/pointer.ts';

let designer: DesignerPage;
beforeAll(async () => {
  designer = await DesignerPage.start();
  await designer.ask('POST', '/samples/datasets/telco-churn/add');
});
afterAll(() => designer?.stop());

const names = ['telco-churn', 'Clean Missing Data', 'Split Data', 'Two-Class Logistic Regression', 'Train Model', 'Score Model', 'Evaluate Model'] as const;
/** Every wire of the pipeline: from what output to what input, by the names that people see. */
const wires: readonly (readonly [string, string, string, string])[] = [
  ['telco-churn', 'Dataset (table)', 'Clean Missing Data', 'Dataset (table)'],
  ['Clean Missing Data', 'Cleaned dataset (table)', 'Split Data', 'Dataset (table)'],
  ['Two-Class Logistic Regression', 'Untrained model (learner)', 'Train Model', 'Untrained model (learner)'],
  ['Split Data', 'Results dataset1 (table)', 'Train Model', 'Dataset (table)'],
  ['Train Model', 'Trained model (model)', 'Score Model', 'Trained model (model)'],
  ['Split Data', 'Results dataset2 (table)', 'Score Model', 'Dataset (table)'],
  ['Score Model', 'Scored dataset (table)', 'Evaluate Model', 'Scored dataset (table)'],
];

const wireCount = (): Promise<number> => designer.page.locator('.svelte-flow__edge').count();

/** What the pipeline says, whatever its ids and places are. */
const meaning = ({ nodes, edges }: PipelineDocument): unknown => {
  const typeOf = new Map(nodes.map(({ id, type }) => [id, type]));
  return {
    nodes: nodes.map(({ type, params }) => ({ type, params })).sort((a, b) => a.type.localeCompare(b.type)),
    edges: edges.map(({ from, to }) => `${typeOf.get(from.node)}.${from.port} → ${typeOf.get(to.node)}.${to.port}`).sort(),
  };
};

async function newPipeline(): Promise<string> {
  await designer.page.goto(`${designer.server.url}/pipelines`);
  await designer.page.getByRole('button', { name: 'New pipeline' }).first().click();
  await designer.page.waitForURL(/\/pipelines\/[^/]+$/);
  await designer.canvas().waitFor();
  return new URL(designer.page.url()).pathname.split('/').at(-1)!;
}

let byMouse: PipelineDocument;
describe('by mouse', () => {
  let id: string;
  async function fromLibrary(title: string, x: number, y: number): Promise<void> {
    const library = designer.page.getByRole('complementary', { name: 'Library' });
    await library.getByRole('textbox').fill(title);
    await library.getByRole('button', { name: title }).first().dragTo(designer.canvas(), { targetPosition: { x, y } });
    await designer.card(title).waitFor();
    await library.getByRole('textbox').fill('');
  }

  it('a pipeline begins with a dataset and nodes dragged from the library', async () => {
    id = await newPipeline();
    await fromLibrary('telco-churn', 380, 60);
    await fromLibrary('Clean Missing Data', 380, 150);
    await fromLibrary('Split Data', 380, 240);
    await fromLibrary('Two-Class Logistic Regression', 120, 240);
    await fromLibrary('Train Model', 120, 330);
    await fromLibrary('Score Model', 380, 420);
    await fromLibrary('Evaluate Model', 380, 510);
    await designer.page.getByRole('button', { name: 'Fit to view' }).click();
    await expect.poll(async () => (await designer.saved(id)).nodes.length).toBe(names.length);
  });

  it('ports are wired by dragging', async () => {
    for (const [at, [from, output, to, input]] of wires.entries()) {
      await drag(designer.page, designer.card(from).getByLabel(output, { exact: true }).last(), designer.card(to).getByLabel(input, { exact: true }).first());
      await expect.poll(wireCount).toBe(at + 1);
    }
  });

  it('columns are picked from lists', async () => {
    const { page, inspector } = designer;
    await designer.choose('Clean Missing Data');
    const picker = inspector.getByRole('group', { name: 'Columns to be cleaned' });
    await picker.getByRole('button', { name: 'Pick' }).click();
    await picker.getByRole('checkbox', { name: 'Choose all shown' }).uncheck();
    await picker.getByLabel('Find a column').fill('total');
    await picker.getByRole('checkbox', { name: /total_charges/ }).check();
    await designer.choose('Split Data');
    await inspector.getByLabel(/^Fraction of rows/).fill('0.75');
    await inspector.getByRole('switch', { name: 'Stratified split' }).click();
    await inspector.getByLabel('Stratification key column').click();
    await page.getByRole('option', { name: /^churn/ }).click();
    await designer.choose('Train Model');
    await inspector.getByLabel('Label column').click();
    await page.getByRole('option', { name: /^churn/ }).click();
    const params = async (wanted: string) => (await designer.saved(id)).nodes.find(({ type }) => type === wanted)!.params;
    await expect.poll(async () => (await params('clean-missing-data')).columns).toEqual({ mode: 'names', names: ['total_charges'] });
    await expect.poll(() => params('split-data')).toMatchObject({ fraction: 0.75, stratified: true, stratifyBy: 'churn' });
    await expect.poll(() => params('train-model')).toEqual({ label: 'churn' });
    byMouse = await designer.saved(id);
    await page.getByText(/^No problems/).waitFor();
  });

  it('and it runs green', async () => {
    await designer.page.getByRole('button', { name: 'Run', exact: true }).click();
    for (const name of names) await designer.says(name, /\d (ms|s)\b|\d+ ms|reused/i);
    const statuses = async (): Promise<string[]> =>
      (await designer.ask<{ steps: { status: string }[] }>('GET', `/pipelines/${id}/state`)).steps.map(({ status }) => status);
    await expect.poll(statuses).toEqual(names.map(() => 'succeeded'));
  });
});

describe('by keyboard alone', () => {
  let id: string;
  /** The document after every step, from the empty one on. */
  const steps: PipelineDocument[] = [];
  const press = (...keys: string[]): Promise<void> => keys.reduce((before, key) => before.then(() => designer.page.keyboard.press(key)), Promise.resolve());
  const type = (text: string): Promise<void> => designer.page.keyboard.type(text);
  const hasFocus = (place: Locator): Promise<boolean> => place.evaluateAll((found) => found.some((each) => each === document.activeElement));
  const focused = (place: Locator): Promise<void> => expect.poll(() => hasFocus(place)).toBe(true);
  const step = async (): Promise<number> => steps.push(await designer.saved(id));

  async function tabTo(place: Locator): Promise<void> {
    await place.waitFor();
    for (let at = 0; at < 40; at += 1) {
      if (await hasFocus(place)) return;
      await press('Tab');
    }
    throw new Error(`The Tab key does not lead to ${String(place)}.`);
  }
  async function add(title: string): Promise<void> {
    await press('/');
    await focused(designer.page.getByRole('combobox', { name: 'Find a node' }));
    await type(title);
    await designer.page.getByRole('option', { name: new RegExp(`^${title}`), selected: true }).waitFor();
    await press('Enter');
    await focused(designer.card(title));
    await step();
  }
  async function walk(arrow: string, title: string): Promise<void> {
    await press(arrow);
    await focused(designer.card(title));
  }
  async function goTo(title: string): Promise<void> {
    await press('l');
    await tabTo(designer.page.getByRole('dialog').getByRole('button', { name: title, exact: true }));
    await press('Enter');
    await focused(designer.card(title));
  }
  /** Draws a wire from the node in focus; C again takes its next output, arrows choose where to. */
  async function wireTo(words: RegExp, output = 1): Promise<void> {
    for (let at = 0; at < output; at += 1) await press('c');
    const said = designer.page.locator('[aria-live=polite]').filter({ hasText: words });
    for (let at = 0; at < 8 && (await said.count()) === 0; at += 1) await press('ArrowRight');
    await said.waitFor({ state: 'attached' });
    await press('Enter');
    await designer.page
      .locator('[aria-live=polite]')
      .filter({ hasText: /^Wired to/ })
      .waitFor({ state: 'attached' });
    await step();
  }
  async function settings(): Promise<void> {
    await press('Enter');
    await focused(designer.inspector.getByRole('tab', { name: 'Parameters' }));
  }
  async function pick(field: string, option: RegExp): Promise<void> {
    await tabTo(designer.inspector.getByLabel(field, { exact: true }));
    await press('Enter');
    const chosen = designer.page.getByRole('option', { name: option });
    await chosen.waitFor();
    await type((await chosen.innerText()).slice(0, 4));
    await expect.poll(() => chosen.getAttribute('data-highlighted')).not.toBeNull();
    await press('Enter');
    await chosen.waitFor({ state: 'detached' });
    await step();
  }
  /** From the inspector to the canvas: Ctrl K opens from anywhere, and gives the focus to the chosen node. */
  async function back(title: string): Promise<void> {
    await press('Control+k');
    await focused(designer.page.getByRole('combobox', { name: 'Find a command' }));
    await press('Escape');
    await focused(designer.card(title));
  }

  it('nodes are found, placed and wired', async () => {
    id = await newPipeline();
    await step();
    await add('Dataset');
    await settings();
    await pick('Dataset', /^telco-churn/);
    await back('Dataset');
    await add('Clean Missing Data');
    await walk('ArrowUp', 'Dataset');
    await wireTo(/to Clean Missing Data, Dataset/);
    await walk('ArrowDown', 'Clean Missing Data');
    await add('Split Data');
    await walk('ArrowUp', 'Clean Missing Data');
    await wireTo(/to Split Data, Dataset/);
    await walk('ArrowDown', 'Split Data');
    await add('Train Model');
    await walk('ArrowUp', 'Split Data');
    await wireTo(/^Results dataset1 to Train Model, Dataset/);
    await walk('ArrowDown', 'Train Model');
    await add('Two-Class Logistic Regression');
    await wireTo(/to Train Model, Untrained model/);
    await add('Score Model');
    await goTo('Train Model');
    await wireTo(/to Score Model, Trained model/);
    await goTo('Split Data');
    await wireTo(/^Results dataset2 to Score Model, Dataset/, 2);
    await goTo('Score Model');
    await add('Evaluate Model');
    await goTo('Score Model');
    await wireTo(/to Evaluate Model, Scored dataset/);
    await expect.poll(() => wireCount()).toBe(wires.length);
  });

  it('settings are reached, changed and left', async () => {
    const { inspector } = designer;
    await goTo('Clean Missing Data');
    await settings();
    // Changes of one field after one another are one step.
    await tabTo(inspector.getByRole('button', { name: 'Pick', exact: true }));
    await press('Enter');
    await tabTo(inspector.getByRole('button', { name: 'Paste a list' }));
    await press('Enter');
    await tabTo(inspector.getByLabel('Names of columns'));
    await type('total_charges');
    await tabTo(inspector.getByRole('button', { name: 'Choose 1' }));
    await press('Enter');
    await step();
    await back('Clean Missing Data');
    await goTo('Split Data');
    await settings();
    await tabTo(inspector.getByLabel(/^Fraction of rows/));
    await press('Control+a');
    await type('0.75');
    await step();
    await tabTo(inspector.getByRole('switch', { name: 'Stratified split' }));
    await press('Space');
    await step();
    await pick('Stratification key column', /^churn/);
    await back('Split Data');
    await goTo('Train Model');
    await settings();
    await pick('Label column', /^churn/);
    await back('Train Model');
    await press('Control+k');
    await focused(designer.page.getByRole('combobox', { name: 'Find a command' }));
    await type('tidy');
    await designer.page.getByRole('option', { name: /^Tidy/, selected: true }).waitFor();
    await press('Enter');
    await expect.poll(() => designer.undoButton().getAttribute('aria-label')).toBe('Undo: Tidy layout');
    await step();
    const document = steps.at(-1)!;
    expect(meaning(document)).toEqual(meaning(byMouse));
  });

  it('undone all the way back and forth, the document is the same at each step', async () => {
    const { page } = designer;
    const undone: PipelineDocument[] = [await designer.saved(id)];
    while (await designer.undoButton().isEnabled()) {
      await press('Control+z');
      undone.push(await designer.saved(id));
    }
    // Changes of one field are one step only while they follow each other soon, so that a slow machine has more steps than were written down.
    const there = undone.toReversed().map(serialize);
    let at = -1;
    for (const wanted of steps.map(serialize)) {
      at = there.indexOf(wanted, at + 1);
      expect(at, `undo gives back, in its turn, ${wanted}`).toBeGreaterThanOrEqual(0);
    }
    expect([there[0], there.at(-1)]).toEqual([steps[0]!, steps.at(-1)!].map(serialize));
    await page.getByRole('button', { name: 'Nothing to undo' }).waitFor();
    const redone: PipelineDocument[] = [await designer.saved(id)];
    while (await designer.redoButton().isEnabled()) {
      await press('Control+Shift+z');
      redone.push(await designer.saved(id));
    }
    expect(redone.map(serialize)).toEqual(there);
  });

  it('and it runs green', async () => {
    await press('Control+Enter');
    const notGood = async (): Promise<string[]> => {
      const { steps: ran } = await designer.ask<{ steps: { status: string }[] }>('GET', `/pipelines/${id}/state`);
      return ran.length === 0 ? ['not begun'] : ran.map(({ status }) => status).filter((status) => !/succeeded|reused/.test(status));
    };
    await expect.poll(notGood).toEqual([]);
  });
});

it('nothing was thrown', () => expect(designer.thrown).toEqual([]));
