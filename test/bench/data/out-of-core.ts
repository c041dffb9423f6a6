import { appendFileSync, createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { columnsNamed } from '#nodes/kit/columns.ts';
import { finishedRun, type Client } from '#test/support/client.ts';
import { whole, row } from '../figures.ts';
import { withDataFolder, withServer } from '../server-process.ts';
import type { BenchRow } from '../types.ts';
import { pipelineOf, wire } from './tables.ts';

const LIMIT_MB = 512;
/** Smaller to try the row itself. */
const FILE_BYTES = Number(process.env.MODELWRIGHT_BENCH_CSV_MB ?? 4 * LIMIT_MB) * 2 ** 20;
const NUMBERS = 8;
const BLOCK_ROWS = 100_000;

/**
 * Writes a CSV file of numbers with gaps, two categories and a text, a block of rows again and again until it is as large as wanted; gives its
 * rows.
 */
async function writeCsv(path: string, bytes: number): Promise<number> {
  const database = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await database.connect();
  const numbers = Array.from({ length: NUMBERS }, (_, at) => `CASE WHEN random() < 0.1 THEN NULL ELSE round(random() * 1000, 4) END AS n${at}`).join(', ');
  await connection.run('SELECT setseed(0.42)');
  const select = `SELECT range AS id, ${numbers}, 'region ' || (random() * 12)::INTEGER AS region, 'k' || (random() * 500)::INTEGER AS kind,
    'order ' || md5(range::VARCHAR) AS note FROM range(${BLOCK_ROWS})`;
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT csv, HEADER)`);
  connection.closeSync();
  database.closeSync();
  const text = readFileSync(path);
  const block = text.subarray(text.indexOf('\n') + 1);
  const blocks = Math.ceil(bytes / block.length);
  for (let made = 1; made < blocks; made++) appendFileSync(path, block);
  return blocks * BLOCK_ROWS;
}

const work = (file: { id: string; name: string }) =>
  pipelineOf(
    'Out of core',
    [
      ['import', 'import-data', { file }],
      ['clean', 'clean-missing-data', { columns: columnsNamed(...Array.from({ length: NUMBERS }, (_, at) => `n${at}`)), mode: 'mean' }],
      ['split', 'split-data', { fraction: 0.7 }],
      ['indicators', 'convert-to-indicator-values', { columns: columnsNamed('region') }],
      [
        'group',
        'group-and-aggregate',
        { groupBy: columnsNamed('kind'), aggregations: [{}, { column: 'n0', function: 'mean' }, { column: 'region-region 1', function: 'sum' }] },
      ],
    ],
    [
      wire('import', 'clean'),
      wire('clean', 'split'),
      { from: { node: 'split', port: 'first' }, to: { node: 'indicators', port: 'data' } },
      wire('indicators', 'group'),
    ],
  );

async function upload(client: Client, path: string): Promise<{ id: string; name: string }> {
  const answer = await client.request('/files', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(statSync(path).size), 'x-file-name': 'orders.csv' },
    body: Readable.toWeb(createReadStream(path)) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  if (!answer.ok) throw new Error(`The upload gave ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { id: string; name: string };
}

/** A file of four times the memory of a step: import, clean, split, one-hot, aggregate. Throws when a step fails, is killed, or tries twice. */
export const outOfCore = (): Promise<BenchRow[]> =>
  withDataFolder(async (folder) => {
    const path = join(folder, 'orders.csv');
    const rows = await writeCsv(path, FILE_BYTES);
    const size = statSync(path).size;
    const environment = { MODELWRIGHT_STEP_MEMORY_MB: String(LIMIT_MB), MODELWRIGHT_SLOTS: '1' };
    return withServer(async (_server, client) => {
      let began = performance.now();
      const file = await upload(client, path);
      const uploaded = performance.now() - began;
      const { id } = await client.post<{ id: string }>('/pipelines', { document: work(file) });
      began = performance.now();
      const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
      const took = performance.now() - began;
      const steps = run.steps as readonly ((typeof run.steps)[number] & { attempt: number; peakBytes: number | null; cpuMilliseconds: number | null })[];
      const peaks = steps.map(({ node, status, milliseconds, cpuMilliseconds, peakBytes, error, attempt }) => {
        if (status !== 'succeeded' || attempt > 1) throw new Error(`${node} ${status} at its attempt ${attempt}: ${error?.message}`);
        return { node, seconds: (milliseconds ?? 0) / 1_000, computed: (cpuMilliseconds ?? Number.NaN) / 1_000, megabytes: (peakBytes ?? Number.NaN) / 2 ** 20 };
      });
      const over = peaks.filter(({ megabytes }) => !(megabytes <= LIMIT_MB));
      if (over.length > 0) throw new Error(`More than ${LIMIT_MB} MB: ${over.map(({ node, megabytes }) => `${node} ${whole(megabytes)}`).join(', ')}`);
      const told = peaks.map(({ node, seconds, computed, megabytes }) => `${node} ${seconds.toFixed(1)} s, ${computed.toFixed(1)} s of computing, ${whole(megabytes)} MB`).join('; ');
      const what = `out of core: ${whole(size / 2 ** 20)} MB of CSV (${whole(rows)} rows) in steps of ${LIMIT_MB} MB`;
      return [
        row(`${what}: import → clean → split → one-hot → aggregate (${told})`, 's', took / 1_000),
        row(`${what}: upload, with its schema`, 's', uploaded / 1_000),
      ];
    }, environment);
  });
