import { expect } from 'vitest';
import { finishedRun, type Client } from './client.ts';
import { profileOf, rowsOf, upload } from './table-chain.ts';

const ROWS = 200;
/** Whole numbers and gaps that look like chance and are the same each time. */
const mixed = (row: number, at: number): number => Math.imul(((row + 1) * 73_856_093) ^ ((at + 1) * 19_349_663), 0x9e37_79b1) >>> 8;
const cell = (row: number, at: number): string =>
  mixed(row, at) % 50 === 0 ? '' : String((mixed(row, at) % 1_000) - 500 + (at < 20 && row % 2 === 1 ? 400 : 0));

/**
 * Takes a table of so many columns, a label and gaps through Clean Missing Data, Normalize Data, Split Data, Train Model, Score Model and Evaluate
 * Model; tells how long each step took and what it held at most.
 */
export async function learnFromWideTable(client: Client, width: number, clean: object): Promise<string> {
  const columns = Array.from({ length: width - 1 }, (_, at) => at);
  const lines = Array.from({ length: ROWS }, (_, row) => `${columns.map((at) => cell(row, at)).join(',')},${row % 2 === 1 ? 'yes' : 'no'}`);
  await upload(client, 'wide-learning', `${columns.map((at) => `c${at}`).join(',')},label\n${lines.join('\n')}\n`);
  const nodes = [
    ['read', 'dataset', { dataset: { name: 'wide-learning', version: null } }],
    ['clean', 'clean-missing-data', clean],
    ['scale', 'normalize-data', {}],
    ['split', 'split-data', { fraction: 0.7, seed: 1 }],
    ['learner', 'two-class-logistic-regression', {}],
    ['train', 'train-model', { label: 'label' }],
    ['score', 'score-model', {}],
    ['evaluate', 'evaluate-model', {}],
  ].map(([id, type, params]) => ({ id, type, version: 1, params }));
  const edges = [
    ['read.data', 'clean.data'],
    ['clean.data', 'scale.data'],
    ['scale.data', 'split.data'],
    ['learner.learner', 'train.learner'],
    ['split.first', 'train.data'],
    ['train.model', 'score.model'],
    ['split.second', 'score.data'],
    ['score.data', 'evaluate.scored'],
  ].map(([from, to]) => {
    const end = (text: string): object => ({ node: text.split('.')[0], port: text.split('.')[1] });
    return { from: end(from!), to: end(to!) };
  });
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Wide learning', nodes, edges } });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.filter((step) => step.error).map(({ node, error }) => [node, error])).toEqual([]);
  const scored = run.steps.find(({ node }) => node === 'score')!.outputs[0]!;
  expect(scored.rowCount).toBe(60);
  const profile = await profileOf(client, scored.hash);
  expect(profile.columns.length).toBe(width + 2);
  expect((await rowsOf(client, scored.hash)).flat()).not.toContain(null);
  return run.steps.map(({ node, milliseconds, peakBytes }) => `${node} ${milliseconds} ms, ${Math.round((peakBytes ?? 0) / 2 ** 20)} MB`).join('; ');
}
