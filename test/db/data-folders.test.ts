import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '#server/db/client.ts';
import { ManualClock } from '#server/scheduler/clock.ts';
import { countRows, describeFolder, type RunFacts } from '#test/fixtures/describe-folder.ts';
import { finishedRun, signIn } from '#test/support/client.ts';
import { startServer } from '#test/support/server.ts';
import { expectScore } from './expect-score.ts';
import { fixtureFolder, type FixtureFolder } from './fixture-folder.ts';

const folders = join(import.meta.dirname, '../fixtures/data-folders');
const names = readdirSync(folders).filter((name) => /^\d{4}$/.test(name));
/** Tables that a later schema calls otherwise. */
const RENAMED: Readonly<Record<string, string>> = { triggers: 'pipeline_endpoints' };
const ENDED = ['succeeded', 'failed', 'crashed', 'cancelled'];

test('the schemas from the first on are here', () => {
  expect(names).toEqual(names.map((_, index) => String(index).padStart(4, '0')));
  const migrations = readdirSync(join(import.meta.dirname, '../../server/db/migrations')).filter((name) => name.endsWith('.sql'));
  // The newest schema may still change; its folder must be here before the next migration is added.
  expect(names.length).toBeGreaterThanOrEqual(migrations.length - 1);
});

describe.each(names)('a data folder of schema %s', (name) => {
  let folder: string;
  let dataFolder: string;
  let expected: FixtureFolder['expected'];
  beforeEach(() => {
    ({ folder, dataFolder, expected } = fixtureFolder(name));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps every row and every history when it is opened', () => {
    const { $client } = openDatabase(join(dataFolder, 'modelwright.sqlite'));
    const { __drizzle_migrations: migrations, ...tables } = expected.tables;
    const present = Object.entries(tables).map(([table, rows]) => [RENAMED[table] ?? table, rows]);
    expect(countRows($client)).toMatchObject(Object.fromEntries(present));
    expect(countRows($client).__drizzle_migrations).toBeGreaterThanOrEqual(migrations!);
    expect(describeFolder($client).runs).toEqual(expected.runs);
    expect($client.pragma('foreign_key_check')).toEqual([]);
    expect($client.pragma('integrity_check', { simple: true })).toBe('ok');
    $client.close();
  });

  test('shows each run, serves its endpoint, and takes up the run that was half finished', async () => {
    // A run has a deadline: to this server it is still the day on which the folder was made.
    const server = await startServer({ dataFolder, clock: new ManualClock(expected.madeAt) });
    try {
      const client = await signIn(server.url, server.signInLink);
      const { items } = await client.get<{ items: { id: string; number: number }[] }>('/runs?limit=200');
      expect(items.map((run) => run.number)).toEqual(expected.runs.map((run) => run.number).toReversed());
      for (const was of expected.runs.filter((run) => ENDED.includes(run.status))) {
        const run = await finishedRun(client, was.id);
        expect({ status: run.status, steps: Object.fromEntries(run.steps.map((step) => [step.node, step.status])) }).toEqual({
          status: was.status,
          steps: was.steps,
        });
      }
      for (const was of expected.runs.filter((run) => !ENDED.includes(run.status))) {
        const run = await finishedRun(client, was.id);
        expect(run.steps.map(({ node, error }) => [node, error])).toEqual(run.steps.map(({ node }) => [node, null]));
        expect(run.status).toBe('succeeded');
        const now = describeFolder(server.running.services.database.$client).runs.find((each) => each.id === was.id) as RunFacts;
        expect(now.history.slice(0, was.history.length)).toEqual(was.history);
        expect(now.outputs).toEqual(expect.arrayContaining([...was.outputs]));
        const finished = Object.entries(was.steps).flatMap(([node, status]) => (['succeeded', 'reused'].includes(status) ? [node] : []));
        expect(finished.length).toBeGreaterThan(0);
        const after = now.history.slice(was.history.length);
        expect(after.filter((event) => finished.includes(event.split(' ')[0]!))).toEqual([]);
        expect(after.at(-1)).toBe('run succeeded 1');
      }
      const { primary } = await client.get<{ primary: string }>('/endpoints/tumours/key');
      await expectScore(client, 'tumours', primary);
    } finally {
      await server.stop({ keep: true });
    }
  });
});
