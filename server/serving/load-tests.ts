import { z } from '@hono/zod-openapi';
import { iso } from '../assets/pages.ts';
import { AppError } from '../errors.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Deployments } from './deployments.ts';
import type { EndpointRow } from './endpoint-records.ts';
import type { LiveDeployment } from './live-deployment.ts';
import { LoadTest, type LoadPlan, type LoadStep, type SendOne } from './load-test.ts';
import { readOwn, writeOwn } from './protocols/own.ts';
import { rowReader } from './rows.ts';

const SECONDS = 300;
export const loadPlan = z
  .strictObject({
    by: z.enum(['clients', 'rate']).default('clients'),
    steps: z.array(z.int().min(1).max(20_000)).min(1).max(12),
    seconds: z.int().min(1).max(60).default(5),
    rows: z.int().min(1).max(1_000).default(1),
  })
  .refine(({ steps, seconds }) => steps.length * seconds <= SECONDS, `All steps together may last ${SECONDS} s.`)
  .refine(({ by, steps }) => by === 'rate' || steps.every((clients) => clients <= 512), 'At most 512 clients.');

export interface LoadTestView {
  readonly deployment: string;
  readonly state: 'running' | 'done';
  readonly plan: LoadPlan;
  readonly startedAt: string;
  readonly by: string;
  readonly steps: readonly LoadStep[];
  readonly current: LoadStep | null;
  /** Why it ended before its last step. */
  readonly stopped: string | null;
}
interface Kept {
  readonly test: LoadTest;
  readonly deployment: string;
  readonly by: string;
  readonly startedAt: number;
  readonly abort: AbortController;
  state: LoadTestView['state'];
}

/** Ends by itself, however its requests hang. */
const SLACK = 30_000;
/** Bodies with other rows each, so that no cache answers. */
const BODIES = 16;

/**
 * Load tests of endpoints, one at a time on this server. Requests take the way of real ones from body to body, through queue and processes of one
 * deployment; they are not counted, logged, measured for drift or mirrored to shadows. The last test of each endpoint is kept in memory.
 */
export class LoadTests {
  readonly #deployments: Deployments;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: { readonly deployments: Deployments; readonly clock: Clock }) {
    this.#deployments = parts.deployments;
    this.#clock = parts.clock;
  }

  get(endpoint: EndpointRow): LoadTestView | null {
    const kept = this.#kept.get(endpoint.id);
    return kept ? viewOf(kept) : null;
  }

  /** Starts one. Throws 404 for a deployment that takes no requests, 409 beside another test, 503 when the model cannot be started. */
  async start(endpoint: EndpointRow, plan: LoadPlan, { deployment, by }: { readonly deployment: string | null; readonly by: string }): Promise<LoadTestView> {
    this.#refuseBeside();
    const { live, records } = this.#deployments;
    const target = live.route(live.get(endpoint.id), deployment === null ? {} : { deployment });
    const samples = records.deployments(endpoint.id).find(({ id }) => id === target.row.id)?.sample ?? [];
    if (samples.length === 0) throw new AppError(409, 'There are no rows of this model to send. Deploy it again from a run.', { code: 'load_test_rows' });
    const abort = new AbortController();
    const test = new LoadTest(plan, sender(target, samples, plan.rows), abort.signal);
    const kept: Kept = { test, deployment: target.row.name, by, startedAt: this.#clock.now(), abort, state: 'running' };
    this.#kept.set(endpoint.id, kept);
    try {
      await target.up();
    } catch (error) {
      this.#kept.delete(endpoint.id);
      throw error;
    }
    void this.#run(endpoint, kept);
    return viewOf(kept);
  }

  cancel(endpoint: EndpointRow): LoadTestView | null {
    this.#kept.get(endpoint.id)?.abort.abort();
    return this.get(endpoint);
  }

  close(): void {
    for (const { abort } of this.#kept.values()) abort.abort();
  }

  #refuseBeside(): void {
    const endpoints = [...this.#kept].filter(([, { state }]) => state === 'running').map(([id]) => this.#deployments.live.get(id)?.name ?? 'another endpoint');
    if (endpoints.length > 0)
      throw new AppError(409, `A load test of “${endpoints[0]}” is running; two at once would measure each other. Wait for its end, or cancel it.`, {
        code: 'load_test_running',
      });
  }

  async #run(endpoint: EndpointRow, kept: Kept): Promise<void> {
    const { test, abort, deployment, by } = kept;
    const longest = setTimeout(() => abort.abort(), test.plan.steps.length * (test.plan.seconds + 1) * 1_000 + SLACK);
    longest.unref();
    try {
      await test.run();
    } finally {
      clearTimeout(longest);
      kept.state = 'done';
    }
    const best = test.done.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond)[0];
    if (!this.#deployments.live.get(endpoint.id)) return void this.#kept.delete(endpoint.id);
    const found = best ? `at most ${Math.round(best.requestsPerSecond)} requests/s, p99 ${best.p99?.toFixed(1) ?? '–'} ms` : 'no step was finished';
    this.#deployments.events.add(
      endpoint,
      { type: 'load_test', deployment, by, message: `Load test: ${found}.${test.stopped ? ` ${test.stopped}` : ''}` },
      this.#clock.now(),
    );
  }
}

/** Requests as a caller would send them, without the network: text in, text out. */
function sender(live: LiveDeployment, samples: readonly unknown[], rows: number): SendOne {
  const bodies = Array.from({ length: BODIES }, (_, body) =>
    JSON.stringify(Array.from({ length: rows }, (_, row) => samples[(body * rows + row) % samples.length])),
  );
  const { row } = live;
  let next = 0;
  return async () => {
    const request = readOwn(JSON.parse(bodies[next++ % BODIES]!));
    const scored = await live.score(rowReader(row.signature).records(request.rows));
    writeOwn('own', { ...scored, deployment: row.name, signature: row.signature, rowCount: rows, milliseconds: 0 });
    return scored;
  };
}

const viewOf = ({ test, deployment, by, startedAt, state }: Kept): LoadTestView => ({
  deployment,
  state,
  plan: test.plan,
  startedAt: iso(startedAt),
  by,
  steps: test.done,
  current: test.current,
  stopped: test.stopped,
});
