import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { HeldFetch, QuietStream } from '#test/support/held-fetch.ts';
import { createApi } from '../../api.ts';
import { newStep } from '../../runs/step-events.ts';
import { RunState } from './run.svelte.ts';

let server: HeldFetch;
let run: RunState;
beforeEach(() => {
  QuietStream.open = [];
  vi.stubGlobal('EventSource', QuietStream);
  server = new HeldFetch();
  run = new RunState(createApi(server.fetch), 'p', { nameOf: (node) => node, say: () => {} });
});
afterEach(() => {
  run.stop();
  vi.unstubAllGlobals();
});

const start = (): Promise<void> => run.start(async () => emptyDocument('Draft'), {});
const counts = { total: 1, failed: 0, crashed: 0 };
const step = (number: number, node: string, status: string) => ({ ...newStep({ id: `r${number}`, number }, node, ''), status });
const runOf = (number: number, status: string) => ({ id: `r${number}`, number, status, counts, error: null, document: {}, steps: [step(number, 'a', status)] });
const stateOf = (number: number, status: string) => ({
  lastRun: runOf(number, status),
  steps: [step(number, 'a', status), step(number, 'b', status)],
  observed: { b: {} },
});

it('what is read late of earlier runs does not take the place of the run that was started since', async () => {
  const loading = run.load();
  const starting = start();
  await server.answer('POST /pipelines/p/runs', { id: 'r2', number: 2 });
  await server.answer('GET /runs/r2', runOf(2, 'running'));
  await starting;
  await server.answer('GET /pipelines/p/state', stateOf(1, 'succeeded'));
  await loading;
  expect([run.current?.number, run.active]).toEqual([2, true]);
  // What the new run does not run is as it was.
  expect([...run.steps.values()].map(({ node, runNumber, status }) => [node, runNumber, status]).toSorted()).toEqual([
    ['a', 2, 'running'],
    ['b', 1, 'succeeded'],
  ]);
  expect(Object.keys(run.observed)).toEqual(['b']);
  expect(QuietStream.open).toEqual([expect.stringContaining('/runs/r2/events')]);
});

it('an earlier run that still runs is not followed in place of the one that was started since', async () => {
  const loading = run.load();
  await server.answer('GET /pipelines/p/state', stateOf(1, 'running'));
  const starting = start();
  await server.answer('POST /pipelines/p/runs', { id: 'r2', number: 2 });
  await server.answer('GET /runs/r2', runOf(2, 'running'));
  await server.answer('GET /runs/r1', runOf(1, 'running'));
  await Promise.all([loading, starting]);
  expect(run.current?.number).toBe(2);
  expect(QuietStream.open).toEqual([expect.stringContaining('/runs/r2/events')]);
});

it('a past run stays shown when the newest results come late', async () => {
  const loading = run.load();
  run.show(runOf(1, 'failed') as never);
  await server.answer('GET /pipelines/p/state', stateOf(2, 'succeeded'));
  await loading;
  expect([run.current?.number, run.steps.get('a')?.status, run.steps.has('b')]).toEqual([1, 'failed', false]);
});

it('who leaves while a run begins leaves no stream open', async () => {
  const starting = start();
  await server.answer('POST /pipelines/p/runs', { id: 'r1', number: 1 });
  run.stop();
  await server.answer('GET /runs/r1', runOf(1, 'running'));
  await starting;
  expect(QuietStream.open).toEqual([]);
});

it('of two lists of runs the one that was asked for last stands', async () => {
  const asked = [run.loadRuns(), run.loadRuns()];
  const [list] = server.asked;
  await server.answer(list!, { items: [{ number: 2 }] }, { newest: true });
  await server.answer(list!, { items: [{ number: 1 }] });
  await Promise.all(asked);
  expect(run.runs).toMatchObject([{ number: 2 }]);
});

it('a run is starting while what it is to run is saved, so that a second press starts no other', async () => {
  const { promise: saved, resolve } = Promise.withResolvers<PipelineDocument>();
  const starting = run.start(() => saved, {});
  expect([run.starting, server.asked]).toEqual([true, []]);
  await start();
  resolve(emptyDocument('Draft'));
  await server.answer('POST /pipelines/p/runs', { id: 'r1', number: 1 });
  await server.answer('GET /runs/r1', runOf(1, 'running'));
  await starting;
  expect([run.starting, run.active]).toEqual([false, true]);
});
