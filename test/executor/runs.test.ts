import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '#server/errors.ts';
import { journalOf, statuses, stepOf, testServer, type TestServer } from './harness.ts';
import { pipelineOf } from './test-nodes.ts';

let server: TestServer;
let journal: string;
let gate: string;
beforeEach(async () => {
  server = await testServer();
  journal = join(server.folder, 'journal');
  gate = join(server.folder, 'gate');
  writeFileSync(journal, '');
});
afterEach(() => server.close());

describe('a run', () => {
  test('carries out its steps in order and publishes what they give', async () => {
    const id = server.save(pipelineOf({ one: {}, two: { from: ['one'] }, three: { from: ['one', 'two'] } }));
    const run = await server.run(id);
    expect(run).toMatchObject({ number: 1, status: 'succeeded', error: null, counts: { total: 3, succeeded: 3, queued: 0 } });
    const { hash } = stepOf(run, 'three').outputs[0]!;
    const one = JSON.stringify({ value: 'one', inputs: [] });
    const two = JSON.stringify({ value: 'two', inputs: [one] });
    expect(JSON.parse(readFileSync(server.store.pathOf(hash), 'utf8'))).toEqual({ value: 'three', inputs: [one, two] });
    expect(stepOf(run, 'one')).toMatchObject({ attempt: 1, reason: 'never ran' });
    expect(server.errors).toEqual([]);
  });

  test('stores events whose numbers have no gaps and whose last is the end of the run', async () => {
    const run = await server.run(server.save(pipelineOf({ one: {}, two: { from: ['one'] } })));
    const events = server.events(run.id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(0)).toMatchObject({ type: 'run', status: 'queued' });
    expect(events.at(-1)).toMatchObject({ type: 'run', status: 'succeeded' });
    const told = events.flatMap((event) => (event.type === 'step' ? [`${event.node} ${event.status}`] : []));
    expect(told).toEqual(['one running', 'one succeeded', 'two running', 'two succeeded']);
  });

  test('goes on with other branches when a step fails, skips what depended on it, and can be resumed', async () => {
    const id = server.save(
      pipelineOf({
        source: { type: 'chance', params: { journal } },
        bad: { from: ['source'], params: { behaviour: 'fail-until-gate', gate, journal } },
        after: { from: ['bad'] },
        good: { from: ['source'], params: { journal } },
      }),
    );
    const first = await server.run(id);
    expect(first).toMatchObject({ status: 'failed', error: { code: 'rows_none' }, counts: { succeeded: 2, failed: 1, skipped: 1 } });
    expect(statuses(first)).toEqual({ source: 'succeeded', bad: 'failed', after: 'skipped', good: 'succeeded' });
    expect(stepOf(first, 'after').reason).toBe('"Test sure" did not succeed');
    writeFileSync(gate, '');
    writeFileSync(journal, '');
    const resumed = await server.runs.resume('w', first.id, { kind: 'person', name: 'Test' });
    const second = await server.finish(resumed.id);
    expect(statuses(second)).toEqual({ source: 'reused', bad: 'succeeded', after: 'succeeded', good: 'reused' });
    expect(stepOf(second, 'source')).toMatchObject({ reusedFrom: 1, outputs: stepOf(first, 'source').outputs });
    expect(second.resumeOf).toBe(first.id);
    expect(journalOf(journal)).toEqual(['bad']);
    await expect(server.runs.resume('w', second.id, { kind: 'person', name: 'Test' })).rejects.toThrow('nothing to resume');
  });

  test('begins a step whose process was killed once more, and then calls it crashed', async () => {
    const id = server.save(
      pipelineOf({ once: { params: { behaviour: 'crash-once', gate } }, always: { params: { behaviour: 'crash', journal } }, after: { from: ['always'] } }),
    );
    const run = await server.run(id);
    expect(statuses(run)).toEqual({ once: 'succeeded', always: 'crashed', after: 'skipped' });
    expect(stepOf(run, 'once').attempt).toBe(2);
    expect(stepOf(run, 'always')).toMatchObject({ attempt: 2, error: { code: 'step_crashed', message: "The step's process was ended by SIGKILL." } });
    expect(journalOf(journal)).toEqual(['always', 'always']);
    expect(run.status).toBe('crashed');
  });

  test('names want of memory as the reason and does not try again', async () => {
    const run = await server.run(server.save(pipelineOf({ hoard: { params: { behaviour: 'hoard', journal } } })));
    expect(stepOf(run, 'hoard')).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'memory_exhausted' } });
    expect(journalOf(journal)).toEqual(['hoard']);
  });

  test('is cancelled: running steps stop, the rest never begins, and the slots are free again', async () => {
    const id = server.save(pipelineOf({ slow: { params: { behaviour: 'wait', gate } }, deaf: { params: { behaviour: 'deaf' } }, after: { from: ['slow'] } }));
    const { id: run } = await server.start(id);
    await server.until(run, (event) => event.type === 'step' && event.node === 'deaf' && event.status === 'running');
    server.runs.cancel('w', run);
    server.runs.cancel('w', run);
    const ended = await server.finish(run);
    expect(ended.status).toBe('cancelled');
    expect(statuses(ended)).toEqual({ slow: 'cancelled', deaf: 'cancelled', after: 'cancelled' });
    expect(
      server
        .events(run)
        .filter((event) => event.type === 'run')
        .map((event) => event.status),
    ).toEqual(['queued', 'running', 'cancelling', 'cancelled']);
    expect((await server.run(server.save(pipelineOf({ one: {}, two: {} })))).status).toBe('succeeded');
    expect(server.runs.load.used).toBe(0);
  });

  test('ends a step that takes longer than a step may', async () => {
    const quick = await testServer({ stepMilliseconds: 100 });
    const run = await quick.run(quick.save(pipelineOf({ slow: { params: { behaviour: 'wait', gate: join(quick.folder, 'never') } } })));
    expect(stepOf(run, 'slow')).toMatchObject({ status: 'failed', error: { code: 'time_exhausted' } });
    await quick.close();
  });

  test('keeps only so much of what a step says', async () => {
    const run = await server.run(server.save(pipelineOf({ chatter: { params: { behaviour: 'chatter' } } })));
    const logs = server.runs.logs('w', run.id);
    expect(logs.length).toBe(2_001);
    expect(logs.at(-1)).toMatchObject({ level: 'warning', node: 'chatter' });
    const progress = server.events(run.id).filter((event) => event.type === 'progress');
    expect(progress.length).toBeLessThanOrEqual(1 + Math.ceil(run.milliseconds! / 100));
  });
});

