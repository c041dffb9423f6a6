import { rmSync } from 'node:fs';
import { catalog } from '#nodes/catalog.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { testServer, type TestServer } from '../executor/harness.ts';
import type { BenchRow } from './types.ts';

const REPEATS = 5;

/** A small table, and a chain of steps that each keep all of its columns. `salt` makes the results new. */
function chain(length: number, salt: number): PipelineDocument {
  const ids = Array.from({ length }, (_, index) => `select${index}`);
  const all = { mode: 'rules', start: 'all', rules: [] };
  return {
    formatVersion: 1,
    name: 'Chain',
    description: '',
    kind: 'training',
    parameters: [],
    nodes: [
      { id: 'data', type: 'enter-data-manually', version: 1, name: '', comment: '', params: { data: `a,b\n${salt},2\n3,4\n` } },
      ...ids.map((id) => ({ id, type: 'select-columns-in-dataset', version: 1, name: '', comment: '', params: { columns: all } })),
    ],
    edges: ids.map((id, index) => ({ from: { node: index === 0 ? 'data' : ids[index - 1]!, port: 'data' }, to: { node: id, port: 'data' } })),
    notes: [],
    layout: {},
  };
}

async function timed(server: TestServer, pipeline: string, force: boolean): Promise<number> {
  const began = performance.now();
  const run = await server.run(pipeline, { force });
  const took = performance.now() - began;
  if (run.status !== 'succeeded') throw new Error(`The run ${run.status}: ${run.error?.message}`);
  return took;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** What the engine itself costs: steps that do next to nothing in their processes, and runs that take everything over. */
export async function engine(): Promise<BenchRow[]> {
  const server = await testServer({ entry: 'real', catalog });
  try {
    const long = server.save(chain(50, 0));
    await timed(server, long, true);
    const forced: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) forced.push(await timed(server, long, true));
    const single = server.save(chain(0, 0));
    const alone: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) alone.push(await timed(server, single, true));
    const wide = server.save(chain(99, 1));
    await timed(server, wide, false);
    const reused: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) reused.push(await timed(server, wide, false));
    const last = server.runs.list({ workspaceId: 'w', pipelineId: wide, limit: 1 }).items[0]!;
    if (last.counts.reused !== 100) throw new Error('Not all steps were reused.');
    const row = (what: string, ours: number): BenchRow => ({ what, unit: 'ms', ours, peer: null, peerName: null, ratio: null });
    return [
      row('One step of a chain of 50 that select columns of a small table, all in all', median(forced) / 51),
      row('A run of one step, from the request to its end', median(alone)),
      row('A run of 100 steps that are all reused', median(reused)),
    ];
  } finally {
    await server.close();
    rmSync(server.folder, { recursive: true, force: true });
  }
}
