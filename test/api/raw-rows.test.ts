import { beforeAll, describe, expect, it } from 'vitest';
import { columnsNamed } from '#nodes/kit/columns.ts';
import { SCORED_LABELS } from '#nodes/kit/signature.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

const { server, client } = await startedServer();

const node = (id: string, type: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, params });
const wire = (from: string, port: string, to: string, into: string) => ({ from: { node: from, port }, to: { node: to, port: into } });

/** A pipeline of data, changes one after the other, and training; deployed under its name. Gives what sends a request to a path. */
async function deployed(name: string, csv: string, changes: readonly ReturnType<typeof node>[], learner: string, label: string) {
  const last = changes.at(-1)!.id;
  const document = {
    formatVersion: 1,
    kind: 'training',
    name,
    description: '',
    parameters: [],
    nodes: [
      node('data', 'enter-data-manually', { data: csv }),
      ...changes,
      node('learner', learner),
      node('train', 'train-model', { label }),
      node('score', 'score-model'),
    ],
    edges: [
      ...changes.map(({ id }, at) => wire(changes[at - 1]?.id ?? 'data', 'data', id, 'data')),
      wire('learner', 'learner', 'train', 'learner'),
      wire(last, 'data', 'train', 'data'),
      wire('train', 'model', 'score', 'model'),
      wire(last, 'data', 'score', 'data'),
    ],
    notes: [],
    layout: {},
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.map(({ error }) => error).filter(Boolean)).toEqual([]);
  const inference = await client.post<{ id: string }>(`/pipelines/${id}/inference`);
  await client.post(`/pipelines/${inference.id}/deploy`, { endpoint: name });
  const { primary } = await client.get<{ primary: string }>(`/endpoints/${name}/key`);
  return (path: string, body?: unknown) =>
    fetch(`${server.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${primary}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}
type Send = Awaited<ReturnType<typeof deployed>>;

async function answerOf<T>(answer: Response): Promise<T> {
  expect(answer.status, answer.ok ? '' : await answer.clone().text()).toBe(200);
  return (await answer.json()) as T;
}
async function scores<T>(send: Send, name: string, rows: readonly Record<string, unknown>[]): Promise<T[]> {
  const { results } = await answerOf<{ results: Record<string, T>[] }>(await send(`/api/v1/endpoints/${name}/score`, { rows }));
  return results.map((each) => each[SCORED_LABELS]!);
}

describe('a model that was trained on parts of dates and of texts', () => {
  const DAYS = Array.from({ length: 240 }, (_, at) => new Date(Date.UTC(2024, 0, 1, (at * 7) % 24) + at * 86_400_000));
  const PLACES = [' Oslo, NO ', 'oslo,NO', 'ROMA,  it', 'roma, IT'];
  /** Rentals depend on the weekday and on the country, which stands behind a comma in any case and with spaces. */
  const rentals = (day: Date, place: string): number => ((day.getUTCDay() + 6) % 7) * 10 + (place.toLowerCase().includes('it') ? 200 : 0);
  const csv = ['day,place,rentals', ...DAYS.map((day, at) => `${day.toISOString()},"${PLACES[at % 4]!}",${rentals(day, PLACES[at % 4]!)}`)].join('\n');
  let send: Send;
  beforeAll(async () => {
    const changes = [
      node('parts', 'date-parts', { overwrite: true }),
      node('split', 'split-column', { column: 'place', names: 'place, country', overwrite: true }),
      node('upper', 'change-text', { operation: 'upper', columns: columnsNamed('place', 'country') }),
    ];
    send = await deployed('rentals', csv, changes, 'decision-forest-regression', 'rentals');
  });

  it('takes dates and raw texts, and makes of them what its pipeline made', async () => {
    const rows = [
      { day: '2024-02-05', place: 'oslo, no' },
      { day: '2024-02-05T00:00:00.000Z', place: ' OSLO ,NO' },
      { day: Date.UTC(2024, 1, 5), place: 'Oslo,  No ' },
      { day: '2024-02-11 07:00', place: 'Roma, it' },
    ];
    const [monday, ...others] = await scores<number>(send, 'rentals', rows);
    expect(others.slice(0, 2)).toEqual([monday, monday]);
    expect(monday).toBeLessThan(40);
    expect(others[2]).toBeGreaterThan(220);
    expect(await scores(send, 'rentals', [{ day: null, place: null }])).toEqual([expect.any(Number)]);
  });

  it('refuses a date that is none with its row and column', async () => {
    const answer = await send('/api/v1/endpoints/rentals/score', { rows: [{ day: '2024-02-30', place: 'Oslo' }] });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Row 0, column \\"day\\": expected a date');
  });

  it('has dates as texts in the open inference protocol, and takes milliseconds', async () => {
    const { inputs } = await answerOf<{ inputs: { name: string; datatype: string }[] }>(await send('/v2/models/rentals'));
    expect(inputs.find(({ name }) => name === 'day')?.datatype).toBe('BYTES');
    const place = { name: 'place', datatype: 'BYTES', shape: [1, 1], data: ['Roma, IT'] };
    const infer = async (day: object): Promise<number[]> => {
      const body = { inputs: [{ name: 'day', shape: [1, 1], ...day }, place] };
      return (await answerOf<{ outputs: { data: number[] }[] }>(await send('/v2/models/rentals/infer', body))).outputs[0]!.data;
    };
    const own = await scores(send, 'rentals', [{ day: '2024-02-11', place: 'Roma, IT' }]);
    expect(await infer({ datatype: 'BYTES', data: ['2024-02-11'] })).toEqual(own);
    expect(await infer({ datatype: 'INT64', data: [Date.UTC(2024, 1, 11)] })).toEqual(own);
  });
});

it('a model cleans texts as its pipeline did, long ones beside short ones', async () => {
  const OPINIONS = [
    ['This is GOOD, really goooood!!! See https://good.example/1', 'good'],
    ['Not my thing: bad, BAD, baaad... mail me@bad.example', 'bad'],
    ['The 2nd part was good; good indeed', 'good'],
    ["I don't like it, it's bad — 10/10 bad", 'bad'],
  ] as const;
  const lines = Array.from({ length: 80 }, (_, at) => `"${OPINIONS[at % 4]![0]} ${'so '.repeat(at % 5)}",${OPINIONS[at % 4]![1]}`);
  const changes = [
    node('clean', 'preprocess-text', { column: 'text' }),
    node('words', 'extract-n-gram-features-from-text', { column: 'Preprocessed text', overwrite: true }),
    node('only', 'select-columns-in-dataset', {
      columns: { mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['text'] }] },
    }),
  ];
  const send = await deployed('opinions', ['text,opinion', ...lines].join('\n'), changes, 'two-class-logistic-regression', 'opinion');
  const bad = Array.from({ length: 200 }, () => ({ text: 'Bad' }));
  const rows = [{ text: 'GOOOOD!' }, { text: 'http://bad.example is good' }, { text: 'bad, '.repeat(30_000) }, ...bad];
  expect(await scores(send, 'opinions', rows)).toEqual(['good', 'good', 'bad', ...bad.map(() => 'bad')]);
});