describe('reuse', () => {
  test('takes over equal results, tells from which run, and cuts off early', async () => {
    const nodes = (value: string) => ({
      source: { params: { value, journal } },
      constant: { from: ['source'], params: { constant: true, journal } },
      after: { from: ['constant'], params: { journal } },
    });
    const id = server.save(pipelineOf(nodes('a')));
    await server.run(id);
    const again = await server.run(id);
    expect(statuses(again)).toEqual({ source: 'reused', constant: 'reused', after: 'reused' });
    expect(stepOf(again, 'after').reusedFrom).toBe(1);
    server.save(pipelineOf(nodes('b')), id);
    writeFileSync(journal, '');
    expect((await server.runs.plan('w', id, { kind: 'all' })).map((step) => [step.node, step.will, step.reason])).toEqual([
      ['source', 'run', 'Value changed from a to b'],
      ['constant', 'run', '"Test sure" runs before it'],
      ['after', 'run', '"Test sure" runs before it'],
    ]);
    const third = await server.run(id);
    expect(statuses(third)).toEqual({ source: 'succeeded', constant: 'succeeded', after: 'reused' });
    expect(stepOf(third, 'source').reason).toBe('Value changed from a to b');
    expect(stepOf(third, 'constant').reason).toBe('input changed: A');
    expect(journalOf(journal)).toEqual(['source', 'constant']);
    expect((await server.runs.plan('w', id, { kind: 'all' })).map((step) => step.will)).toEqual(['reuse', 'reuse', 'reuse']);
    const observed = (await server.runs.state('w', id)).observed;
    expect(Object.keys(observed)).toEqual(['source', 'constant', 'after']);
  });

  test('never takes over what is not deterministic, nor what is forced', async () => {
    const id = server.save(pipelineOf({ dice: { type: 'chance' }, after: { from: ['dice'] } }));
    await server.run(id);
    expect(statuses(await server.run(id))).toEqual({ dice: 'succeeded', after: 'reused' });
    expect(statuses(await server.run(id, { force: true }))).toEqual({ dice: 'succeeded', after: 'succeeded' });
  });

  test.each(['flip', 'delete', 'truncate'])('a damaged result (%s) is made again, and the damaged file is put aside', async (how) => {
    const id = server.save(pipelineOf({ one: {}, two: { from: ['one'] } }));
    const first = await server.run(id);
    const { hash } = stepOf(first, 'one').outputs[0]!;
    const path = server.store.pathOf(hash);
    if (how === 'delete') server.store.remove(hash);
    else writeFileSync(path, how === 'flip' ? readFileSync(path, 'utf8').replace('value', 'valve') : '');
    const second = await server.run(id);
    expect(statuses(second)).toEqual({ one: 'succeeded', two: 'reused' });
    expect(stepOf(second, 'one').reason).toBe('the earlier result was damaged');
    expect(server.runs.logs('w', second.id, 'one')).toHaveLength(1);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ value: 'one', inputs: [] });
  });
});

