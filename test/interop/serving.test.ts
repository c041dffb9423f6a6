import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, type Client } from '../support/client.ts';
import { deployTable } from '../support/endpoint.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { runProgram } from '../support/written-programs.ts';
import { PROTOCOLS, snippet } from '#web/lib/endpoints/consume.ts';
import { interpreter } from './python.ts';

const NAME = 'visitors';
const CITIES = ['Oslo', 'Rome', 'Paris', 'São Paulo'];
const row = (index: number) => ({ age: 20.5 + ((index * 7) % 50), visits: index % 9, member: index % 3 === 0, city: CITIES[index % 4]! });

let server: TestServer;
let client: Client;
let key: string;

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const lines = Array.from({ length: 400 }, (_, index) => {
    const { age, visits, member, city } = row(index);
    return `${age},${visits},${member},${city},${age + visits * 3 + (member ? 9 : 0) > 55 ? 'yes' : 'no'}`;
  });
  ({ key } = await deployTable(client, NAME, ['age,visits,member,city,bought', ...lines].join('\n'), {
    label: 'bought',
    learner: 'two-class-boosted-decision-tree',
  }));
});
afterAll(() => server?.stop());

/** Not the synchronous form: the server runs in this process. */
function clients(rows: unknown): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      interpreter(),
      [join(import.meta.dirname, 'serving_clients.py'), server.url, NAME, key],
      { encoding: 'utf8' },
      (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(JSON.parse(stdout) as Record<string, unknown>)),
    );
    child.stdin!.end(JSON.stringify(rows));
  });
}

describe('the Python program of an endpoint’s page', () => {
  it.each(PROTOCOLS.map(({ value }) => value))('gets the answer, by %s', async (protocol) => {
    for (const index of [3, 40]) {
      const { results } = await client.post<{ results: Record<string, unknown>[] }>(`/endpoints/${NAME}/score`, [row(index)]);
      const said = await runProgram('python', snippet('python', { origin: server.url, endpoint: NAME, key, row: row(index), protocol }), interpreter());
      expect(said).toContain('Scored Labels');
      expect(said).toContain(String(results[0]!['Scored Labels']));
    }
  });
});

describe('clients of other people', () => {
  it('get from an endpoint what its own form gives: tritonclient, MLflow, MLServer’s codecs and callers of Azure ML', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => row(index * 3));
    const { results } = await client.post<{ results: Record<string, unknown>[] }>(`/endpoints/${NAME}/score`, { rows });
    const { refused, ...given } = await clients({ rows, text: ['city'] });
    expect(Object.keys(given)).toHaveLength(9);
    for (const [who, scored] of Object.entries(given)) {
      const close = (scored as Record<string, unknown>[]).map((each) =>
        Object.fromEntries(Object.entries(each).map(([name, value]) => [name, typeof value === 'number' ? Math.fround(value) : value])),
      );
      expect([who, close]).toEqual([who, results]);
    }
    expect(refused).toEqual([
      ['401', expect.stringContaining('keys of this endpoint')],
      ['400', expect.stringContaining('no input "nothing"')],
    ]);
  });
});
