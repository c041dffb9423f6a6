import type { BenchRow } from '../types.ts';
import { chain } from './documents.ts';
import { timedRun, timedRuns, withExecutor } from './executor.ts';
import { median, row, watchingLoop } from '../figures.ts';

const STEPS = 100;
const REPEATS = 10;

/** A run in which nothing is new, from the request to its end. */
export const allCached = (): Promise<BenchRow[]> =>
  withExecutor(async (server) => {
    const pipeline = server.save(chain(STEPS, 1));
    await timedRun(server, pipeline, false);
    const { result: times, longestBlock } = await watchingLoop(() => timedRuns(server, pipeline, { force: false, repeats: REPEATS }));
    const { items } = server.runs.list({ workspaceId: server.workspaceId, pipelineId: pipeline, limit: REPEATS });
    if (items.some((run) => run.counts.reused !== STEPS)) throw new Error('Not all steps were reused.');
    return [
      row(`all cached: ${STEPS} steps after each other, median of ${REPEATS} runs, max ${Math.max(...times).toFixed(1)} ms`, 'ms', median(times)),
      row('all cached, longest event loop block', 'ms', longestBlock),
    ];
  });
