import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { DuckDBInstance } from '@duckdb/node-api';
import { StepPool } from '#server/executor/step-pool.ts';
import type { ArtifactFile } from '#server/executor/messages.ts';
import { median, pythonWith } from '../peers.ts';
import type { BenchRow } from '../types.ts';

const COLUMNS = 29;
const ROWS = 1_000_000;

async function writeCsv(path: string): Promise<void> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const columns = Array.from({ length: COLUMNS }, (_, index) => `round(random() * 1000, 4) AS c${index}`).join(', ');
  await connection.run('SELECT setseed(0.42)');
  await connection.run(`COPY (SELECT ${columns} FROM range(${ROWS})) TO '${path}' (FORMAT csv, HEADER)`);
  connection.closeSync();
  database.closeSync();
}

const pandas = (python: string, path: string): number =>
  Number(
    execFileSync(
      python,
      ['-c', 'import sys, time, pandas\nt = time.perf_counter()\npandas.read_csv(sys.argv[1])\nprint((time.perf_counter() - t) * 1000)', path],
      { encoding: 'utf8' },
    ),
  );

/** Bringing data in and looking at it, through the same step processes that serve people. */
export async function csvImport(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-data-'));
  const pool = new StepPool({ slots: 1, memoryBytes: 4 * 2 ** 30, folder: join(folder, 'processes') });
  try {
    const path = join(folder, 'numbers.csv');
    await writeCsv(path);
    const python = pythonWith('pandas');
    const [ours, theirs]: [number[], number[]] = [[], []];
    let artifact: ArtifactFile | undefined;
    for (let round = 0; round < 5; round++) {
      // What the round before gave goes first, as it does with the peer's process.
      if (artifact) rmSync(artifact.path);
      const outputFolder = join(folder, `output-${round}`);
      mkdirSync(outputFolder);
      const began = performance.now();
      const { artifact: produced } = await pool.task('ingest', { path, name: 'numbers.csv', outputFolder });
      ours.push(performance.now() - began);
      artifact = { hash: produced.hash, path: produced.path, bytes: produced.bytes, meta: produced.meta };
      if (python) theirs.push(pandas(python, path));
    }
    const peer = theirs.length > 0 ? median(theirs) : null;
    const preview: number[] = [];
    const profile: number[] = [];
    for (let round = 0; round < 5; round++) {
      let began = performance.now();
      await pool.task('rows', { artifact: artifact!, offset: ROWS - 1_000, limit: 100 });
      preview.push(performance.now() - began);
      began = performance.now();
      if (round < 3) {
        await pool.task('profile', { artifact: artifact! });
        profile.push(performance.now() - began);
      }
    }
    const [imported, profiled] = [median(ours), median(profile)];
    const megabytes = Math.round(statSync(path).size / 1e6);
    return [
      {
        what: `csv import: ${ROWS.toLocaleString('en-US')} × ${COLUMNS} numbers (${megabytes} MB) → typed, stored dataset with profile (import ${Math.round(imported)} ms, profile ${Math.round(profiled)} ms)`,
        unit: 'ms',
        ours: imported + profiled,
        peer,
        peerName: peer === null ? null : 'pandas read_csv alone',
        ratio: peer === null ? null : peer / (imported + profiled),
      },
      {
        what: `preview: 100 rows at row ${(ROWS - 1_000).toLocaleString('en-US')}`,
        unit: 'ms',
        ours: median(preview),
        peer: null,
        peerName: null,
        ratio: null,
      },
      {
        what: `profile: ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, all statistics and histograms`,
        unit: 'ms',
        ours: profiled,
        peer: null,
        peerName: null,
        ratio: null,
      },
    ];
  } finally {
    await pool.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
