import { Counter, Gauge, type Registry } from 'prom-client';
import type { Deployments } from './deployments.ts';
import type { LiveDeployment } from './live-deployment.ts';
import type { Totals } from './traffic-book.ts';

type Labels = 'model' | 'version';

/** Counters under the names of NVIDIA Triton's metrics, for whose dashboards they are; the model is the endpoint, the version its deployment. */
const COUNTERS: readonly { readonly name: string; readonly help: string; readonly of: (totals: Totals) => number }[] = [
  { name: 'nv_inference_request_success', help: 'Requests that were answered.', of: (totals) => totals.requests - totals.refused - totals.errors },
  { name: 'nv_inference_request_failure', help: 'Requests that were refused or failed.', of: (totals) => totals.refused + totals.errors },
  { name: 'nv_inference_count', help: 'Rows that were scored.', of: (totals) => totals.rows },
  {
    name: 'nv_inference_exec_count',
    help: 'Batches that went through the model, each of requests that came together.',
    of: (totals) => Math.round(totals.batches),
  },
  { name: 'nv_inference_request_duration_us', help: 'Time of all answered requests, in microseconds.', of: (totals) => totals.milliseconds * 1_000 },
  {
    name: 'nv_inference_queue_duration_us',
    help: 'Time that requests waited for the model, in microseconds.',
    of: (totals) => totals.queueMilliseconds * 1_000,
  },
  { name: 'nv_inference_compute_infer_duration_us', help: 'Time in the model, in microseconds.', of: (totals) => totals.computeMilliseconds * 1_000 },
];

/** Registers what is known of deployments; read at each look. */
export function inferenceMetrics(registry: Registry, deployments: Deployments): void {
  const registers = [registry];
  const each = function* (): Generator<{ labels: Record<Labels, string>; live: LiveDeployment }> {
    for (const endpoint of deployments.live.all())
      for (const live of endpoint.deployments) yield { labels: { model: endpoint.name, version: live.row.name }, live };
  };
  for (const { name, help, of } of COUNTERS) {
    const counter = new Counter({
      name,
      help,
      labelNames: ['model', 'version'] satisfies Labels[],
      registers,
      collect() {
        counter.reset();
        for (const { labels, live } of each()) counter.inc(labels, of(deployments.traffic.totals(live.row.id)));
      },
    });
  }
  const pending = new Gauge({
    name: 'nv_inference_pending_request_count',
    help: 'Requests that are not answered yet.',
    labelNames: ['model', 'version'] satisfies Labels[],
    registers,
    collect() {
      pending.reset();
      for (const { labels, live } of each()) pending.set(labels, live.pending);
    },
  });
  const outcomes = new Counter({
    name: 'modelwright_endpoint_requests_total',
    help: 'Scoring requests since the start, by endpoint and outcome.',
    labelNames: ['endpoint', 'outcome'],
    registers,
    collect() {
      outcomes.reset();
      for (const endpoint of deployments.live.all()) {
        for (const live of endpoint.deployments) {
          const { requests, refused, errors } = deployments.traffic.totals(live.row.id);
          outcomes.inc({ endpoint: endpoint.name, outcome: 'answered' }, requests - refused - errors);
          outcomes.inc({ endpoint: endpoint.name, outcome: 'refused' }, refused);
          outcomes.inc({ endpoint: endpoint.name, outcome: 'failed' }, errors);
        }
      }
    },
  });
}