describe('what a run is asked for', () => {
  test('a node alone runs on the last results before it; one whose sources never ran takes them along', async () => {
    const id = server.save(
      pipelineOf({ one: { params: { journal } }, two: { from: ['one'], params: { journal } }, three: { from: ['two'], params: { journal } } }),
    );
    expect(statuses(await server.run(id, { scope: { kind: 'node', node: 'two' } }))).toEqual({ one: 'succeeded', two: 'succeeded' });
    expect(statuses(await server.run(id, { scope: { kind: 'node', node: 'three' } }))).toEqual({ three: 'succeeded' });
    expect(statuses(await server.run(id, { scope: { kind: 'from', node: 'two' }, force: true }))).toEqual({
      one: 'reused',
      two: 'succeeded',
      three: 'succeeded',
    });
    expect(journalOf(journal)).toEqual(['one', 'two', 'three', 'two', 'three']);
  });

  test('the same idempotency key gives one run, with another request an error', async () => {
    const id = server.save(pipelineOf({ one: {} }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => server.start(id, { idempotencyKey: 'k' })));
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    await expect(server.start(id, { idempotencyKey: 'k', force: true })).rejects.toMatchObject({ status: 422 });
    await server.finish(answers[0]!.id);
    expect(server.runs.list({ workspaceId: 'w' }).items).toHaveLength(1);
  });

  test('parameters change one run, the saved document stays; unknown ones are refused', async () => {
    const document = { ...pipelineOf({ one: {} }), parameters: [{ name: 'word', description: '', node: 'one', param: 'value' }] };
    const id = server.save(document);
    const run = await server.run(id, { parameters: { word: 'other' } });
    expect(readFileSync(server.store.pathOf(stepOf(run, 'one').outputs[0]!.hash), 'utf8')).toContain('other');
    expect(run.document.nodes[0]!.params.value).toBe('one');
    await expect(server.start(id, { parameters: { wrong: 1 } })).rejects.toMatchObject({ status: 422, issues: [{ code: 'parameter_unknown' }] });
    await expect(server.start(id, { parameters: { word: 1 } })).rejects.toMatchObject({ status: 422, issues: [{ code: 'parameter_invalid' }] });
  });

  test('a pipeline with errors is refused before there is a run', async () => {
    const document = pipelineOf({ one: { from: ['two'] }, two: { from: ['one'] } });
    await expect(server.start(server.save(document))).rejects.toMatchObject({ status: 422, issues: [{ code: 'cycle' }] });
    await expect(server.start(server.save(pipelineOf({})))).rejects.toMatchObject({ status: 422 });
    await expect(server.start('nothing')).rejects.toMatchObject({ status: 404 });
    expect(server.runs.list({ workspaceId: 'w' }).items).toEqual([]);
  });

  test('what is written alongside is there if and only if the run is', async () => {
    const id = server.save(pipelineOf({ one: {} }));
    const alongside = () => {
      throw new Error('no');
    };
    await expect(server.start(id, { alongside })).rejects.toThrow('no');
    expect(server.db.$client.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(0);
    expect((await server.run(id)).number).toBe(1);
  });
});

describe('deleting', () => {
  test('a run takes with it what only it refers to, and leaves reusable what another run holds', async () => {
    const id = server.save(pipelineOf({ one: {} }));
    const first = await server.run(id);
    const second = await server.run(id);
    const { hash } = stepOf(first, 'one').outputs[0]!;
    server.runs.delete('w', first.id);
    expect(stepOf(await server.run(id), 'one')).toMatchObject({ status: 'reused', reusedFrom: 2 });
    server.runs.delete('w', server.runs.list({ workspaceId: 'w' }).items[0]!.id);
    await server.store.open(hash);
    server.runs.delete('w', second.id);
    await expect(server.store.open(hash)).rejects.toThrow('is gone');
    for (const table of ['runs', 'steps', 'step_outputs', 'step_cache', 'run_events', 'artifacts']) {
      expect(server.db.$client.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
    }
  });

  test('a run that has not ended is refused', async () => {
    const { id } = await server.start(server.save(pipelineOf({ slow: { params: { behaviour: 'wait', gate } } })));
    expect(() => server.runs.delete('w', id)).toThrow('has not ended');
    writeFileSync(gate, '');
    await server.finish(id);
  });
});

test('more runs than may wait are refused with 429 and a time, and each that was accepted is there and runs', async () => {
  await server.close();
  server = await testServer({ queuedRuns: 3, slots: 1 });
  gate = join(server.folder, 'gate');
  const id = server.save(pipelineOf({ waits: { params: { behaviour: 'wait', gate } } }));
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => server.start(id)));
  const accepted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as AppError] : []));
  expect(accepted.length).toBeGreaterThanOrEqual(3);
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) expect(error).toMatchObject({ status: 429, code: 'queue_full', headers: { 'retry-after': '30' } });
  const rows = server.db.$client.prepare<[], string>('SELECT id FROM runs ORDER BY number').pluck().all();
  expect(rows.toSorted()).toEqual(accepted.toSorted());
  writeFileSync(gate, '');
  for (const run of accepted) expect((await server.finish(run)).status).toBe('succeeded');
  expect((await server.run(id)).status).toBe('succeeded');
});

test('runs share the slots: a short one does not wait for a wide one', async () => {
  const wide = server.save(pipelineOf(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`n${index}`, {}]))));
  const [first, second] = [await server.start(wide), await server.start(server.save(pipelineOf({ short: {} })))];
  await server.finish(second.id);
  expect(server.runs.summary('w', first.id).counts.succeeded).toBeLessThan(30);
  expect((await server.finish(first.id)).counts.succeeded).toBe(40);
});

test('events can be followed from any place while the run goes on', async () => {
  const { id } = await server.start(server.save(pipelineOf({ slow: { params: { behaviour: 'wait', gate } }, after: { from: ['slow'] } })));
  await server.until(id, (event) => event.type === 'step' && event.status === 'running');
  const seen: number[] = [];
  const follow = (async () => {
    for await (const event of server.runs.subscribe(id, 2, new AbortController().signal)) seen.push(event.seq);
  })();
  writeFileSync(gate, '');
  await follow;
  expect(seen).toEqual(
    server
      .events(id)
      .slice(2)
      .map((event) => event.seq),
  );
  expect(server.runs.summary('w', id).status).toBe('succeeded');
});
