import { setImmediate } from 'node:timers/promises';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { BenchRow } from '../types.ts';
import { oneLearner, oneTable } from './documents.ts';
import { inTime, withExecutor } from './executor.ts';
import { row, watchingLoop } from '../figures.ts';

const RUNS = 500;
const WARM_UP = 20;

/** Asks for all runs at once, and gives how many end in a second from the first request on. Throws when one does not succeed. */
const finishedPerSecond = (document: PipelineDocument, runs: number): Promise<{ result: number; longestBlock: number }> =>
  withExecutor(async (server) => {
    const pipeline = server.save(document);
    const ids: string[] = [];
    const all = async (count: number): Promise<number> => {
      const began = performance.now();
      const started: Promise<string>[] = [];
      for (let index = 0; index < count; index++) {
        started.push(server.start(pipeline, { force: true }).then(({ id }) => id));
        // Each request comes in a turn of its own.
        await setImmediate();
      }
      const those = await Promise.all(started);
      await inTime(server, Promise.all(those.map((id) => server.runs.ended(id))));
      ids.push(...those);
      return count / ((performance.now() - began) / 1_000);
    };
    await all(WARM_UP);
    const found = await watchingLoop(() => all(runs));
    const wrong = ids.map((id) => server.runs.summary(server.workspaceId, id)).filter((run) => run.status !== 'succeeded' || run.counts.succeeded !== 1);
    if (wrong.length > 0) throw new Error(`${wrong.length} of ${ids.length} runs did not succeed: ${wrong[0]!.status} ${wrong[0]!.error?.message}`);
    return found;
  });

/** Small runs that each put a process to work. */
export async function runsFinished(): Promise<BenchRow[]> {
  const plain = await finishedPerSecond(oneLearner(), 2 * RUNS);
  const query = await finishedPerSecond(oneTable(), RUNS);
  return [
    row(`runs finished: one step without a query (a learner), forced, ${2 * RUNS} at once`, '/s', plain.result),
    row(`runs finished, with a query: one step that makes a small table, forced, ${RUNS} at once`, '/s', query.result),
    row('runs finished, longest event loop block of either', 'ms', Math.max(plain.longestBlock, query.longestBlock)),
  ];
}
