import type { BenchRow } from '../types.ts';
import { oneTable, oneTableParameters } from './documents.ts';
import { percentile, row, spread, whole } from '../figures.ts';
import { openLoad } from './open-load.ts';
import { longestBlock, memoryOf, withServer } from '../server-process.ts';
import { accepted, allRuns, noneLost, savePipeline, triggerOf } from './triggers.ts';

const RATE = 200;
const SECONDS = 30;
/** Before that, at the same rate: a server compiles what it carries out for the first time. */
const WARM_UP_SECONDS = 5;

/** Calls of a trigger at a fixed rate, each for a run whose step is new, while processes carry out what they can of them. */
export const trigger = (): Promise<BenchRow[]> =>
  withServer(async (server, client) => {
    const pipeline = await savePipeline(client, oneTable());
    const call = await triggerOf(client, pipeline);
    const plan = (salt: number) => call(oneTableParameters(salt));
    const first = await openLoad(server.url, RATE, RATE * WARM_UP_SECONDS, (index) => plan(-1 - index));
    const fresh = percentile(
      first.slice(0, RATE).map((answer) => answer.milliseconds),
      0.99,
    );
    await longestBlock(client);
    const answers = await openLoad(server.url, RATE, RATE * SECONDS, plan);
    const block = await longestBlock(client);
    const ids = accepted([...first, ...answers]);
    const { runsQueued } = await client.get<{ runsQueued: number }>('/system');
    const memory = memoryOf([server.pid]).resident;
    const found = await allRuns(client, pipeline);
    noneLost(ids, found);
    const finished = [...found.values()].filter((status) => status === 'succeeded').length;
    const times = answers.map((answer) => answer.milliseconds);
    const late = percentile(
      answers.map((answer) => answer.late),
      0.99,
    );
    const load = `${RATE} calls/s for ${SECONDS} s`;
    return [
      row(
        `trigger p99: ${load}, from the planned time to 202; ${spread(times)}; sent late p99 ${late.toFixed(1)} ms; after ${WARM_UP_SECONDS} s of the same, in whose first second it was ${whole(fresh)} ms; all ${whole(ids.length)} runs in the list, ${whole(finished)} ended, ${whole(runsQueued)} queued, ${whole(memory)} MB`,
        'ms',
        percentile(times, 0.99),
      ),
      row(`trigger, longest event loop block of the server: ${load}`, 'ms', block),
    ];
  });
