import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '#server/scheduler/clock.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { holdDownload, importing } from '#test/support/held-download.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Firing {
  slot: string;
  outcome: string;
  detail: string | null;
  runId: string | null;
  runStatus: string | null;
  kind: string;
}
interface Schedule {
  id: string;
  enabled: boolean;
  pausedReason: string | null;
  next: string[];
  recent: Firing[];
  failures: number;
  fired: number;
}
interface Run {
  id: string;
  status: string;
  parameters: Record<string, unknown>;
}

const MINUTE = 60_000;
const clock = new ManualClock(Date.UTC(2026, 2, 2, 12, 0, 30));
let server: TestServer;
let client: Client;
let folder: string;
let pipelineId: string;

const documentOf = (name: string, data: string) => ({
  formatVersion: 1,
  name,
  nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data } }],
  parameters: [{ name: 'rows', node: 'a', param: 'data' }],
});
const pipelineOf = async (name: string, data = 'x\n1\n') => (await client.post<{ id: string }>('/pipelines', { document: documentOf(name, data) })).id;
const idle = async (): Promise<void> => {
  const { scheduler } = server.running.services;
  // What a run's end wakes comes in the next turn of the event loop.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((done) => setImmediate(done));
    await scheduler.idle();
  }
};
const turnBy = async (milliseconds: number): Promise<void> => {
  clock.turnBy(milliseconds);
  await idle();
  // A long turn ends while it is still at work on the first timer.
  server.running.services.scheduler.look();
  await idle();
};
const make = async (fields: Record<string, unknown>): Promise<Schedule> => {
  const made = await client.post<Schedule>('/schedules', { name: 'S', pipelineId, timeZone: 'UTC', ...fields });
  await idle();
  return made;
};
const get = (id: string) => client.get<Schedule>(`/schedules/${id}`);
const outcomes = async (id: string) => (await get(id)).recent.map(({ outcome }) => outcome);
const send = (method: string, path: string, body?: unknown) =>
  client.request(path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
const remove = (id: string) => send('DELETE', `/schedules/${id}`);
const ended = async (id: string): Promise<void> => {
  for (const { runId, runStatus } of (await get(id)).recent) if (runId !== null && runStatus === null) await finishedRun(client, runId);
  await idle();
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-watched-'));
  mkdirSync(join(folder, 'in'));
  server = await startServer({ clock, environment: { allowedFolders: [folder], allowedHosts: ['127.0.0.1'] } });
  client = await signIn(server.url, server.signInLink);
  pipelineId = await pipelineOf('Automated');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a schedule', () => {
  it('recurs in its zone, from its start to its end, and gives the slot to its parameters', async () => {
    const recurrence = { frequency: 'day', interval: 1, times: ['13:05', '13:10'] };
    const bounds = { startAt: '2026-03-02T12:06:00Z', endAt: '2026-03-03T12:06:00Z' };
    const { id, next } = await make({ recurrence, timeZone: 'Europe/Berlin', ...bounds, parameters: { rows: 'day\n${{date:yyyyMMdd}}\n' } });
    expect(next).toEqual(['2026-03-02T13:10:00+01:00', '2026-03-03T13:05:00+01:00']);
    await turnBy(10 * MINUTE);
    const [firing] = (await get(id)).recent;
    expect((await client.get<Run>(`/runs/${firing!.runId}`)).parameters).toEqual({ rows: 'day\n20260302\n' });
    await ended(id);
    await turnBy(24 * 60 * MINUTE);
    expect(await get(id)).toMatchObject({ enabled: false, pausedReason: 'It has reached its end.', fired: 2 });
    await remove(id);
  });

  it('ends after as many runs as it was to start', async () => {
    const { id } = await make({ cron: '* * * * *', endAfter: 1 });
    await turnBy(MINUTE);
    await turnBy(MINUTE);
    expect(await get(id)).toMatchObject({ enabled: false, fired: 1, pausedReason: 'It has started 1 run, as many as it was to.' });
    expect((await send('PATCH', `/schedules/${id}`, { enabled: true })).status).toBe(422);
    await remove(id);
  });

  it('pauses after so many failures in a row, and begins anew when it is switched on', async () => {
    const broken = await pipelineOf('Broken', '');
    const { id } = await make({ pipelineId: broken, cron: '* * * * *', pauseAfter: 2 });
    await turnBy(MINUTE);
    expect((await get(id)).enabled).toBe(true);
    await turnBy(MINUTE);
    expect(await get(id)).toMatchObject({ enabled: false, failures: 2, pausedReason: '2 runs in a row failed.' });
    const on = (await (await send('PATCH', `/schedules/${id}`, { enabled: true })).json()) as Schedule;
    expect(on).toMatchObject({ enabled: true, failures: 0, pausedReason: null });
    await remove(id);
  });

  it('starts no slot twice when the clock is turned forwards and back, and misses none', async () => {
    const { id } = await make({ cron: '0 * * * *', catchUp: 'once' });
    const begin = clock.now();
    clock.jumpTo(begin + 3 * 60 * MINUTE);
    await idle();
    expect(await outcomes(id)).toEqual(['missed', 'missed', 'started']);
    await ended(id);
    clock.jumpTo(begin);
    await idle();
    for (let hour = 0; hour < 5; hour++) {
      await turnBy(60 * MINUTE);
      await ended(id);
    }
    expect(await outcomes(id)).toEqual(['started', 'started', 'started', 'started', 'started']);
    await remove(id);
  });

  it('makes up for all that was missed, one after the other, also over a restart', async () => {
    const { id } = await make({ cron: '0 * * * *', catchUp: 'all', catchUpMost: 2 });
    await server.stop({ keep: true });
    clock.turnBy(3 * 60 * MINUTE);
    server = await startServer({ clock, dataFolder: server.dataFolder, environment: { allowedFolders: [folder], allowedHosts: ['127.0.0.1'] } });
    client = await signIn(server.url, server.signInLink);
    await idle();
    for (let round = 0; round < 3; round++) await ended(id);
    expect((await get(id)).recent.map(({ outcome, runStatus }) => [outcome, runStatus])).toEqual([
      ['missed', null],
      ['started', 'succeeded'],
      ['started', 'succeeded'],
    ]);
    await remove(id);
  });

  it('gives three slots that were missed what each policy says, each run its own time', async () => {
    const rows = { rows: 'at\n${{scheduledTime}}\n' };
    const schedules: Record<string, string> = {};
    for (const catchUp of ['skip', 'once', 'all']) schedules[catchUp] = (await make({ cron: '0 * * * *', catchUp, parameters: rows })).id;
    const down = clock.now();
    await server.stop({ keep: true });
    clock.turnBy(3 * 60 * MINUTE);
    server = await startServer({ clock, dataFolder: server.dataFolder, environment: { allowedFolders: [folder], allowedHosts: ['127.0.0.1'] } });
    client = await signIn(server.url, server.signInLink);
    await idle();
    const hours = [1, 2, 3].map((hour) => new Date(Math.floor(down / (60 * MINUTE)) * 60 * MINUTE + hour * 60 * MINUTE).toISOString());
    const ran = async (id: string) => {
      for (let round = 0; round < 3; round++) await ended(id);
      const { recent, missed } = await client.get<Schedule & { missed: number }>(`/schedules/${id}`);
      const runs = recent.filter(({ runId }) => runId !== null);
      const inputs = await Promise.all(runs.map(async ({ runId }) => String((await client.get<Run>(`/runs/${runId}`)).parameters.rows)));
      return { missed, outcomes: recent.map(({ outcome }) => outcome), at: inputs.map((text) => new Date(text.split('\n')[1]!).toISOString()) };
    };
    expect(await ran(schedules.skip!)).toEqual({ missed: 3, outcomes: ['missed', 'missed', 'missed'], at: [] });
    expect(await ran(schedules.once!)).toEqual({ missed: 2, outcomes: ['missed', 'missed', 'started'], at: [hours[2]] });
    expect(await ran(schedules.all!)).toEqual({ missed: 0, outcomes: ['started', 'started', 'started'], at: hours });
    for (const id of Object.values(schedules)) await remove(id);
  });

  it('skips, queues or cancels while the run before is under way, as it is told', async () => {
    const held = await holdDownload();
    const slow = (await client.post<{ id: string }>('/pipelines', { document: importing('Slow', `${held.url}/a.csv`) })).id;
    const overlapping = async (overlap: string) => {
      const { id } = await make({ pipelineId: slow, cron: '* * * * *', overlap });
      for (let slot = 0; slot < 3; slot++) await turnBy(MINUTE);
      expect((await send('PATCH', `/schedules/${id}`, { endAt: new Date(clock.now() + 1_000).toISOString() })).status).toBe(200);
      return id;
    };
    const skip = await overlapping('skip');
    expect(await outcomes(skip)).toEqual(['started', 'overlapped', 'overlapped']);
    const queue = await overlapping('queue');
    expect(await outcomes(queue)).toEqual(['started', 'waiting', 'waiting']);
    const cancel = await overlapping('cancel');
    const [first, second, newest] = (await get(cancel)).recent;
    for (const { runId } of [first!, second!]) expect((await finishedRun(client, runId!)).status).toBe('cancelled');
    held.letGo();
    expect((await finishedRun(client, newest!.runId!)).status).toBe('succeeded');
    expect(newest!.detail).toMatch(/^Run \d+ was cancelled for it\.$/);
    for (let round = 0; round < 4; round++) for (const id of [skip, queue, cancel]) await ended(id);
    expect((await get(queue)).recent.map(({ outcome, runStatus }) => [outcome, runStatus])).toEqual([
      ['started', 'succeeded'],
      ['started', 'succeeded'],
      ['started', 'succeeded'],
    ]);
    for (const id of [skip, queue, cancel]) await remove(id);
    await held.close();
  });

  it('can be run at once, besides its slots', async () => {
    const { id } = await make({ cron: '0 0 1 1 *' });
    const { id: run } = await client.post<{ id: string }>(`/schedules/${id}/runs`);
    expect((await finishedRun(client, run)).status).toBe('succeeded');
    expect((await get(id)).recent).toMatchObject([{ kind: 'asked', outcome: 'started', runId: run }]);
    await remove(id);
  });

  it('fills a range in, and the second time only what is missing', async () => {
    const { id } = await make({ cron: '0 6 * * *', parameters: { rows: 'day\n${{date}}\n' } });
    const range = { from: '2026-02-01T00:00:00Z', to: '2026-02-03T23:00:00Z' };
    const first = await client.post<{ id: string }>(`/schedules/${id}/backfills`, range);
    for (let round = 0; round < 3; round++) {
      await idle();
      await ended(id);
    }
    const grid = await client.get<{ items: (Firing & { states: Record<string, string> })[]; steps: { node: string }[] }>(
      `/schedules/${id}/firings?backfill=${first.id}`,
    );
    expect(grid.steps).toMatchObject([{ node: 'a' }]);
    expect(grid.items.map(({ slot, runStatus, states }) => [slot, runStatus, Object.keys(states)])).toEqual([
      ['2026-02-03T06:00:00.000Z', 'succeeded', ['a']],
      ['2026-02-02T06:00:00.000Z', 'succeeded', ['a']],
      ['2026-02-01T06:00:00.000Z', 'succeeded', ['a']],
    ]);
    const { items } = await client.get<{ items: { state: string; counts: { succeeded: number } }[] }>(`/schedules/${id}/backfills`);
    expect(items).toMatchObject([{ state: 'done', counts: { succeeded: 3 } }]);
    expect((await send('POST', `/schedules/${id}/backfills`, range)).status).toBe(422);
    const again = await client.post<{ counts: { waiting: number } }>(`/schedules/${id}/backfills`, { ...range, to: '2026-02-04T07:00:00Z' });
    expect(again.counts.waiting).toBe(1);
    await idle();
    await ended(id);
    await remove(id);
  });

  it('refuses what could never run', async () => {
    const document = { ...documentOf('Live', 'x\n1\n'), kind: 'inference' };
    const { id: inference } = await client.post<{ id: string }>('/pipelines', { document });
    const deployedOnly = await send('POST', '/schedules', { name: 'S', pipelineId: inference, timeZone: 'UTC', cron: '0 6 * * *' });
    expect([deployedOnly.status, await deployedOnly.json()]).toMatchObject([422, { code: 'scoring_refused' }]);
    for (const path of ['/pipeline-endpoints', '/triggers'])
      expect([path, (await send('POST', path, { name: 'S', pipelineId: inference })).status]).toEqual([path, 422]);
    for (const fields of [
      { cron: '0 6 * * *', event: { kind: 'alert' } },
      {},
      { cron: '0 6 * * *', parameters: { rows: '${{nope}}' } },
      { cron: '0 6 * * *', parameters: { nope: 1 } },
      { recurrence: { frequency: 'month', interval: 12, monthDays: [31] }, startAt: '2026-02-01T00:00:00Z' },
      { recurrence: { frequency: 'day', times: ['25:00'] } },
      { event: { kind: 'pipeline', pipelineId: 'none' } },
      { event: { kind: 'files', connection: 'none' } },
      { cron: '0 6 * * *', startAt: '2026-03-02T00:00:00Z', endAt: '2026-03-01T00:00:00Z' },
    ])
      expect([fields, (await send('POST', '/schedules', { name: 'S', pipelineId, timeZone: 'UTC', ...fields })).status]).toEqual([fields, 422]);
  });
});

