import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunPolicy } from '#pipelines/policy.ts';
import { processesIn } from '../executor/invariants.ts';
import { clientAt, finishedRun, type Client } from '../support/client.ts';
import { heldCommits, type HeldCommits } from '../support/held-commits.ts';
import { postgresqlMissing, startPostgresql, type PostgresqlServer } from '../support/postgresql.ts';
import { startProcess, type ServerProcess } from '../support/server-process.ts';

if (postgresqlMissing) console.log(postgresqlMissing);

describe.skipIf(postgresqlMissing)('rows that a database has committed, and a step that does not know of it yet', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'modelwright-test-'));
  const servers: ServerProcess[] = [];
  let target: PostgresqlServer;
  let admin: pg.Client;
  let commits: HeldCommits;
  let client: Client;

  const start = async (): Promise<ServerProcess> => {
    const server = await startProcess(dataFolder, { MODELWRIGHT_ALLOWED_HOSTS: '127.0.0.1' });
    servers.push(server);
    return server;
  };
  const count = async (query: string): Promise<number> => Number(((await admin.query(query)).rows as { n: string }[])[0]!.n);
  const rowsIn = (table: string): Promise<number> => count(`SELECT count(*) AS n FROM ${table}`);

  /** Begins a run that adds a row to a new table; gives the run once the database commits, which it does until the commits are let go. */
  async function committingRun(table: string, policy: RunPolicy): Promise<string> {
    await admin.query(`CREATE TABLE ${table} (city text)`);
    await commits.of(table);
    await commits.hold();
    const write = { connection: 'warehouse', format: 'table', table, mode: 'append' };
    const nodes = [
      { id: 'enter', type: 'enter-data-manually', version: 1, params: { data: 'city\nOslo\n' } },
      { id: 'write', type: 'export-data', version: 1, params: write },
    ];
    const edges = [{ from: { node: 'enter', port: 'data' }, to: { node: 'write', port: 'data' } }];
    const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: table, policy, nodes, edges } });
    const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
    await expect.poll(commits.waiting).toBe(1);
    return run.id;
  }

  beforeAll(async () => {
    target = await startPostgresql();
    admin = new pg.Client(target);
    await admin.connect();
    commits = await heldCommits(admin);
    client = await (await start()).signIn();
    const { host, port, database, user, password } = target;
    const settings = { host, port, database, user, encryption: 'none' };
    await client.post('/connections', { name: 'warehouse', kind: 'postgresql', settings, secrets: { password } });
  });
  afterAll(async () => {
    for (const server of servers) server.send('SIGKILL');
    await Promise.all(servers.map(({ ended }) => ended));
    await admin?.end();
    await target?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it('are there once when the server is killed before it records the step, and the next one takes the run up again', async () => {
    const run = await committingRun('taken_up', {});
    const server = servers.at(-1)!;
    // It stands still while the step's process goes on and the database commits.
    server.send('SIGSTOP');
    await commits.letGo();
    await expect.poll(() => rowsIn('taken_up')).toBe(1);
    server.send('SIGKILL');
    await server.ended;
    await expect.poll(() => processesIn(join(dataFolder, 'processes'))).toEqual([]);
    client = clientAt((await start()).url, client.headers);
    const { status, steps } = await finishedRun(client, run);
    const written = steps.find(({ node }) => node === 'write')!;
    expect([status, written.status, written.attempt]).toEqual(['succeeded', 'succeeded', 2]);
    expect(await rowsIn('taken_up')).toBe(1);
  });

  it('are there once when the process of the step is killed, which ends the run, and the run is resumed by hand', async () => {
    const run = await committingRun('resumed', { crashRetries: 0 });
    const pids = processesIn(join(dataFolder, 'processes'));
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await commits.letGo();
    await expect.poll(() => rowsIn('resumed')).toBe(1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect((await finishedRun(client, run)).status).toBe('crashed');
    const { status, steps } = await finishedRun(client, (await client.post<{ id: string }>(`/runs/${run}/resume`)).id);
    expect([status, ...steps.map(({ error }) => error)]).toEqual(['succeeded', null, null]);
    expect(await rowsIn('resumed')).toBe(1);
  });

  it('and rows that it has not committed: a run that is cancelled leaves none, and resumed writes them', async () => {
    const run = await committingRun('cancelled', {});
    await client.post(`/runs/${run}/cancel`);
    expect((await finishedRun(client, run)).status).toBe('cancelled');
    await commits.letGo();
    const resumed = await client.post<{ id: string }>(`/runs/${run}/resume`);
    const { status, steps } = await finishedRun(client, resumed.id);
    expect([status, ...steps.map(({ error }) => error)]).toEqual(['succeeded', null, null]);
    expect(await rowsIn('cancelled')).toBe(1);
  });
});
