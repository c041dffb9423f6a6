import { afterAll, beforeAll, expect, it } from 'vitest';
import { columnsNamed } from '#nodes/kit/columns.ts';
import { SCORED_LABELS } from '#nodes/kit/signature.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let client: Client;
let key: string;
beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
});
afterAll(() => server.stop());

const DAYS = Array.from({ length: 240 }, (_, at) => new Date(Date.UTC(2024, 0, 1, (at * 7) % 24) + at * 86_400_000));
const PLACES = [' Oslo, NO ', 'oslo,NO', 'ROMA,  it', 'roma, IT'];
/** Rentals depend on the weekday and on the country, which stands behind a comma in any case and with spaces. */
const rentals = (day: Date, place: string): number => ((day.getUTCDay() + 6) % 7) * 10 + (place.toLowerCase().includes('it') ? 200 : 0);
const csv = ['day,place,rentals', ...DAYS.map((day, at) => `${day.toISOString()},"${PLACES[at % 4]!}",${rentals(day, PLACES[at % 4]!)}`)].join('\n');

const node = (id: string, type: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, params });
const wire = (from: string, port: string, to: string, into: string) => ({ from: { node: from, port }, to: { node: to, port: into } });

async function deploy(): Promise<void> {
  const document = {
    formatVersion: 1,
    kind: 'training',
    name: 'rentals',
    description: '',
    parameters: [],
    nodes: [
      node('data', 'enter-data-manually', { data: csv }),
      node('parts', 'date-parts', { overwrite: true }),
      node('split', 'split-column', { column: 'place', names: 'place, country', overwrite: true }),
      node('upper', 'change-text', { operation: 'upper', columns: columnsNamed('place', 'country') }),
      node('learner', 'decision-forest-regression'),
      node('train', 'train-model', { label: 'rentals' }),
      node('score', 'score-model'),
    ],
    edges: [
      wire('data', 'data', 'parts', 'data'),
      wire('parts', 'data', 'split', 'data'),
      wire('split', 'data', 'upper', 'data'),
      wire('learner', 'learner', 'train', 'learner'),
      wire('upper', 'data', 'train', 'data'),
      wire('train', 'model', 'score', 'model'),
      wire('upper', 'data', 'score', 'data'),
    ],
    notes: [],
    layout: {},
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.map(({ error }) => error).filter(Boolean)).toEqual([]);
  const inference = await client.post<{ id: string }>(`/pipelines/${id}/inference`);
  await client.post(`/pipelines/${inference.id}/deploy`, { endpoint: 'rentals' });
  key = (await client.get<{ primary: string }>('/endpoints/rentals/key')).primary;
}

const send = (path: string, body: unknown) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });

async function scores(rows: readonly Record<string, unknown>[]): Promise<number[]> {
  const answer = await send('/api/v1/endpoints/rentals/score', { rows });
  expect(answer.status, answer.ok ? '' : await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { results: Record<string, number>[] }).results.map((each) => each[SCORED_LABELS]!);
}

it('a model takes dates and raw texts, and makes of them what its pipeline made', async () => {
  await deploy();
  const rows = [
    { day: '2024-02-05', place: 'oslo, no' },
    { day: '2024-02-05T00:00:00.000Z', place: ' OSLO ,NO' },
    { day: Date.UTC(2024, 1, 5), place: 'Oslo,  No ' },
    { day: '2024-02-11 07:00', place: 'Roma, it' },
  ];
  const [monday, ...same] = await scores(rows);
  expect(same.slice(0, 2)).toEqual([monday, monday]);
  expect(monday).toBeLessThan(40);
  expect(same[2]).toBeGreaterThan(220);
  const [missing] = await scores([{ day: null, place: null }]);
  expect(missing).toBeTypeOf('number');
});

it('a date that is none is refused with its row and column', async () => {
  const answer = await send('/api/v1/endpoints/rentals/score', { rows: [{ day: '2024-02-30', place: 'Oslo' }] });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('Row 0, column \\"day\\": expected a date');
});

it('the open inference protocol has dates as texts, and takes milliseconds', async () => {
  const about = await fetch(`${server.url}/v2/models/rentals`, { headers: { authorization: `Bearer ${key}` } });
  const { inputs } = (await about.json()) as { inputs: { name: string; datatype: string }[] };
  expect(inputs.find(({ name }) => name === 'day')?.datatype).toBe('BYTES');
  const place = { name: 'place', datatype: 'BYTES', shape: [1, 1], data: ['Roma, IT'] };
  const values = async (day: object): Promise<number[]> => {
    const answer = await send('/v2/models/rentals/infer', { inputs: [{ name: 'day', shape: [1, 1], ...day }, place] });
    expect(answer.status, answer.ok ? '' : await answer.clone().text()).toBe(200);
    return ((await answer.json()) as { outputs: { data: number[] }[] }).outputs[0]!.data;
  };
  const own = await scores([{ day: '2024-02-11', place: 'Roma, IT' }]);
  expect(await values({ datatype: 'BYTES', data: ['2024-02-11'] })).toEqual(own);
  expect(await values({ datatype: 'INT64', data: [Date.UTC(2024, 1, 11)] })).toEqual(own);
});
