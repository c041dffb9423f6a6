import { expect, it } from 'vitest';
import { trainedNodes, versionOptions } from './deployment-source.svelte.ts';

type Detail = Parameters<typeof versionOptions>[0];
type Run = Parameters<typeof trainedNodes>[0];

it('offers a model by latest, by its aliases and by its versions, without those that are archived', () => {
  const versions = [
    { version: 3, aliases: [], archived: true, headline: null },
    { version: 2, aliases: ['champion'], archived: false, headline: 'AUC 0.9' },
    { version: 1, aliases: [], archived: false, headline: null },
  ] as unknown as Detail['versions'];
  expect(versionOptions({ versions })).toEqual([
    { value: 'latest', label: 'latest', hint: 'v2 now' },
    { value: 'champion', label: 'champion', hint: 'v2 now' },
    { value: '2', label: 'v2', hint: 'AUC 0.9' },
    { value: '1', label: 'v1', hint: undefined },
  ]);
});

it('offers the nodes of a run that gave a model', () => {
  const step = (node: string, status: string, kind: string) => ({ node, name: '', status, outputs: [{ kind }] });
  const steps = [step('a', 'succeeded', 'table'), step('b', 'reused', 'model'), step('c', 'failed', 'model')] as unknown as Run['steps'];
  expect(trainedNodes({ steps })).toEqual([{ value: 'b', label: 'b' }]);
});
