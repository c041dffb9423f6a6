import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentNode, PipelineDocument } from '#pipelines/document.ts';
import { serialize } from '#pipelines/serialize.ts';
import { DesignerPage } from '#test/support/designer-page.ts';

let designer: DesignerPage;
let id: string;

/** A node that is set wrongly, the fix that is offered, and what its settings are after it. */
interface Fault {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly fix: string;
  readonly set: Readonly<Record<string, unknown>>;
}
const columns = (...names: string[]) => ({ mode: 'names', names });
const faults: readonly Fault[] = [
  { type: 'normalize-data', params: { columns: columns('a', 'word') }, fix: 'Leave out “word”', set: { columns: columns('a') } },
  { type: 'train-model', params: { label: 'wrd' }, fix: 'Use “word”', set: { label: 'word' } },
  { type: 'clean-missing-data', params: { minimumRatio: 0.9, maximumRatio: 0.1 }, fix: 'Exchange them', set: { minimumRatio: 0.1, maximumRatio: 0.9 } },
  { type: 'clip-values', params: { clip: 'both', lower: 9, upper: 1 }, fix: 'Exchange them', set: { lower: 1, upper: 9 } },
  { type: 'split-data', params: { stratified: true, stratifyBy: '' }, fix: 'Split without strata', set: { stratified: false } },
  { type: 'partition-and-sample', params: { stratified: true, stratifyBy: '' }, fix: 'Do without strata', set: { stratified: false } },
  { type: 'apply-sql-transformation', params: { script: '' }, fix: 'Begin with SELECT * FROM t1', set: { script: 'SELECT * FROM t1' } },
  { type: 'derive-column', params: { name: 'A', expression: 'b + 1' }, fix: 'Replace “a”', set: { name: 'a' } },
  { type: 'edit-metadata', params: { columns: columns('a'), newNames: 'x, y' }, fix: 'Keep the names', set: { newNames: '' } },
  { type: 'unpivot-data', params: { ids: columns('word'), valueColumn: 'word' }, fix: 'Use “word_1”', set: { valueColumn: 'word_1' } },
  { type: 'split-column', params: { column: 'word', names: 'x, y, z' }, fix: 'Make 3 parts', set: { parts: 3 } },
  { type: 'group-data-into-bins', params: { mode: 'custom', edges: [3, 1, 2] }, fix: 'Sort them', set: { edges: [1, 2, 3] } },
  { type: 'principal-component-analysis', params: { columns: columns('a', 'b'), components: 5 }, fix: 'Take 2', set: { components: 2 } },
  { type: 'save-as-dataset', params: { name: 'a/b' }, fix: 'Name it “a-b”', set: { name: 'a-b' } },
];

beforeAll(async () => {
  designer = await DesignerPage.start();
  const rows = { id: 'rows', type: 'enter-data-manually', version: 1, name: 'Rows', params: { data: 'a,b,word\n1,2,x\n3,4,y\n5,6,z' } };
  const nodes = [
    rows,
    ...faults.map(({ type, params }) => ({ id: type, type, version: 1, name: `At ${type}`, params: params as DocumentNode['params'] })),
    { id: 'learner', type: 'two-class-logistic-regression', version: 1, name: 'Learner', params: {} },
  ];
  const inputOf = (type: string): string => (type === 'apply-sql-transformation' ? 't1' : 'data');
  const edges = [
    ...faults.map(({ type }) => ({ from: { node: 'rows', port: 'data' }, to: { node: type, port: inputOf(type) } })),
    { from: { node: 'learner', port: 'learner' }, to: { node: 'train-model', port: 'learner' } },
  ];
  const layout = Object.fromEntries(nodes.map((node, at) => [node.id, [(at % 4) * 240, Math.floor(at / 4) * 120]]));
  id = await designer.make({ name: 'Faults', nodes, edges, layout } as unknown as PipelineDocument);
  await designer.card('Rows').waitFor();
});
afterAll(() => designer?.stop());

const problems = () => designer.page.getByRole('tabpanel', { name: /^Problems/ }).getByRole('listitem');
const paramsOf = async (node: string): Promise<DocumentNode['params']> => (await designer.saved(id)).nodes.find((each) => each.id === node)!.params;

describe('a fix of the problems panel', () => {
  it.each(faults)('$type: $fix', async ({ type, fix, set }) => {
    const before = serialize(await designer.saved(id));
    const line = problems().filter({ has: designer.page.getByText(`At ${type}`, { exact: true }) });
    const button = line.getByRole('button', { name: fix, exact: true });
    await button.click();
    await expect.poll(() => button.count()).toBe(0);
    await expect.poll(() => paramsOf(type)).toMatchObject(set);
    await designer.page.getByRole('button', { name: `Undo: ${fix}` }).click();
    await button.waitFor();
    await expect.poll(async () => serialize(await designer.saved(id))).toBe(before);
    await designer.page.getByRole('button', { name: `Redo: ${fix}` }).click();
    await expect.poll(() => button.count()).toBe(0);
  });

  it('leaves nothing to fix', async () => {
    await expect.poll(() => problems().getByRole('img', { name: 'Error' }).count()).toBe(0);
  });
});

describe('a wire that leads nowhere', () => {
  it('is removed from the panel', async () => {
    const node = (name: string) => ({ id: name, type: 'normalize-data', version: 1, name, params: {} });
    const round = await designer.make({
      name: 'Round',
      nodes: [node('One'), node('Two')],
      edges: [
        { from: { node: 'One', port: 'data' }, to: { node: 'Two', port: 'data' } },
        { from: { node: 'Two', port: 'data' }, to: { node: 'One', port: 'data' } },
      ],
      layout: { One: [0, 0], Two: [0, 120] },
    } as unknown as PipelineDocument & { name: string });
    await problems().getByRole('button', { name: 'Remove the wire' }).first().click();
    await expect.poll(() => problems().getByRole('button', { name: 'Remove the wire' }).count()).toBe(0);
    await expect.poll(async () => (await designer.saved(round)).edges.length).toBe(1);
  });
});

it('nothing was thrown', () => expect(designer.thrown).toEqual([]));
