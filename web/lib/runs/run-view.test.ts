import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldFetch, QuietStream } from '#test/support/held-fetch.ts';
import { createApi } from '../api.ts';
import { ApiError, ConnectionError } from '../api-error.ts';
import type { Run, Step } from '../api-types.ts';
import { RunView } from './run-view.svelte.ts';
import { newStep } from './step-events.ts';

const step = (node: string): Step => ({ ...newStep({ id: 'r', number: 42 }, node, ''), type: 'clean-missing-data' });
const answering =
  (status: number, body: unknown): typeof fetch =>
  async () =>
    new Response(JSON.stringify(body), { status });

describe('a run as it happens', () => {
  it('keeps steps, progress, log and curves true to the events', () => {
    const view = new RunView(createApi(answering(404, {})), 'r');
    view.run = { status: 'running', steps: [step('a'), step('b')], error: null } as unknown as Run;
    const base = { seq: 1, at: 0 };
    view.apply({ ...base, type: 'progress', node: 'a', fraction: 0.5, message: 'tree 50 of 100' });
    view.apply({ ...base, type: 'metric', node: 'a', name: 'loss', value: 0.4, iteration: 1 });
    view.apply({ ...base, type: 'metric', node: 'a', name: 'loss', value: 0.3, iteration: 2 });
    view.apply({ ...base, type: 'log', node: 'a', level: 'warning', message: 'slow' });
    expect(view.progress.get('a')).toEqual({ fraction: 0.5, message: 'tree 50 of 100' });
    expect(view.curves.of('a')).toEqual([{ name: 'loss', points: [[1, 0.4], [2, 0.3]] }]); // prettier-ignore
    expect(view.logs).toHaveLength(1);
    view.apply({
      ...base,
      type: 'step',
      node: 'a',
      status: 'succeeded',
      attempt: 1,
      milliseconds: 312,
      reason: null,
      error: null,
      outputs: [],
      reusedFrom: null,
    });
    expect(view.run.steps[0]).toMatchObject({ status: 'succeeded', milliseconds: 312 });
    expect(view.progress.has('a')).toBe(false);
    expect(view.counts).toMatchObject({ total: 2, succeeded: 1, queued: 1 });
  });

  it('follows tries, use and the end of a run through events told together', () => {
    const view = new RunView(createApi(answering(404, {})), 'r');
    view.run = { status: 'queued', steps: [step('a')], error: null, startedAt: null, finishedAt: null, milliseconds: null } as unknown as Run;
    const told = { type: 'step' as const, node: 'a', milliseconds: null, reason: null, error: null, outputs: [], reusedFrom: null };
    view.apply(
      { seq: 1, at: 1_000, type: 'run', status: 'running', error: null },
      { ...told, seq: 2, at: 1_100, status: 'running', attempt: 1 },
      { ...told, seq: 3, at: 1_400, status: 'queued', attempt: 1, reason: 'tries again in 10 s' },
      { ...told, seq: 4, at: 2_000, status: 'running', attempt: 2 },
      { seq: 5, at: 2_500, type: 'usage', node: 'a', residentBytes: 64, cpuMilliseconds: 480 },
    );
    expect(view.attempts.get('a')).toEqual([
      { from: 1_100, to: 1_400, failed: true },
      { from: 2_000, to: null, failed: false },
    ]);
    expect([view.active, view.usage.get('a')]).toEqual([true, { residentBytes: 64, cpuMilliseconds: 480 }]);
    view.apply(
      { ...told, seq: 6, at: 3_000, status: 'succeeded', attempt: 2, milliseconds: 1_000 },
      { seq: 7, at: 3_100, type: 'run', status: 'succeeded', error: null },
    );
    expect([view.active, view.usage.has('a'), view.elapsed(), view.run.finishedAt]).toEqual([false, false, 2_100, new Date(3_100).toISOString()]);
  });
});

describe('a page of a run that is left', () => {
  beforeEach(() => {
    QuietStream.open = [];
    vi.stubGlobal('EventSource', QuietStream);
  });
  afterEach(() => void vi.unstubAllGlobals());
  const running = { id: 'r', status: 'running', steps: [] };

  it('follows the run no more, also when the run is read only then', async () => {
    const server = new HeldFetch();
    const view = new RunView(createApi(server.fetch), 'r');
    const started = view.start();
    view.stop();
    await server.answer('GET /runs/r', running);
    await started;
    expect(QuietStream.open).toEqual([]);
  });

  it('follows it once when it was read twice', async () => {
    const server = new HeldFetch();
    const view = new RunView(createApi(server.fetch), 'r');
    const started = [view.start(), view.start()];
    await server.answer('GET /runs/r', running);
    await server.answer('GET /runs/r', running);
    await Promise.all(started);
    expect(QuietStream.open).toHaveLength(1);
    view.stop();
    expect(QuietStream.open).toEqual([]);
  });
});

describe('refusals of the server', () => {
  it('become errors that say what, why and where', async () => {
    const problem = {
      title: 'The pipeline cannot run',
      status: 422,
      detail: '1 problem.',
      code: 'port_missing',
      requestId: 'x',
      issues: [{ node: 'n1', code: 'port_missing', level: 'error', message: 'Connect Dataset' }],
    };
    const error = await createApi(answering(422, problem))
      .pipelines.run('p')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, title: 'The pipeline cannot run', message: '1 problem.', code: 'port_missing', issues: [{ node: 'n1' }] });
  });

  it('say so when the server does not answer, and tell the end of the session', async () => {
    const broken = createApi(async () => {
      throw new TypeError('fetch failed');
    });
    await expect(broken.runs.list()).rejects.toBeInstanceOf(ConnectionError);
    const out = createApi(answering(401, { title: 'Sign in' }));
    let ended = false;
    out.transport.onsignedout = () => (ended = true);
    await expect(out.runs.list()).rejects.toBeInstanceOf(ApiError);
    expect(ended).toBe(true);
  });
});
