import { join } from 'node:path';
import type { Client } from '#test/support/client.ts';
import type { BenchRow } from '../types.ts';
import { oneLearner, oneTable, oneTableParameters } from './documents.ts';
import { percentile, row, spread, whole } from '../figures.ts';
import { writeHistory } from './history.ts';
import { openLoad, type Answer, type Planned } from './open-load.ts';
import { longestBlock, startServer, withDataFolder } from '../server-process.ts';
import { accepted, allRuns, noneLost, savePipeline, triggerOf, warmUp } from './triggers.ts';

const HISTORY = 200_000;
const PIPELINES = 20;
const REQUESTS = 490;
const ALONE_RATE = 100;
const BESIDE_RATE = 20;
const TRIGGER_RATE = 200;
const BESIDE_SECONDS = 10;
const UNTIL_ENDED = 30_000;

interface Lists {
  readonly plan: (index: number) => Planned;
  readonly names: readonly string[];
}

/** One pipeline's run by way of a trigger, and the others beside it. */
async function prepare(client: Client): Promise<{ template: string; pipelines: string[]; rare: string; busy: string }> {
  const pipelines: string[] = [];
  for (let index = 0; index < PIPELINES; index++) pipelines.push(await savePipeline(client, oneLearner()));
  const rare = await savePipeline(client, oneLearner());
  const busy = await savePipeline(client, oneTable());
  const { id } = await client.post<{ id: string }>(`/pipelines/${pipelines[0]}/runs`);
  const until = performance.now() + UNTIL_ENDED;
  while ((await client.get<{ status: string }>(`/runs/${id}`)).status !== 'succeeded') {
    if (performance.now() > until) throw new Error('The run that the history is made of did not succeed.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { template: id, pipelines, rare, busy };
}

/** The kinds of pages that the screens and scripts ask for, in turn. */
async function lists(client: Client, { pipelines, rare }: { pipelines: readonly string[]; rare: string }): Promise<Lists> {
  const paths = {
    'first page': '/runs',
    'by pipeline': `/runs?pipeline=${pipelines[3]}`,
    'by a pipeline with one old run': `/runs?pipeline=${rare}`,
    'by status': '/runs?status=failed',
    'by a status with one old run': '/runs?status=crashed',
    'by pipeline and status': `/runs?pipeline=${pipelines[7]}&status=failed`,
    'deep cursor': '/runs?limit=50&cursor=1000',
  };
  for (const [name, path] of Object.entries(paths)) {
    const { items } = await client.get<{ items: unknown[] }>(path);
    const expected = name.endsWith('one old run') ? 1 : 50;
    if (items.length !== expected) throw new Error(`The page "${name}" has ${items.length} runs and not ${expected}.`);
  }
  const all = Object.values(paths);
  return { names: Object.keys(paths), plan: (index) => ({ options: { method: 'GET', path: `/api/v1${all[index % all.length]}`, headers: client.headers } }) };
}

function times(answers: readonly Answer[]): number[] {
  const wrong = answers.find((answer) => answer.status !== 200);
  if (wrong) throw new Error(`A list gave ${wrong.status}: ${wrong.text}`);
  return answers.map((answer) => answer.milliseconds);
}

/** The kind of page that takes longest, by its median. */
function slowest({ names }: Lists, all: readonly number[]): string {
  const medians = names.map((name, kind) => ({
    name,
    value: percentile(
      all.filter((_, index) => index % names.length === kind),
      0.5,
    ),
  }));
  const { name, value } = medians.toSorted((a, b) => b.value - a.value)[0]!;
  return `slowest kind: ${name}, p50 ${value.toFixed(1)} ms`;
}

/** Pages of a long history of runs, alone and while a trigger is called. */
export const runList = (): Promise<BenchRow[]> =>
  withDataFolder(async (folder) => {
    const first = await startServer(folder);
    const prepared = await prepare(await first.signIn()).finally(() => first.stop());
    writeHistory(join(folder, 'modelwright.sqlite'), { ...prepared, runs: HISTORY });
    const server = await startServer(folder);
    try {
      const client = await server.signIn();
      const wanted = await lists(client, prepared);
      await longestBlock(client);
      const alone = times(await openLoad(server.url, ALONE_RATE, REQUESTS, wanted.plan));
      const aloneBlock = await longestBlock(client);
      const call = await triggerOf(client, prepared.busy);
      const plan = (salt: number): Planned => call(oneTableParameters(salt));
      await warmUp(server.url, plan);
      await longestBlock(client);
      const [beside, triggered] = await Promise.all([
        openLoad(server.url, BESIDE_RATE, BESIDE_RATE * BESIDE_SECONDS, wanted.plan),
        openLoad(server.url, TRIGGER_RATE, TRIGGER_RATE * BESIDE_SECONDS, plan),
      ]);
      const besideBlock = await longestBlock(client);
      noneLost(accepted(triggered), await allRuns(client, prepared.busy));
      const calls = triggered.map((answer) => answer.milliseconds);
      const history = `${whole(HISTORY)} runs in history`;
      const both = `${TRIGGER_RATE} calls/s and ${BESIDE_RATE} lists/s for ${BESIDE_SECONDS} s`;
      return [
        row(
          `run list p99: ${history}, ${wanted.names.length} kinds of pages, ${ALONE_RATE}/s; ${spread(alone)}; ${slowest(wanted, alone)}`,
          'ms',
          percentile(alone, 0.99),
        ),
        row('run list, longest event loop block of the server', 'ms', aloneBlock),
        row(`run list p99 beside triggers: ${both}; ${spread(times(beside))}`, 'ms', percentile(times(beside), 0.99)),
        row(`trigger latency beside it: p99, ${both}; ${spread(calls)}`, 'ms', percentile(calls, 0.99)),
        row('trigger latency beside it, longest event loop block of the server', 'ms', besideBlock),
        row(`start to ready: ${history}`, 'ms', server.readyAfter),
      ];
    } finally {
      await server.kill();
    }
  });
