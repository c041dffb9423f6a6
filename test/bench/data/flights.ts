import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { columnsNamed } from '#nodes/kit/columns.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { TestServer } from '../../executor/harness.ts';
import { timedRun, withExecutor } from '../engine/executor.ts';
import { median, row } from '../figures.ts';
import { pythonWith } from '../peers.ts';
import type { BenchRow } from '../types.ts';
import { addDataset, pipelineOf, wire } from './tables.ts';

/** 3,000,000 rows: date, delay, distance, origin, destination. */
const FLIGHTS = resolve(process.env.MODELWRIGHT_BENCH_FLIGHTS ?? '../shared/data/flights-3m.parquet');
const TIMES = 5;

const PREVIEW = 'preview of flights';

const source = (name: string) => [name, 'dataset', { dataset: { name } }] as const;

const lateness = pipelineOf(
  'Flights',
  [
    source('flights'),
    ['filter', 'filter-rows', { mode: 'expression', expression: 'distance > 200' }],
    ['derive', 'derive-column', { name: 'late', expression: 'max(delay, 0) / distance' }],
    ['group', 'group-and-aggregate', { groupBy: columnsNamed('origin'), aggregations: [{ column: 'late', function: 'mean', name: 'late' }] }],
    ['sort', 'sort', { by: [{ column: 'late', direction: 'descending' }] }],
  ],
  [wire('flights', 'filter'), wire('filter', 'derive'), wire('derive', 'group'), wire('group', 'sort')],
);

const regions = pipelineOf(
  'Join',
  [
    source('flights'),
    source('airports'),
    ['join', 'join-data', { leftKeys: columnsNamed('origin'), rightKeys: columnsNamed('airport') }],
    ['group', 'group-and-aggregate', { groupBy: columnsNamed('region'), aggregations: [{ column: 'delay', function: 'mean', name: 'delay' }] }],
  ],
  [wire('flights', 'join', 'left'), wire('airports', 'join', 'right'), wire('join', 'group')],
);

const WORKS = [
  ['flights', 'flights: filter → derive → group by origin → sort, 3,000,000 rows, whole run', lateness],
  ['join', 'join: 3,000,000 × 300, then aggregate, whole run', regions],
] as const;

/** Writes 300 airports, each with one of twelve regions: all origins there are, and some more. */
async function writeAirports(path: string): Promise<void> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const origins = (await connection.runAndReadAll(`SELECT DISTINCT origin FROM read_parquet('${FLIGHTS}') ORDER BY 1`)).getRows().flat();
  connection.closeSync();
  database.closeSync();
  const lines = Array.from({ length: 300 }, (_, index) => `${String(origins[index] ?? `X${index}`)},region ${index % 12}`);
  writeFileSync(path, `airport,region\n${lines.join('\n')}\n`);
}

interface Answer {
  readonly ms: number;
  readonly rows: number;
  readonly value: number;
}

async function contest(server: TestServer, what: string, work: string, document: PipelineDocument, airports: string): Promise<BenchRow> {
  const python = pythonWith('pandas', 'pyarrow');
  const pipeline = server.save(document);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let time = 0; time < TIMES; time++) {
    ours.push(await timedRun(server, pipeline, true));
    if (!python) continue;
    const script = join(import.meta.dirname, 'flights.py');
    const answer = JSON.parse(execFileSync(python, [script, work, FLIGHTS, airports], { encoding: 'utf8' })) as Answer;
    theirs.push(answer.ms);
  }
  if (theirs.length === 0) return row(what, 'ms', median(ours));
  return { what, unit: 'ms', ours: median(ours), peer: median(theirs), peerName: 'pandas', ratio: median(theirs) / median(ours) };
}

/** Whole runs over three million rows, against pandas doing the same in one script; none where the file is not there. */
export async function flights(only: string): Promise<BenchRow[]> {
  if (!existsSync(FLIGHTS)) return [];
  return withExecutor(async (server) => {
    const airports = join(server.folder, 'airports.csv');
    await writeAirports(airports);
    const artifact = await addDataset(server, 'flights', FLIGHTS);
    await addDataset(server, 'airports', airports);
    const rows: BenchRow[] = [];
    for (const [work, what, document] of WORKS) if (work.includes(only)) rows.push(await contest(server, what, work, document, airports));
    if (!PREVIEW.includes(only)) return rows;
    const preview: number[] = [];
    for (let time = 0; time < TIMES; time++) {
      const began = performance.now();
      await server.pool.task('rows', { artifact, offset: 2_000_000, limit: 100 });
      preview.push(performance.now() - began);
    }
    return [...rows, row(`${PREVIEW}: 100 rows at row 2,000,000`, 'ms', median(preview))];
  });
}
