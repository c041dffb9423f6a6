import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '#server/scheduler/clock.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Schedule {
  id: string;
  next: string[];
  missed: number;
  enabled: boolean;
  lastRun: { id: string; number: number; scheduledFor: string; startedBy: { kind: string; name: string } } | null;
}
const NOON = Date.UTC(2026, 2, 2, 12, 0, 30);
const MINUTE = 60_000;

const clock = new ManualClock(NOON);
let server: TestServer;
let client: Client;
let pipelineId: string;

const settled = () => server.running.services.scheduler.idle();
const turnBy = async (milliseconds: number) => {
  clock.turnBy(milliseconds);
  await settled();
};
const get = (id: string) => client.get<Schedule>(`/schedules/${id}`);
const runsOf = async () => (await client.get<{ items: { id: string; scheduledFor: string | null }[] }>(`/runs?pipeline=${pipelineId}&limit=200`)).items;
const firings = (id: string) =>
  server.running.services.database.$client.prepare('SELECT slot, outcome FROM schedule_firings WHERE schedule_id = ? ORDER BY slot').all(id) as {
    slot: number;
    outcome: string;
  }[];
const patch = (id: string, change: unknown) =>
  client.request(`/schedules/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(change) });

beforeAll(async () => {
  server = await startServer({ clock });
  client = await signIn(server.url, server.signInLink);
  const document = { formatVersion: 1, name: 'Scheduled', nodes: [{ id: 'a', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n' } }] };
  pipelineId = (await client.post<{ id: string }>('/pipelines', { document })).id;
});
afterAll(() => server.stop());

describe('a schedule', () => {
  it('fires at its slots, once each, and says when it is due next', async () => {
    const { id, next } = await client.post<Schedule>('/schedules', { name: 'Every ten', pipelineId, cron: '*/10 * * * *', timeZone: 'UTC' });
    expect(next.slice(0, 2)).toEqual(['2026-03-02T12:10:00+00:00', '2026-03-02T12:20:00+00:00']);
    await settled();
    await turnBy(9 * MINUTE);
    expect(await runsOf()).toHaveLength(0);
    await turnBy(MINUTE);
    const first = (await get(id)).lastRun!;
    expect(first).toMatchObject({ startedBy: { kind: 'schedule', name: 'Every ten' }, scheduledFor: '2026-03-02T12:10:00.000Z' });
    expect((await finishedRun(client, first.id)).status).toBe('succeeded');
    server.running.services.scheduler.look();
    await settled();
    expect(await runsOf()).toHaveLength(1);
    await turnBy(10 * MINUTE);
    expect((await get(id)).lastRun!.scheduledFor).toBe('2026-03-02T12:20:00.000Z');
    await finishedRun(client, (await get(id)).lastRun!.id);
    expect(firings(id).map((firing) => firing.outcome)).toEqual(['started', 'started']);
    expect((await patch(id, { enabled: false })).status).toBe(200);
    await turnBy(60 * MINUTE);
    expect(await runsOf()).toHaveLength(2);
    await patch(id, { enabled: true });
    await settled();
    expect([await runsOf(), (await get(id)).missed]).toEqual([expect.objectContaining({ length: 2 }), 0]);
    expect((await client.request(`/schedules/${id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('makes up for the latest of the slots that passed while the server was down, and counts the others', async () => {
    const { id } = await client.post<Schedule>('/schedules', { name: 'Hourly', pipelineId, cron: '0 * * * *', timeZone: 'UTC' });
    await settled();
    const before = (await runsOf()).length;
    await server.stop({ keep: true });
    clock.turnBy(5 * 60 * MINUTE);
    server = await startServer({ clock, dataFolder: server.dataFolder });
    client = await signIn(server.url, server.signInLink);
    await settled();
    expect((await runsOf()).length).toBe(before + 1);
    expect(firings(id).map((firing) => firing.outcome)).toEqual(['missed', 'missed', 'missed', 'missed', 'started']);
    expect((await get(id)).missed).toBe(4);
    await finishedRun(client, (await get(id)).lastRun!.id);
    await server.stop({ keep: true });
    clock.turnBy(3 * 24 * 60 * MINUTE - 10 * MINUTE);
    server = await startServer({ clock, dataFolder: server.dataFolder });
    client = await signIn(server.url, server.signInLink);
    await settled();
    expect((await get(id)).missed).toBe(4 + 71);
    await client.request(`/schedules/${id}`, { method: 'DELETE' });
  });

  it('writes down a slot whose pipeline cannot run, and goes on', async () => {
    const broken = await client.post<{ id: string }>('/pipelines', {
      document: { formatVersion: 1, name: 'Broken', nodes: [{ id: 'a', type: 'enter-data-manually', version: 1 }] },
    });
    const { id } = await client.post<Schedule>('/schedules', { name: 'Broken', pipelineId: broken.id, cron: '* * * * *', timeZone: 'UTC' });
    await settled();
    await turnBy(MINUTE);
    await turnBy(MINUTE);
    expect(firings(id).map((firing) => firing.outcome)).toEqual(['refused', 'refused']);
    await client.request(`/schedules/${id}`, { method: 'DELETE' });
  });

  it('shows the hours that daylight saving skips and repeats', async () => {
    const preview = (cron: string, timeZone: string) =>
      client.get<{ next: string[]; description: string }>(`/schedules/preview?cron=${encodeURIComponent(cron)}&timeZone=${timeZone}`);
    const { next, description } = await preview('30 2 * * *', 'Europe/Berlin');
    expect(description).toBe('Every day at 02:30 (Europe/Berlin)');
    expect(next).toHaveLength(10);
    expect(next[0]).toMatch(/T02:30:00\+01:00$/);
  });

  it('refuses lines that cannot be read, never come, or name no zone', async () => {
    for (const [cron, timeZone] of [
      ['x', 'UTC'],
      ['* * * * * *', 'UTC'],
      ['61 * * * *', 'UTC'],
      ['0 0 30 2 *', 'UTC'],
      ['0 6 * * *', 'Mars/Olympus'],
      ['@daily', 'UTC'],
    ]) {
      const answer = await client.request(`/schedules/preview?cron=${encodeURIComponent(cron!)}&timeZone=${timeZone}`);
      expect([cron, answer.status]).toEqual([cron, 422]);
    }
    const unknown = await client.request('/schedules', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', pipelineId: 'none', cron: '0 6 * * *', timeZone: 'UTC' }),
    });
    expect(unknown.status).toBe(422);
  });
});
