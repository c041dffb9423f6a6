import type { Registry, Histogram } from 'prom-client';
import type { Services } from './services.ts';

interface Instruments {
  readonly registry: Registry;
  readonly requests: Histogram;
}
interface Observed {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** More than this is not kept from before the first look. */
const KEPT = 10_000;

/** Prometheus metrics. The client library is loaded at the first look; what happened before is kept until then. */
export class Metrics {
  readonly #services: Pick<Services, 'runs' | 'deployments'>;
  #instruments: Promise<Instruments> | null = null;
  #ready: Instruments | null = null;
  #early: Observed[] = [];

  constructor(services: Pick<Services, 'runs' | 'deployments'>) {
    this.#services = services;
  }

  observe(method: string, route: string, status: number, milliseconds: number): void {
    const observed: Observed = { method, route: /^\/(?:api|v2|endpoints\/\{)/.test(route) ? route : 'web', status, seconds: milliseconds / 1_000 };
    if (this.#ready) record(this.#ready, observed);
    else if (this.#early.length < KEPT) this.#early.push(observed);
  }

  async render(): Promise<{ text: string; type: string }> {
    const { registry } = await (this.#instruments ??= this.#create());
    return { text: await registry.metrics(), type: registry.contentType };
  }

  async #create(): Promise<Instruments> {
    const { Registry, Histogram, Gauge, collectDefaultMetrics } = await import('prom-client');
    const { runs, deployments } = this.#services;
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const requests = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP requests.',
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
    const load = new Gauge({
      name: 'modelwright_runs',
      help: 'Runs and slots by state.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        for (const [state, value] of Object.entries(runs.load)) load.set({ state }, value);
      },
    });
    const { inferenceMetrics } = await import('./serving/metrics.ts');
    inferenceMetrics(registry, deployments);
    this.#ready = { registry, requests };
    for (const observed of this.#early.splice(0)) record(this.#ready, observed);
    return this.#ready;
  }
}

function record({ requests }: Instruments, { method, route, status, seconds }: Observed): void {
  requests.observe({ http_request_method: method, http_route: route, http_response_status_code: String(status) }, seconds);
}
