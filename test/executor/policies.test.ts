import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ComputeAdapter, OpenAdapter } from '#server/compute/adapter.ts';
import type { StepResult } from '#server/executor/step-pool.ts';
import { brokenInvariants } from './invariants.ts';
import { journalOf, statuses, stepOf, temporaryFolder, testServer, type TestServer } from './harness.ts';
import { pipelineOf } from './test-nodes.ts';

let folder: string;
let journal: string;
let gate: string;
let server: TestServer;
beforeEach(() => {
  folder = temporaryFolder();
  journal = join(folder, 'journal');
  gate = join(folder, 'gate');
  writeFileSync(journal, '');
});
afterEach(async () => {
  if (!server) return;
  expect(brokenInvariants(server)).toEqual([]);
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const failing = { params: { behaviour: 'fail', journal: '' } };

test('a step that fails is begun again as often as its policy says, and then has failed', async () => {
  server = await testServer({ folder });
  const document = pipelineOf({ shaky: { params: { behaviour: 'fail', journal } } });
  document.nodes[0]!.policy = { retries: 2, retryDelaySeconds: 0 };
  const run = await server.run(server.save(document));
  expect(stepOf(run, 'shaky')).toMatchObject({ status: 'failed', attempt: 3, attemptsAllowed: 3, error: { code: 'rows_none' } });
  expect(journalOf(journal)).toEqual(['shaky', 'shaky', 'shaky']);
  expect(server.events(run.id).filter((event) => event.type === 'step' && event.status === 'queued')).toMatchObject([
    { reason: 'tries again', error: { code: 'rows_none' } },
    { reason: 'tries again' },
  ]);
});

test('a retry waits as long as it should and goes on from there', async () => {
  server = await testServer({ folder });
  const document = pipelineOf({ shaky: { params: { behaviour: 'fail-until-gate', gate } }, after: { from: ['shaky'] } });
  document.policy = { retries: 1, retryDelaySeconds: 0.3 };
  const { id } = await server.start(server.save(document));
  const waits = await server.until(id, (event) => event.type === 'step' && event.status === 'queued' && event.error !== null);
  expect(waits).toMatchObject({ reason: 'tries again' });
  writeFileSync(gate, '');
  expect(statuses(await server.finish(id))).toEqual({ shaky: 'succeeded', after: 'succeeded' });
});

test('a step that is over its time limit has failed, and its process is free again', async () => {
  server = await testServer({ folder, slots: 1, killAfterMilliseconds: 100 });
  const document = pipelineOf({ endless: { params: { behaviour: 'deaf' } }, other: {} });
  document.nodes[0]!.policy = { timeLimitSeconds: 0.2 };
  const run = await server.run(server.save(document));
  expect(statuses(run)).toEqual({ endless: 'failed', other: 'succeeded' });
  expect(stepOf(run, 'endless').error).toMatchObject({ code: 'time_exhausted' });
});

test('a run over its time limit is cancelled, with the reason', async () => {
  server = await testServer({ folder });
  const document = pipelineOf({ slow: { params: { behaviour: 'wait', gate } } });
  const run = await server.run(server.save(document), { policy: { runTimeLimitSeconds: 0.2 } });
  expect(run).toMatchObject({ status: 'cancelled', error: { code: 'time_exhausted' }, policy: { runTimeLimitSeconds: 0.2 } });
});

test('on failure a run stops, or goes on with other branches', async () => {
  server = await testServer({ folder, slots: 1 });
  const document = pipelineOf({ bad: failing, one: {}, two: { from: ['one'] } });
  const pipeline = server.save(document);
  expect(statuses(await server.run(pipeline, { policy: { onFailure: 'stop' } }))).toEqual({ bad: 'failed', one: 'skipped', two: 'skipped' });
  expect(statuses(await server.run(pipeline))).toEqual({ bad: 'failed', one: 'succeeded', two: 'succeeded' });
});

test('a step runs on the compute it names, and waits there for its turn, visibly', async () => {
  server = await testServer({ folder, slots: 2 });
  server.computes.create('w', 'small', { slots: 1, memoryMegabytes: 300 });
  const document = pipelineOf({ one: { params: { behaviour: 'wait', gate } }, two: { params: { behaviour: 'wait', gate } }, free: {} });
  document.policy = { compute: 'small' };
  document.nodes[2]!.policy = { compute: 'local' };
  const { id } = await server.start(server.save(document));
  await server.until(id, (event) => event.type === 'step' && event.node === 'two' && event.reason === 'waits for a slot of "small"');
  await server.until(id, (event) => event.type === 'step' && event.node === 'free' && event.status === 'succeeded');
  expect(server.runs.waiting('w', id).items).toEqual([{ node: 'two', compute: 'small', place: 1, of: 1 }]);
  expect(stepOf(server.runs.get('w', id), 'two')).toMatchObject({ status: 'queued', waiting: { compute: 'small', place: 1 } });
  const load = server.runs.computeLoad(server.computes.find('w', 'small')!);
  expect(load).toMatchObject({ used: 1, waiting: 1, running: [{ node: 'one', slots: 1 }], queue: [{ node: 'two', place: 1 }] });
  writeFileSync(gate, '');
  const run = await server.finish(id);
  expect(run.steps.map(({ node, status, compute }) => [node, status, compute])).toEqual([
    ['one', 'succeeded', 'small'],
    ['two', 'succeeded', 'small'],
    ['free', 'succeeded', 'local'],
  ]);
  expect(stepOf(run, 'two').readyAt).not.toBeNull();
});

test('a compute that is not registered, or too small for what a step asks, is refused before anything runs', async () => {
  server = await testServer({ folder });
  const pipeline = server.save(pipelineOf({ one: {} }));
  await expect(server.start(pipeline, { policy: { compute: 'gone' } })).rejects.toMatchObject({
    status: 422,
    issues: [{ code: 'compute_unknown', node: 'one' }],
  });
  await expect(server.start(pipeline, { policy: { memoryMegabytes: 4_096 } })).rejects.toMatchObject({ status: 422, issues: [{ code: 'memory_exhausted' }] });
});

test('a compute that goes while a run waits for it gives a clear failure', async () => {
  server = await testServer({ folder, slots: 1 });
  server.computes.create('w', 'small', { slots: 1, memoryMegabytes: 300 });
  const document = pipelineOf({ one: {} });
  document.policy = { compute: 'small' };
  const pipeline = server.save(document);
  await server.runs.drain(0);
  await server.pool.close();
  server.db.$client.close();
  server = await testServer({ folder, liveRuns: 0 });
  const { id } = await server.start(pipeline);
  server.computes.remove('w', 'small');
  await server.runs.drain(0);
  await server.pool.close();
  server.db.$client.close();
  server = await testServer({ folder });
  expect(stepOf(await server.finish(id), 'one')).toMatchObject({ status: 'failed', error: { code: 'compute_unknown' } });
});

test('what has a higher priority goes first, and a step that wants all slots gets them', async () => {
  server = await testServer({ folder, slots: 2 });
  const blocker = await server.start(server.save(pipelineOf({ a: { params: { behaviour: 'wait', gate } }, b: { params: { behaviour: 'wait', gate } } })));
  await server.until(blocker.id, (event) => event.type === 'step' && event.node === 'b' && event.status === 'running');
  const late = (name: string): string => server.save(pipelineOf({ [name]: { params: { journal } } }));
  const ids = [
    // With one slot it would run beside the last one.
    await server.start(late('usual'), { policy: { slots: 2 } }),
    await server.start(late('urgent'), { policy: { priority: 5, slots: 2 } }),
    await server.start(late('low'), { policy: { priority: -1 } }),
  ];
  for (const { id } of ids) await server.until(id, (event) => event.type === 'step' && event.reason === 'waits for a slot of "local"');
  writeFileSync(gate, '');
  for (const { id } of ids) await server.finish(id);
  expect(journalOf(journal)).toEqual(['urgent', 'usual', 'low']);
});

test('a part-run takes what lies before it from where it is told', async () => {
  server = await testServer({ folder });
  const nodes = (value: string) => pipelineOf({ first: { params: { value, journal } }, second: { from: ['first'], params: { journal } } });
  const pipeline = server.save(nodes('old'));
  const one = await server.run(pipeline);
  server.save(nodes('new'), pipeline);
  const scope = { kind: 'from', node: 'second' } as const;
  const again = async (source: Parameters<TestServer['run']>[1]): Promise<Record<string, string>> =>
    statuses(await server.run(pipeline, { scope, force: true, ...source }));
  expect(await again({ source: { kind: 'last' } })).toEqual({ second: 'succeeded' });
  expect(await again({})).toEqual({ first: 'succeeded', second: 'succeeded' });
  expect(await again({ source: { kind: 'run', run: one.id }, force: false })).toEqual({ second: 'reused' });
  expect(await again({ source: { kind: 'fresh' } })).toEqual({ first: 'succeeded', second: 'succeeded' });
  expect(await server.runs.plan('w', pipeline, scope, { source: { kind: 'run', run: one.id } })).toMatchObject([
    { node: 'second', will: 'reuse', compute: 'local' },
  ]);
  const other = server.save(nodes('other'));
  await expect(server.start(other, { scope, source: { kind: 'run', run: one.id } })).rejects.toMatchObject({ status: 404 });
  expect(journalOf(journal)).toEqual(['first', 'second', 'second', 'first', 'second', 'first', 'second']);
});

test('the plan says that an earlier result was damaged, and what runs after it', async () => {
  server = await testServer({ folder });
  const pipeline = server.save(pipelineOf({ first: {}, second: { from: ['first'] } }));
  const run = await server.run(pipeline);
  const { hash } = stepOf(run, 'first').outputs[0]!;
  rmSync(server.store.pathOf(hash));
  expect(await server.runs.plan('w', pipeline, { kind: 'all' })).toMatchObject([
    { node: 'first', will: 'run', reason: 'the earlier result was damaged' },
    { node: 'second', will: 'run', reason: '"Test sure" runs before it' },
  ]);
  expect(statuses(await server.run(pipeline))).toEqual({ first: 'succeeded', second: 'reused' });
});

test('an engine that shares nothing but the exchange can carry out steps', async () => {
  /** An engine of a few lines: it gets its inputs as bytes and gives its output as bytes. */
  const remote: OpenAdapter = (limits) => {
    const results = new Map<string, Promise<StepResult>>();
    const adapter: ComputeAdapter = {
      capabilities: () => ({ ...limits, outlivesServer: true }),
      configure: () => {},
      submit(spec, exchange) {
        const text = JSON.stringify(
          (JSON.parse(JSON.stringify(spec)) as unknown) === null ? null : { value: spec.params['value'], inputs: Object.keys(spec.inputs) },
        );
        const result = exchange
          .receive(
            spec.attemptId,
            (async function* () {
              yield Buffer.from(text);
            })(),
          )
          .then((given): StepResult => ({
            type: 'succeeded',
            id: spec.attemptId,
            effects: [],
            peakBytes: 0,
            cpuMilliseconds: 0,
            outputs: [{ port: 'out', kind: 'file', ...given, meta: { kind: 'file', name: 'far' } }],
          }));
        if (!results.has(spec.attemptId)) results.set(spec.attemptId, result);
        return { attemptId: spec.attemptId };
      },
      status: ({ attemptId }) => (results.has(attemptId) ? 'running' : 'unknown'),
      result: ({ attemptId }) => results.get(attemptId)!,
      logs: () => ({ lines: [], next: 0 }),
      stop: () => {},
      cleanup: async ({ attemptId }) => void results.delete(attemptId),
      close: () => {},
    };
    return adapter;
  };
  server = await testServer({ folder, adapters: { remote } });
  server.computes.create('w', 'far', { slots: 1, memoryMegabytes: 300 });
  server.db.$client.prepare(`UPDATE computes SET adapter = 'remote' WHERE name = 'far'`).run();
  const document = pipelineOf({ here: {}, there: { from: ['here'] }, back: { from: ['there'] } });
  document.nodes[1]!.policy = { compute: 'far' };
  const run = await server.run(server.save(document));
  expect(statuses(run)).toEqual({ here: 'succeeded', there: 'succeeded', back: 'succeeded' });
  expect(existsSync(server.store.pathOf(stepOf(run, 'there').outputs[0]!.hash))).toBe(true);
});
