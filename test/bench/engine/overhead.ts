import type { PipelineDocument } from '#pipelines/document.ts';
import type { BenchRow } from '../types.ts';
import { chain, learners } from './documents.ts';
import { timedRun, timedRuns, withExecutor } from './executor.ts';
import { median, row, watchingLoop } from '../figures.ts';

const STEPS = 100;
const REPEATS = 5;

async function perStep(document: PipelineDocument, slots?: number): Promise<{ result: number; longestBlock: number }> {
  return withExecutor(async (server) => {
    const pipeline = server.save(document);
    await timedRun(server, pipeline, true);
    return watchingLoop(async () => median(await timedRuns(server, pipeline, { force: true, repeats: REPEATS })) / STEPS);
  }, slots);
}

/** What a step costs that has next to nothing to do: durable, in a process, on warm processes. */
export async function overhead(): Promise<BenchRow[]> {
  const query = await perStep(chain(STEPS, 0));
  // One slot, so that learners, which do not wait for each other, come one after another as the steps of a chain do.
  const plain = await perStep(learners(STEPS, 0), 1);
  const how = `${STEPS} steps, forced, warm, median of ${REPEATS} runs`;
  return [
    row(`overhead per step: chain that selects columns of a small table, ${how}`, 'ms', query.result),
    row(`overhead per step without a query: learners one at a time, ${how}`, 'ms', plain.result),
    row('overhead per step, longest event loop block of either', 'ms', Math.max(query.longestBlock, plain.longestBlock)),
  ];
}
