import { mkdtempSync, openAsBlob, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { finishedRun, type Client } from '#test/support/client.ts';
import { median, row, spread } from '../figures.ts';
import { withServer } from '../server-process.ts';
import type { BenchRow } from '../types.ts';
import { COLUMNS, deployModel } from './model.ts';

const ROWS = 1_000_000;
const TIMES = 3;

/** A dataset of normal numbers in the columns that the model takes. */
async function addRows(client: Client, name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-batch-'));
  try {
    const path = join(folder, 'rows.parquet');
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    const columns = Array.from({ length: COLUMNS }, (_, index) => `(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::FLOAT AS x${index}`);
    await connection.run(`COPY (SELECT ${columns.join(', ')} FROM range(${ROWS})) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    database.closeSync();
    const headers = { 'content-type': 'application/octet-stream', 'x-file-name': 'rows.parquet' };
    const stored = await client.request(`/datasets/${name}`, { method: 'PUT', headers, body: await openAsBlob(path) });
    if (stored.status !== 201) throw new Error(`The rows were not stored: ${await stored.text()}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A batch inference pipeline over a large dataset: from the call to the end of its run, with the scores saved as a dataset. */
export const batch = (): Promise<BenchRow[]> =>
  withServer(async (_server, client) => {
    const { pipelineId } = await deployModel(client, 'bench');
    await addRows(client, 'many');
    const { id } = await client.post<{ id: string }>(`/pipelines/${pipelineId}/inference`, { as: 'batch' });
    const times: number[] = [];
    let steps = '';
    for (let index = 0; index <= TIMES; index++) {
      const began = performance.now();
      const parameters = { dataset: { name: 'many', version: null }, result: `scores ${index}` };
      const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, { parameters, force: true })).id);
      const took = performance.now() - began;
      if (run.status !== 'succeeded') throw new Error(`The run ${run.status}: ${run.steps.find((step) => step.error)?.error?.message}`);
      steps = run.steps.map((step) => `${step.type} ${step.milliseconds} ms`).join(', ');
      if (index > 0) times.push(took);
    }
    return [
      row(
        `batch: ${ROWS.toLocaleString('en')} × ${COLUMNS}, 100 trees, dataset to dataset, whole run; ${spread(times)}; the last: ${steps}`,
        's',
        median(times) / 1_000,
      ),
    ];
  });
