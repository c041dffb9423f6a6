import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesIn } from '../executor/invariants.ts';
import { finishedRun, signIn, type Client } from '../support/client.ts';
import { heldCommits } from '../support/held-commits.ts';
import { postgresqlMissing, startPostgresql, type PostgresqlServer } from '../support/postgresql.ts';
import { startServer, type TestServer } from '../support/server.ts';

if (postgresqlMissing) console.log(postgresqlMissing);

describe.skipIf(postgresqlMissing)('from a database and back', () => {
  let source: PostgresqlServer;
  let admin: pg.Client;
  let server: TestServer;
  let client: Client;

  beforeAll(async () => {
    source = await startPostgresql();
    admin = new pg.Client(source);
    await admin.connect();
    server = await startServer({ environment: { allowedHosts: ['127.0.0.1'] } });
    client = await signIn(server.url, server.running.signInLink());
    const { host, port, database, user, password } = source;
    const settings = { host, port, database, user, encryption: 'none' };
    await client.post('/connections', { name: 'warehouse', kind: 'postgresql', settings, secrets: { password } });
  });
  afterAll(async () => {
    await server?.stop();
    await admin?.end();
    await source?.stop();
  });

  it('a run reads what is new by a watermark, and writes it into a table; the password is nowhere to be found', async () => {
    await admin.query(`
      CREATE TABLE events (id bigint, city text, at timestamptz);
      INSERT INTO events VALUES (9007199254740993, 'Oslo', '2024-01-01 00:00:00.0004'), (2, NULL, '2024-01-02'), (3, '☃ "x"', '2024-01-03 00:00:00.1239');
    `);
    const read = { source: 'query', connection: 'warehouse', query: 'SELECT id, city, at FROM events', incrementalColumn: 'at', regenerate: true };
    const write = { connection: 'warehouse', format: 'table', table: 'public.copied', mode: 'replace' };
    const document = {
      formatVersion: 1,
      name: 'Copies',
      nodes: [
        { id: 'read', type: 'import-data', version: 1, name: 'Read', params: read },
        { id: 'write', type: 'export-data', version: 1, name: 'Write', params: write },
      ],
      edges: [{ from: { node: 'read', port: 'data' }, to: { node: 'write', port: 'data' } }],
    };
    const { id } = await client.post<{ id: string }>('/pipelines', { document });
    const run = async () => {
      const started = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
      const finished = await finishedRun(client, started.id);
      expect(finished.steps.map(({ error }) => error)).toEqual([null, null]);
      return finished.steps.find(({ node }) => node === 'read')!.outputs[0]!.rowCount;
    };
    const copied = async () =>
      (await admin.query(`SELECT id, city, to_char(at AT TIME ZONE 'UTC', 'DD.MS') AS at FROM copied ORDER BY at, id`)).rows as unknown[];
    expect(await run()).toBe(3);
    const first = [
      { id: '9007199254740993', city: 'Oslo', at: '01.000' },
      { id: '2', city: null, at: '02.000' },
      { id: '3', city: '☃ "x"', at: '03.123' },
    ];
    expect(await copied()).toEqual(first);
    expect(await run()).toBe(3);
    await admin.query(`DELETE FROM events WHERE id = 2; INSERT INTO events VALUES (4, 'Rome', '2024-01-04'), (5, 'too late', '2024-01-02')`);
    expect(await run()).toBe(4);
    expect(await copied()).toEqual([...first, { id: '4', city: 'Rome', at: '04.000' }]);
    const files = readdirSync(server.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const forms = [source.password, JSON.stringify(source.password).slice(1, -1)].map((form) => Buffer.from(form));
    const holds = (path: string): boolean => forms.some((form) => readFileSync(path).includes(form));
    expect(files.filter(({ parentPath, name }) => holds(join(parentPath, name))).map(({ name }) => name)).toEqual([]);
  });

  it('rows are added once, also when the process of the step is killed while the database commits them', async () => {
    await admin.query('CREATE TABLE counted (city text)');
    const commits = await heldCommits(admin);
    await commits.of('counted');
    await commits.hold();
    const write = { connection: 'warehouse', format: 'table', table: 'counted', mode: 'append' };
    const nodes = [
      { id: 'enter', type: 'enter-data-manually', version: 1, params: { data: 'city\nOslo\n' } },
      { id: 'write', type: 'export-data', version: 1, params: write },
    ];
    const edges = [{ from: { node: 'enter', port: 'data' }, to: { node: 'write', port: 'data' } }];
    const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Counts', nodes, edges } });
    const started = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
    await expect.poll(commits.waiting).toBe(1);
    const locked = async (): Promise<number[]> =>
      ((await admin.query(`SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rows as { pid: number }[]).map(({ pid }) => pid);
    const [first] = await locked();
    for (const pid of processesIn(join(server.dataFolder, 'processes'))) process.kill(pid, 'SIGKILL');
    // The second try waits for the first one, which the database may meanwhile have cut off.
    await expect.poll(async () => (await locked()).filter((pid) => pid !== first)).toHaveLength(1);
    await commits.letGo();
    const { status, steps } = await finishedRun(client, started.id);
    expect([status, steps.find(({ node }) => node === 'write')]).toEqual(['succeeded', expect.objectContaining({ attempt: 2, error: null })]);
    expect((await admin.query('SELECT city FROM counted')).rows).toEqual([{ city: 'Oslo' }]);
  });

  it('what the database refuses fails the step, in words', async () => {
    const read = { source: 'query', connection: 'warehouse', query: 'DROP TABLE events' };
    const nodes = [{ id: 'read', type: 'import-data', version: 1, name: 'Read', params: read }];
    const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: 'Drops', nodes, edges: [] } });
    const started = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
    const { status, steps } = await finishedRun(client, started.id);
    expect([status, steps[0]!.error]).toEqual([
      'failed',
      expect.objectContaining({ code: 'sql_invalid', message: expect.stringContaining('One SELECT is read') }),
    ]);
    expect((await admin.query('SELECT count(*)::int AS n FROM events')).rows).toEqual([{ n: 4 }]);
  });
});