describe('a schedule that waits for an event', () => {
  it('can be paused when what it waits for is gone, and not be switched on again', async () => {
    const source = await pipelineOf('Gone soon');
    const { id } = await make({ event: { kind: 'pipeline', pipelineId: source } });
    expect((await client.request(`/pipelines/${source}`, { method: 'DELETE' })).status).toBe(204);
    const paused = await send('PATCH', `/schedules/${id}`, { enabled: false });
    expect([paused.status, await paused.json()]).toMatchObject([200, { enabled: false }]);
    expect((await send('PATCH', `/schedules/${id}`, { enabled: true })).status).toBe(422);
    await remove(id);
  });

  it('runs when another pipeline’s run succeeds, and ends a circle', async () => {
    const source = await pipelineOf('Source');
    const { id } = await make({ event: { kind: 'pipeline', pipelineId: source }, parameters: { rows: 'run\n${{event.runNumber}}\n' } });
    const circle = await make({ pipelineId: source, event: { kind: 'pipeline', pipelineId } });
    const { id: run, number } = await client.post<{ id: string; number: number }>(`/pipelines/${source}/runs`);
    await finishedRun(client, run);
    await idle();
    const [firing] = (await get(id)).recent;
    expect((await client.get<Run>(`/runs/${firing!.runId}`)).parameters).toEqual({ rows: `run\n${number}\n` });
    await expect
      .poll(async () => {
        await ended(id);
        await ended(circle.id);
        return [...(await get(id)).recent, ...(await get(circle.id)).recent].filter(({ outcome }) => outcome === 'refused').length;
      })
      .toBe(1);
    await remove(id);
    await remove(circle.id);
  });

  it('runs when a dataset has a new version, and when an alert is raised', async () => {
    const upload = (text: string) =>
      client.request('/datasets/sales', { method: 'PUT', headers: { 'content-type': 'text/csv', 'x-file-name': 'sales.csv' }, body: text });
    expect((await upload('x\n1\n')).status).toBeLessThan(300);
    const { id } = await make({ event: { kind: 'dataset', dataset: 'sales' }, overlap: 'queue', parameters: { rows: 'v\n${{event.version}}\n' } });
    expect(await outcomes(id)).toEqual([]);
    await upload('x\n2\n');
    await idle();
    const [firing] = (await get(id)).recent;
    expect((await client.get<Run>(`/runs/${firing!.runId}`)).parameters).toEqual({ rows: 'v\n2\n' });
    await remove(id);
    const alerts = await make({ event: { kind: 'alert', subject: 'churn' } });
    const { automation } = server.running.services;
    const { workspace_id: workspaceId } = server.running.services.database.$client.prepare('SELECT workspace_id FROM pipelines LIMIT 1').get() as {
      workspace_id: string;
    };
    automation.emit({ workspaceId, kind: 'alert', subject: 'other', data: {} });
    automation.emit({ workspaceId, kind: 'alert', subject: 'churn', data: { signal: 'drift' } });
    await idle();
    expect((await get(alerts.id)).recent).toMatchObject([{ kind: 'event', outcome: 'started' }]);
    await remove(alerts.id);
  });

  it('runs when files of a connection are new or different, not for those that were there', async () => {
    writeFileSync(join(folder, 'in', 'a.csv'), 'x\n1\n');
    expect((await send('POST', '/connections', { name: 'drop', kind: 'folder', settings: { folder } })).status).toBe(201);
    const watch = (path: string) =>
      make({ event: { kind: 'files', connection: 'drop', path, everySeconds: 60 }, parameters: { rows: 'path\n${{event.path}}\n' } });
    const [{ id }, { id: ofFile }] = [await watch('in'), await watch('in/a.csv')];
    expect([await outcomes(id), await outcomes(ofFile)]).toEqual([[], []]);
    const startedFor = async (schedule: string): Promise<unknown[]> => {
      await turnBy(61_000);
      await ended(schedule);
      const { recent } = await get(schedule);
      return Promise.all(recent.map(async ({ runId }) => (await client.get<Run>(`/runs/${runId}`)).parameters.rows));
    };
    writeFileSync(join(folder, 'in', 'b.csv'), 'x\n2\n');
    expect(await startedFor(id)).toEqual(['path\nin/b.csv\n']);
    expect(await startedFor(ofFile)).toEqual([]);
    writeFileSync(join(folder, 'in', 'a.csv'), 'x\n1\n3\n');
    expect(await startedFor(id)).toEqual(['path\nin/b.csv\n', 'path\nin/a.csv\n']);
    expect(await startedFor(ofFile)).toEqual(['path\nin/a.csv\n']);
    rmSync(join(folder, 'in', 'a.csv'));
    expect(await startedFor(id)).toHaveLength(2);
    expect((await startedFor(ofFile)).length).toBe(1);
    await remove(id);
    await remove(ofFile);
  });
});
