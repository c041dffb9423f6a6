import autocannon from 'autocannon';
import { finishedRun, type Client } from '#test/support/client.ts';
import { median, row } from './figures.ts';
import { familyOf, memoryOf, startServer, withDataFolder } from './server-process.ts';
import type { BenchRow } from './types.ts';

const STARTS = 5;
const RUNS = 3;
const REQUESTS = 1_000;

/** From the sample to its evaluation; nothing is reused, as each run is forced. */
async function telcoRuns(client: Client, pipelineId: string): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const began = performance.now();
    const { id } = await client.post<{ id: string }>(`/pipelines/${pipelineId}/runs`, { force: true });
    const run = await finishedRun(client, id);
    if (run.status !== 'succeeded') throw new Error(`The run ${run.status}: ${run.steps.find((step) => step.error)?.error?.message}`);
    times.push(performance.now() - began);
  }
  return times;
}

async function scoring(client: Client, url: string): Promise<BenchRow[]> {
  const { url: path, sample } = await client.get<{ url: string; sample: Record<string, unknown> }>('/endpoints/bench');
  const { primary } = await client.get<{ primary: string }>('/endpoints/bench/key');
  const request = {
    method: 'POST' as const,
    headers: { authorization: `Bearer ${primary}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rows: [sample] }),
  };
  const times: number[] = [];
  for (let index = 0; index < REQUESTS + 100; index++) {
    const began = performance.now();
    const answer = await fetch(url + path, request);
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`Scoring gave ${answer.status}.`);
    if (index >= 100) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const load = await autocannon({ url: url + path, ...request, connections: 16, duration: 5 });
  if (load.non2xx > 0 || load.errors > 0) throw new Error(`Under load ${load.non2xx} answers were errors and ${load.errors} were lost.`);
  return [
    row('one-row scoring over HTTP, p50', 'ms', median(times)),
    row('one-row scoring over HTTP, p99', 'ms', times[Math.floor(times.length * 0.99)]!),
    row('one-row scoring over HTTP, 16 clients', '/s', load.requests.average),
    row('one-row scoring over HTTP, 16 clients, p99', 'ms', load.latency.p99),
  ];
}

/** Start, memory, the telco sample end to end, and scoring over HTTP. */
export const serving = (): Promise<BenchRow[]> =>
  withDataFolder(async (dataFolder) => {
    const starts: number[] = [];
    await (await startServer(dataFolder)).stop();
    for (let index = 0; index < STARTS; index++) {
      const again = await startServer(dataFolder);
      starts.push(again.readyAfter);
      await again.stop();
    }
    const server = await startServer(dataFolder);
    try {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const memory = memoryOf(familyOf(server.pid));
      const client = await server.signIn();
      const { id } = await client.post<{ id: string }>('/samples/telco-churn/open');
      const runs = await telcoRuns(client, id);
      const { steps } = await client.get<{ steps: { node: string; type: string }[] }>(`/pipelines/${id}/state`);
      const inference = await client.post<{ id: string }>(`/pipelines/${id}/inference`, { model: steps.find((step) => step.type === 'train-model')!.node });
      const began = performance.now();
      await client.post(`/pipelines/${inference.id}/deploy`, { endpoint: 'bench' });
      const deploy = performance.now() - began;
      return [
        row('start to ready', 'ms', median(starts)),
        row('idle memory, all processes', 'MB', memory.proportional ?? memory.resident),
        row('telco sample end to end, every step run', 'ms', median(runs)),
        row('deploy: fuse, prove, load, switch', 'ms', deploy),
        ...(await scoring(client, server.url)),
      ];
    } finally {
      await server.stop();
    }
  });
