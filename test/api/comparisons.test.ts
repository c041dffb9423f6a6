import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlAttacks } from '#test/support/sql-attacks.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

let server: TestServer;
let client: Client;
const hashes: Record<string, string> = {};

const table = (id: string, data: string) => ({ id, type: 'enter-data-manually', version: 1, params: { data } });
const sqlNode = (script: string) => ({ id: 'sql', type: 'apply-sql-transformation', version: 1, params: { script } });
const wire = (from: string, to: string, into: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: into } });
const documentOf = (nodes: readonly unknown[], edges: readonly unknown[] = []) => ({
  ...{ formatVersion: 1, kind: 'training', name: 'Two tables', description: '', parameters: [], notes: [], layout: {} },
  ...{ nodes, edges },
});
const orders = 'id,customer,amount\n1,a,10\n2,a,20\n3,b,\n4,x,40\n5,,50\n';
const customers = 'name,country\na,Norway\nb,Italy\nb,Malta\nc,\n';
const later = 'id,customer,amount,paid\n1,a,10,true\n2,a,25,true\n3,b,30,false\n6,b,60,true\n';

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const document = documentOf([table('orders', orders), table('customers', customers), table('later', later)]);
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  for (const { node, outputs } of run.steps) hashes[node] = outputs[0]!.hash;
});
afterAll(() => server.stop());

const query = (path: string, entries: readonly (readonly [string, string])[]) =>
  `${path}?${new URLSearchParams(entries.map(([name, value]) => [name, value]))}`;

describe('a query without data', () => {
  const inputs = {
    t1: {
      columns: [
        { name: 'city', type: 'category' },
        { name: 'sales', type: 'number' },
      ],
    },
  };

  it('is answered with its columns, or with what is wrong', async () => {
    expect(await client.post('/queries/describe', { sql: 'SELECT city, sum(sales) AS total FROM t1 GROUP BY city', inputs })).toEqual({
      columns: [
        { name: 'city', type: 'text' },
        { name: 'total', type: 'number' },
      ],
    });
    expect(await client.post('/queries/describe', { sql: 'SELECT town FROM t1', inputs })).toMatchObject({ code: 'sql_invalid' });
  });

  it.each(sqlAttacks({ folder: '/etc', own: '/etc', secret: '/etc/passwd' }))('is refused when it %s', async (_what, sql) => {
    const answer = await client.post<Record<string, unknown>>('/queries/describe', { sql, inputs });
    expect(answer).toMatchObject({ code: expect.stringMatching(/^sql_/) });
    expect(JSON.stringify(answer)).not.toContain('root:');
  });

  it.each([
    ['no columns', { t1: { columns: [] } }],
    ['a name of a table that is SQL', { 't1" AS SELECT 1; --': inputs.t1 }],
    ['an unknown type', { t1: { columns: [{ name: 'a', type: 'money' }] } }],
  ])('needs tables as they can be: %s', async (_what, tables) => {
    const response = await client.request('/queries/describe', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'SELECT 1', inputs: tables }),
    });
    expect(response.status).toBe(422);
  });

  it('is known to the check of a pipeline, for the nodes behind it too, and to the start of a run', async () => {
    const build = (script: string) =>
      documentOf(
        [
          table('orders', orders),
          sqlNode(script),
          { id: 'again', type: 'apply-sql-transformation', version: 1, params: { script: 'SELECT total FROM t1' } },
          { id: 'pick', type: 'select-columns-in-dataset', version: 1, params: { columns: { mode: 'names', names: ['total'] } } },
        ],
        [wire('orders', 'sql', 't1'), wire('sql', 'again', 't1'), wire('again', 'pick', 'data')],
      );
    const issuesOf = async (script: string) => {
      const { id } = await client.post<{ id: string }>('/pipelines', { document: build(script) });
      const { issues } = await client.post<{ issues: { node: string; code: string; message: string }[] }>(`/pipelines/${id}/check`);
      const started = await client.request(`/pipelines/${id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
      if (started.ok) await finishedRun(client, ((await started.json()) as { id: string }).id);
      return { issues: issues.map(({ node, code }) => `${node} ${code}`), started: started.status };
    };
    expect(await issuesOf('SELECT customer, sum(amount) AS total FROM t1 GROUP BY customer')).toEqual({ issues: [], started: 202 });
    expect(await issuesOf('SELECT customer, sum(amount) AS sum FROM t1 GROUP BY customer')).toEqual({ issues: ['again sql_invalid'], started: 422 });
    expect(await issuesOf('SELECT customer,\n nothing AS total FROM t1')).toEqual({ issues: ['sql sql_invalid'], started: 422 });
  });
});

describe('match rates', () => {
  const rates = (entries: readonly (readonly [string, string])[]) => query(`/artifacts/${hashes.orders}/join-rates`, [['with', hashes.customers!], ...entries]);

  it('are told for keys of two tables', async () => {
    expect(
      await client.get(
        rates([
          ['left', 'customer'],
          ['right', 'name'],
        ]),
      ),
    ).toEqual({
      left: { rowCount: 5, matched: 3, missing: 1, keys: 3, most: 2 },
      right: { rowCount: 4, matched: 3, missing: 0, keys: 3, most: 2 },
      commonKeys: 2,
      matches: 4,
    });
  });

  it('need keys of both sides that agree', async () => {
    const status = async (entries: readonly (readonly [string, string])[]) => (await client.request(rates(entries))).status;
    expect(await status([])).toBe(400);
    expect(await status([['left', 'customer']])).toBe(400);
    expect(await status([['left', 'amount'], ['right', 'name']])).toBe(422); // prettier-ignore
    expect(await status([['left', 'gone'], ['right', 'name']])).toBe(422); // prettier-ignore
  });
});

describe('two tables side by side', () => {
  const before = () => [['against', hashes.orders!]] as const;

  it('tell their columns and how values are spread', async () => {
    const found = await client.get<Record<string, unknown>>(query(`/artifacts/${hashes.later}/comparison`, before()));
    expect(found).toMatchObject({
      schema: { added: [{ name: 'paid' }], removed: [], renamed: [], changed: [] },
      rowCount: { before: 5, after: 4 },
      left: 0,
      columns: [{ before: 'id' }, { before: 'customer', values: expect.arrayContaining(['a', 'b', 'x']) }, { before: 'amount' }],
    });
  });

  it('tell the rows that differ by a key', async () => {
    expect(await client.get(query(`/artifacts/${hashes.later}/diff`, [...before(), ['key', 'id']]))).toMatchObject({
      rows: { added: 1, removed: 2, changed: 2, same: 1, changedColumns: [{ name: 'amount', count: 2 }] },
    });
    expect((await client.request(query(`/artifacts/${hashes.later}/diff`, [...before(), ['key', 'customer']]))).status).toBe(422);
  });

  it('show where values are missing', async () => {
    expect(await client.get(`/artifacts/${hashes.orders}/missing`)).toMatchObject({
      columns: [
        { name: 'customer', missing: 1 },
        { name: 'amount', missing: 1 },
      ],
      completeRows: 3,
    });
  });

  it('are only those of the workspace', async () => {
    const unknown = 'f'.repeat(64);
    expect((await client.request(query(`/artifacts/${unknown}/comparison`, before()))).status).toBe(404);
    expect((await client.request(query(`/artifacts/${hashes.later}/comparison`, [['against', unknown]]))).status).toBe(404);
    expect((await client.request(`/artifacts/${unknown}/missing`)).status).toBe(404);
  });
});
