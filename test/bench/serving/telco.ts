import { finishedRun, type Client } from '#test/support/client.ts';
import { median, row } from '../figures.ts';
import { withServer } from '../server-process.ts';
import type { BenchRow } from '../types.ts';

const RUNS = 3;

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

/** The telco sample from its data to an endpoint that answers. */
export const telco = (): Promise<BenchRow[]> =>
  withServer(async (_server, client) => {
    const { id } = await client.post<{ id: string }>('/samples/telco-churn/open');
    const runs = await telcoRuns(client, id);
    const { steps } = await client.get<{ steps: { node: string; type: string }[] }>(`/pipelines/${id}/state`);
    const inference = await client.post<{ id: string }>(`/pipelines/${id}/inference`, { model: steps.find((step) => step.type === 'train-model')!.node });
    const began = performance.now();
    await client.post(`/pipelines/${inference.id}/deploy`, { endpoint: 'bench' });
    const deploy = performance.now() - began;
    return [row('telco sample end to end, every step run', 'ms', median(runs)), row('deploy: fuse, prove, load, switch', 'ms', deploy)];
  });
