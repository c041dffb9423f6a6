import { request } from 'node:http';
import { finishedRun } from '#test/support/client.ts';
import { oneLearner } from '../engine/documents.ts';
import { savePipeline, triggerOf } from '../engine/triggers.ts';
import { median, row, spread } from '../figures.ts';
import { withServer } from '../server-process.ts';
import type { BenchRow } from '../types.ts';

const RUNS = 40;

interface RunView {
  readonly steps: readonly { readonly startedAt: string | null }[];
}

/** Calls of a trigger one after the other on a machine that does nothing else: from before the call to the first step at work. */
export const firstStep = (): Promise<BenchRow[]> =>
  withServer(async (server, client) => {
    const call = await triggerOf(client, await savePipeline(client, oneLearner()));
    const { hostname, port } = new URL(server.url);
    const times: number[] = [];
    for (let index = 0; index < RUNS + 5; index++) {
      const { options, body } = call({ l1: index + 1 });
      const began = performance.timeOrigin + performance.now();
      const text = await new Promise<string>((resolve, reject) => {
        const sent = request({ hostname, port, ...options }, (answer) => {
          let received = '';
          answer.on('data', (piece: Buffer) => (received += piece.toString()));
          answer.on('end', () => resolve(received));
        });
        sent.on('error', reject);
        sent.end(body);
      });
      const { id } = JSON.parse(text) as { id: string };
      await finishedRun(client, id);
      const { steps } = await client.get<RunView>(`/runs/${id}`);
      if (index >= 5) times.push(Math.max(0, Date.parse(steps[0]!.startedAt!) - began));
    }
    return [row(`trigger to first step: running, idle machine, ${RUNS} calls; ${spread(times)}`, 'ms', median(times))];
  });
