import { expect, it } from 'vitest';
import type { Status } from '#pipelines/events.ts';
import { openingStep } from './opening-step.ts';

const step = (node: string, status: Status, ...kinds: string[]) => ({ node, status, outputs: kinds.map((kind) => ({ kind })) });
const opened = (steps: readonly ReturnType<typeof step>[], learning: readonly string[] = []): string | undefined =>
  openingStep(steps, (node) => learning.includes(node))?.node;
const [data, learner] = [step('data', 'succeeded', 'table'), step('learner', 'succeeded', 'learner')];

it('the page of a run opens on what failed, else on what learns, else on its last report, else on its last result', () => {
  expect(opened([data, step('train', 'failed'), learner, step('score', 'skipped')])).toBe('train');
  expect(opened([data, step('crash', 'crashed'), step('later', 'failed')])).toBe('crash');
  expect(opened([data, learner, step('train', 'running'), step('score', 'queued')], ['train'])).toBe('train');
  expect(opened([data, step('train', 'succeeded', 'model'), step('judge', 'succeeded', 'report'), learner], ['train'])).toBe('judge');
  expect(opened([data, learner, step('train', 'running')])).toBe('learner');
  expect(opened([step('train', 'queued')])).toBeUndefined();
});
