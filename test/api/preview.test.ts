import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, type Client } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { contentOf, rowsOf, upload } from '../support/table-chain.ts';

let server: TestServer;
let client: Client;
let hash: string;
const ROWS = 300;
const name = (row: number): string => (row % 10 === 0 ? '' : `p'${row}%_\u{1f600}`);

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const lines = Array.from(
    { length: ROWS },
    (_, row) => `${row},${row % 7 === 0 ? '' : row / 2},${name(row)},2024-01-${String((row % 28) + 1).padStart(2, '0')},${row % 2 === 0}`,
  );
  const answer = await client.request('/datasets/preview', {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': 'preview.csv' },
    body: `id,half,name,day,even\n${lines.join('\n')}\n`,
  });
  ({ hash } = (await answer.json()) as { hash: string });
});
afterAll(() => server?.stop());

interface Rows {
  readonly rows: (string | number | boolean | null)[][];
  readonly rowCount: number;
}
const read = (query: Record<string, string>): Promise<Rows> =>
  client.get<Rows>(`/artifacts/${hash}/rows?${new URLSearchParams({ limit: '1000', ...query }).toString()}`);
const kept = async (...filters: Record<string, string>[]): Promise<number[]> =>
  (await read({ filters: JSON.stringify(filters) })).rows.map((row) => Number(row[0]));
const all = Array.from({ length: ROWS }, (_, row) => row);

describe('a window of rows', () => {
  it('starts anywhere and ends with the table', async () => {
    expect((await read({ offset: '290', limit: '20' })).rows.map((row) => row[0])).toEqual(all.slice(290));
    expect(await read({ offset: '5000' })).toMatchObject({ rows: [], rowCount: ROWS });
  });

  it('has infinite numbers, of which JSON has none, as text', async () => {
    const endless = await upload(client, 'endless', 'n,m\n1e999,1\n-1e999,\n0.5,3\n');
    expect(await rowsOf(client, endless)).toEqual([
      ['Infinity', 1],
      ['-Infinity', null],
      [0.5, 3],
    ]);
    expect(await contentOf(client, `/artifacts/${endless}/content?format=csv`)).toBe('n,m\r\nInfinity,1\r\n-Infinity,\r\n0.5,3\r\n');
  });

  it('keeps rows by a condition on a column of each type', async () => {
    expect(await kept({ column: 'id', is: 'less', value: '3' })).toEqual([0, 1, 2]);
    expect(await kept({ column: 'half', is: 'greater', value: '1.4e2' })).toEqual(all.filter((row) => row % 7 !== 0 && row / 2 > 140));
    expect(await kept({ column: 'half', is: 'between', value: '1', to: '2' })).toEqual([2, 3, 4]);
    expect(await kept({ column: 'half', is: 'missing' })).toEqual(all.filter((row) => row % 7 === 0));
    expect(await kept({ column: 'half', is: 'present' }, { column: 'id', is: 'less', value: '9' })).toEqual([1, 2, 3, 4, 5, 6, 8]);
    expect(await kept({ column: 'name', is: 'equal', value: name(21) })).toEqual([21]);
    expect(await kept({ column: 'name', is: 'contains', value: "P'29" })).toEqual([29, 291, 292, 293, 294, 295, 296, 297, 298, 299]);
    expect(await kept({ column: 'name', is: 'contains', value: '%_' })).toEqual(all.filter((row) => row % 10 !== 0));
    expect(await kept({ column: 'day', is: 'equal', value: '2024-01-02' }, { column: 'id', is: 'less', value: '60' })).toEqual([1, 29, 57]);
    expect(await kept({ column: 'even', is: 'unequal', value: 'true' }, { column: 'id', is: 'less', value: '6' })).toEqual([1, 3, 5]);
  });

  it('counts what is kept, with search and order at once', async () => {
    const filters = JSON.stringify([{ column: 'id', is: 'greater', value: '100' }]);
    const found = await read({ filters, search: "p'11", sort: 'id', descending: 'true', limit: '2' });
    expect(found).toMatchObject({ rowCount: 9, rows: [[119], [118]].map(([id]) => expect.arrayContaining([id])) });
  });

  it('refuses what the column cannot be compared with, and says why', async () => {
    const refuse = async (filters: string): Promise<unknown> => {
      const answer = await client.request(`/artifacts/${hash}/rows?${new URLSearchParams({ filters }).toString()}`);
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    expect(await refuse('[{"column":"id","is":"less","value":"1; DROP TABLE x"}]')).toEqual([400, 'parameter_invalid']);
    expect(await refuse('[{"column":"day","is":"less","value":"soon"}]')).toEqual([400, 'parameter_invalid']);
    expect(await refuse('[{"column":"none","is":"missing"}]')).toEqual([400, 'column_missing']);
    expect((await refuse('[{"column":"id","is":"near","value":"1"}]')) as unknown[]).toContain(400);
    expect((await refuse('{')) as unknown[]).toContain(400);
  });
});

describe('how columns go together', () => {
  it('gives correlations of numbers, and points of a pair', async () => {
    const matrix = await client.get<{ columns: string[]; values: (number | null)[][]; left: number }>(`/artifacts/${hash}/correlation`);
    expect(matrix).toMatchObject({ columns: ['id', 'half'], left: 0 });
    expect(matrix.values[0]![1]).toBeCloseTo(1, 9);
    expect(matrix.values[1]![0]).toBe(matrix.values[0]![1]);
    const { points } = await client.get<{ points: [number, number][] }>(`/artifacts/${hash}/pairs?x=id&y=half`);
    expect(points).toHaveLength(all.filter((row) => row % 7 !== 0).length);
    expect(points.every(([x, y]) => y === x / 2)).toBe(true);
    expect((await client.request(`/artifacts/${hash}/pairs?x=id&y=name`)).status).toBe(400);
  });
});
