import { expect } from 'vitest';
import type { TableProfile } from '#server/executor/messages.ts';
import { finishedRun, type Client } from './client.ts';

export async function upload(client: Client, name: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream', 'x-file-name': `${name}.csv` };
  const answer = await client.request(`/datasets/${name}`, { method: 'PUT', headers, body });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { hash: string }).hash;
}

export const rowsOf = async (client: Client, hash: string): Promise<unknown[][]> =>
  (await client.get<{ rows: unknown[][] }>(`/artifacts/${hash}/rows?offset=0&limit=100`)).rows;
export const profileOf = (client: Client, hash: string): Promise<TableProfile> => client.get(`/artifacts/${hash}/profile`);

/** Dataset → Select Columns → Normalize (z-score) → Convert to CSV; gives what came out of each. */
export async function throughChain(client: Client, dataset: string, columns: object): Promise<{ normalized: string; file: string }> {
  const nodes = [
    ['read', 'dataset', { dataset: { name: dataset, version: null } }],
    ['select', 'select-columns-in-dataset', { columns }],
    ['normalize', 'normalize-data', {}],
    ['csv', 'convert-to-csv', {}],
  ].map(([id, type, params]) => ({ id, type, version: 1, params }));
  const edges = nodes.slice(1).map(({ id }, at) => ({ from: { node: nodes[at]!.id, port: 'data' }, to: { node: id, port: 'data' } }));
  const { id } = await client.post<{ id: string }>('/pipelines', { document: { formatVersion: 1, name: dataset, nodes, edges } });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.filter((step) => step.error)).toEqual([]);
  const output = (node: string, port: string): string => run.steps.find((step) => step.node === node)!.outputs.find((each) => each.port === port)!.hash;
  return { normalized: output('normalize', 'data'), file: output('csv', 'file') };
}

export const contentOf = async (client: Client, path: string): Promise<string> => new TextDecoder().decode(await client.bytes(path));

const cell = (row: number, at: number): number => ((row * 31 + at * 7) % 101) - 50;
const rows = Array.from({ length: 5 }, (_, row) => row);
const mean = (at: number): number => rows.reduce((sum, row) => sum + cell(row, at), 0) / rows.length;

/** Makes a dataset `wide` of so many columns, and compares its rows and its profile with plain arithmetic. */
export async function wideDataset(client: Client, width: number): Promise<void> {
  const columns = Array.from({ length: width }, (_, at) => at);
  const lines = rows.map((row) => columns.map((at) => cell(row, at)).join(','));
  const hash = await upload(client, 'wide', `${columns.map((at) => `c${at}`).join(',')}\n${lines.join('\n')}\n`);
  expect((await rowsOf(client, hash)).map((row) => row.length)).toEqual(rows.map(() => width));
  const last = await client.get(`/artifacts/${hash}/rows?limit=1&firstColumn=${width - 10}&columnLimit=200`);
  const names = columns.slice(-10).map((at) => ({ name: `c${at}` }));
  expect(last).toMatchObject({ columns: names, columnCount: width, rows: [columns.slice(-10).map((at) => cell(0, at))], rowCount: 5 });
  const profile = await profileOf(client, hash);
  for (const at of columns) expect(profile.columns[at]!.mean, `c${at}`).toBeCloseTo(mean(at), 9);
}

/** Puts a table of so many columns through all that people do with one, and compares every cell with plain arithmetic. */
export async function throughWideChain(client: Client, width: number): Promise<void> {
  await wideDataset(client, width);
  const columns = Array.from({ length: width }, (_, at) => at);
  const { normalized, file } = await throughChain(client, 'wide', { mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['c0'] }] });
  const found = await rowsOf(client, normalized);
  for (const at of columns.slice(1)) {
    const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (cell(row, at) - mean(at)) ** 2, 0) / rows.length);
    for (const row of rows) expect(found[row]![at - 1], `c${at}, row ${row}`).toBeCloseTo((cell(row, at) - mean(at)) / deviation, 5);
  }
  const written = (await contentOf(client, `/artifacts/${file}/content`)).split('\r\n');
  expect(written.map((line) => line.split(',').length)).toEqual([...Array.from({ length: 6 }, () => width - 1), 1]);
}
