import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { EvaluationReport } from '#nodes/kit/reports.ts';
import type { PipelineView } from '../assets/pipelines.ts';
import type { RunDetails } from '../executor/run-types.ts';
import type { EndpointView } from '../serving/endpoint-views.ts';

const REQUESTS = 200;
const ENDPOINT = 'telco-churn';

interface Scores {
  readonly results: readonly Record<string, string | number | boolean | null>[];
  readonly deployment: string;
}
export interface DemoResult {
  readonly run: {
    readonly status: string;
    readonly seconds: number;
    readonly steps: readonly {
      readonly node: string;
      readonly type: string;
      readonly status: string;
      readonly ms: number | null;
      readonly rows: number | null;
    }[];
  };
  readonly evaluation: Readonly<Record<string, number>>;
  readonly endpoint: {
    readonly url: string;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly requests: number;
    readonly proof: unknown;
    readonly request: unknown;
    readonly response: unknown;
  };
}

/** A signed-in caller of the server's own API, over HTTP like anyone else. */
async function signedIn(url: string, link: string) {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: link.split('#token=')[1] }),
  });
  if (answer.status !== 204) throw new Error(`Signing in gave ${answer.status}.`);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { cookie, origin: url, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${text}`);
    return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
  };
}

/** Opens the sample, runs it, makes the inference pipeline, deploys it and scores; throws when any of it did not really happen. */
export async function demonstrate(url: string, link: string, say: (text: string) => void): Promise<DemoResult> {
  const call = await signedIn(url, link);
  const pipeline = await call<PipelineView>('POST', '/samples/telco-churn/open');
  say(`Opened "${pipeline.name}" with ${pipeline.document.nodes.length} nodes.`);

  const began = performance.now();
  const started = await call<{ id: string; number: number }>('POST', `/pipelines/${pipeline.id}/runs`, {});
  await call<string>('GET', `/runs/${started.id}/events`);
  const seconds = (performance.now() - began) / 1_000;
  const run = await call<RunDetails>('GET', `/runs/${started.id}`);
  if (run.status !== 'succeeded') {
    const failed = run.steps.find((step) => step.error);
    throw new Error(`The run ${run.status}${failed ? ` at "${failed.name}": ${failed.error?.message}` : ''}.`);
  }
  say(`Run ${run.number} succeeded in ${seconds.toFixed(2)} s: ${run.headline ?? ''}`);

  const hash = run.steps.flatMap((step) => step.outputs.filter((output) => output.kind === 'report' && step.type === 'evaluate-model')).at(0)?.hash;
  if (!hash) throw new Error('The run gave no evaluation.');
  const report = await call<EvaluationReport>('GET', `/artifacts/${hash}/report`);

  const inference = await call<PipelineView>('POST', `/pipelines/${pipeline.id}/inference`, { model: trainedBy(run) });
  const deployed = await call<{ endpoint: string; deployment: string }>('POST', `/pipelines/${inference.id}/deploy`, { endpoint: ENDPOINT });
  const endpoint = await call<EndpointView>('GET', `/endpoints/${deployed.endpoint}`);
  const { primary } = await call<{ primary: string }>('GET', `/endpoints/${deployed.endpoint}/key`);
  const proof = endpoint.deployments[0]?.proof;
  if (!proof?.equal) throw new Error('The deployment was not proved equal to the run.');
  say(`Deployed ${endpoint.deployments[0]!.name}; equal to the run on ${proof.rowCount} rows.`);

  const request = { rows: [endpoint.sample] };
  const times: number[] = [];
  let response: Scores | undefined;
  for (let index = 0; index < REQUESTS; index++) {
    const sent = performance.now();
    const answer = await fetch(url + endpoint.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${primary}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    response = (await answer.json()) as Scores;
    times.push(performance.now() - sent);
    if (answer.status !== 200 || response.results.length !== 1) throw new Error(`Scoring gave ${answer.status}: ${JSON.stringify(response)}`);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(3));
  say(`Scored ${REQUESTS} requests: median ${quantile(0.5)} ms.`);
  return {
    run: {
      status: run.status,
      seconds: Number(seconds.toFixed(3)),
      steps: run.steps.map((step) => ({
        node: step.node,
        type: step.type,
        status: step.status,
        ms: step.milliseconds,
        rows: step.outputs.find((output) => output.rowCount !== null)?.rowCount ?? null,
      })),
    },
    evaluation: report.summary,
    endpoint: { url: url + endpoint.url, p50Ms: quantile(0.5), p99Ms: quantile(0.99), requests: REQUESTS, proof, request, response },
  };
}

/** The sample trains two models; the first Train Model of the run is deployed. */
const trainedBy = (run: RunDetails): string | undefined => run.steps.find((step) => step.type === 'train-model')?.node;

/** Shows the whole product at work on a server of its own, in a temporary folder. */
export default async function demo(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
  const dataFolder = mkdtempSync(join(tmpdir(), 'modelwright-demo-'));
  const { start } = await import('../main.ts');
  const running = await start({ port: 0, host: '127.0.0.1', dataFolder, log: pino({ level: 'error' }, pino.destination({ dest: 2, sync: true })) });
  try {
    const result = await demonstrate(running.url, running.signInLink(), values.json ? () => {} : console.log);
    console.log(values.json ? JSON.stringify(result) : JSON.stringify({ evaluation: result.evaluation, endpoint: result.endpoint }, null, 2));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await running.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}
