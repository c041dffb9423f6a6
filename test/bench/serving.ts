import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import type { BenchRow } from './types.ts';

const STARTS = 5;
const RUNS = 3;
const REQUESTS = 1_000;
const root = join(import.meta.dirname, '../..');

interface Server {
  readonly pid: number;
  readonly url: string;
  readonly link: string;
  /** From the command to an answered /readyz, in ms. */
  readonly readyAfter: number;
  stop(): Promise<void>;
}

/** The server as a user starts it, in a process of its own. */
async function startProcess(dataFolder: string): Promise<Server> {
  const began = performance.now();
  const child = spawn(process.execPath, ['server/cli.ts', 'start', '--port', '0', '--data', dataFolder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MODELWRIGHT_LOG: 'error' },
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${text}`)));
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString();
      const match = /(http:\/\/[\d.:]+)/.exec(text);
      if (match && text.endsWith('\n')) resolve(match[1]!);
    });
  });
  if ((await fetch(`${url}/readyz`)).status !== 200) throw new Error('The server said that it is ready, but is not.');
  const readyAfter = performance.now() - began;
  return {
    pid: child.pid!,
    url,
    link: /(http:\S+#token=\S+)/.exec(text)?.[1] ?? '',
    readyAfter,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Proportional memory of a process and its children in MB: pages that several share are counted once. */
function memoryOf(pid: number): number {
  const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + memoryOf(Number(child)), own);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const row = (what: string, unit: BenchRow['unit'], ours: number): BenchRow => ({ what, unit, ours, peer: null, peerName: null, ratio: null });

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
export async function serving(): Promise<BenchRow[]> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
  try {
    const starts: number[] = [];
    await (await startProcess(dataFolder)).stop();
    for (let index = 0; index < STARTS; index++) {
      const again = await startProcess(dataFolder);
      starts.push(again.readyAfter);
      await again.stop();
    }
    const server = await startProcess(dataFolder);
    try {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const idle = memoryOf(server.pid);
      const client = await signIn(server.url, server.link);
      const { id } = await client.post<{ id: string }>('/samples/telco-churn/open');
      const runs = await telcoRuns(client, id);
      const { steps } = await client.get<{ steps: { node: string; type: string }[] }>(`/pipelines/${id}/state`);
      const inference = await client.post<{ id: string }>(`/pipelines/${id}/inference`, { model: steps.find((step) => step.type === 'train-model')!.node });
      const began = performance.now();
      await client.post(`/pipelines/${inference.id}/deploy`, { endpoint: 'bench' });
      const deploy = performance.now() - began;
      return [
        row('start to ready', 'ms', median(starts)),
        row('idle memory, all processes', 'MB', idle),
        row('telco sample end to end, every step run', 'ms', median(runs)),
        row('deploy: fuse, prove, load, switch', 'ms', deploy),
        ...(await scoring(client, server.url)),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}
