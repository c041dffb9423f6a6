import { setImmediate } from 'node:timers/promises';
import { catalog } from '#nodes/catalog.ts';
import { testServer, type TestServer } from '../../executor/harness.ts';

/** The executor on a data folder of its own in this process, with true step processes, for the work. */
export async function withExecutor<T>(work: (server: TestServer) => Promise<T>, slots?: number): Promise<T> {
  const server = await testServer({ entry: 'real', catalog, slots });
  const end = (): void => {
    for (const pid of server.pool.pids) process.kill(pid, 'SIGKILL');
  };
  process.once('exit', end);
  try {
    return await work(server);
  } finally {
    process.off('exit', end);
    await server.close();
  }
}

const LONGEST_RUN = 120_000;

/** Settles as the work does, or fails after two minutes with what the executor said meanwhile. */
export async function inTime<T>(server: TestServer, work: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error('The runs did not end in time.', { cause: server.errors[0] })), LONGEST_RUN);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a saved pipeline; gives the time from the request to its end in ms. Throws when it does not succeed. */
export async function timedRun(server: TestServer, pipeline: string, force: boolean): Promise<number> {
  const began = performance.now();
  const { id } = await server.start(pipeline, { force });
  await inTime(server, server.runs.ended(id));
  const took = performance.now() - began;
  const { status, error } = server.runs.summary(server.workspaceId, id);
  if (status !== 'succeeded') throw new Error(`The run ${status}: ${error?.message}`);
  return took;
}

/** As many timed runs, one after another. */
export async function timedRuns(server: TestServer, pipeline: string, { force, repeats }: { force: boolean; repeats: number }): Promise<number[]> {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    times.push(await timedRun(server, pipeline, force));
    // A turn of the event loop, so that two runs do not count as one block.
    await setImmediate();
  }
  return times;
}
