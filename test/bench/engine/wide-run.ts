import type { BenchRow } from '../types.ts';
import { fanOutAndIn } from './documents.ts';
import { timedRun, withExecutor } from './executor.ts';
import { row, watchingLoop } from '../figures.ts';

const STEPS = 1_000;

/** One table, hundreds of steps on it, and these brought together again, on warm processes; the run must succeed. */
export const wideRun = (): Promise<BenchRow[]> =>
  withExecutor(async (server) => {
    await timedRun(server, server.save(fanOutAndIn(10, 1)), true);
    const document = fanOutAndIn(STEPS, 0);
    const pipeline = server.save(document);
    const { result: forced, longestBlock } = await watchingLoop(() => timedRun(server, pipeline, true));
    const { result: reused, longestBlock: reusedBlock } = await watchingLoop(() => timedRun(server, pipeline, false));
    const steps = document.nodes.length.toLocaleString('en-US');
    return [
      row(`1,000-step run: ${steps} steps, one table fanned out and brought together three at a time`, 's', forced / 1_000),
      row('1,000-step run, all cached', 'ms', reused),
      row('1,000-step run, longest event loop block', 'ms', Math.max(longestBlock, reusedBlock)),
    ];
  });
