import type { Logger } from 'pino';
import type { PlainTables } from '../assets/plain-tables.ts';
import type { StepPool } from '../executor/step-pool.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Database } from '../db/client.ts';
import type { Deployments } from '../serving/deployments.ts';
import type { DeploymentRow, EndpointRow } from '../serving/endpoint-records.ts';
import { mostTraffic } from '../serving/endpoint-views.ts';
import type { Source } from '../serving/sources.ts';
import type { Store } from '../store/store.ts';
import type { AlertRule } from './alert-rules.ts';
import { Alerts, type AlertsParts } from './alerts.ts';
import { driftReport, type ColumnDrift, type DriftReport } from './drift-report.ts';
import { Observations } from './observations.ts';
import { RequestLog } from './request-log.ts';

export interface MonitoringParts extends AlertsParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Store;
  readonly pool: Pick<StepPool, 'task'>;
  readonly tables: Pick<PlainTables, 'plain'>;
  readonly deployments: Deployments;
}
export interface MonitoringReport {
  readonly deployment: string | null;
  readonly since: string;
  /** Null until the training rows have been looked at. */
  readonly drift: DriftReport | null;
}

const MINUTE = 60_000;

/** Looks at what goes through endpoints: drift against the training rows, quality, logged requests, truths and alerts. Nothing of it is on the way of a request. */
export class Monitoring {
  readonly #parts: MonitoringParts;
  readonly #observations: Observations;
  readonly requests: RequestLog;
  readonly alerts: Alerts;
  #minute = 0;
  #looking = false;
  #taking: Promise<void> = Promise.resolve();

  constructor(parts: MonitoringParts) {
    this.#parts = parts;
    this.#observations = new Observations(parts.db);
    this.requests = new RequestLog(parts.db);
    this.alerts = new Alerts(parts);
    const { deployments } = parts;
    deployments.onDeployed = (row, source) => {
      this.#taking = this.#taking.then(() => this.#takeBaseline(row, source));
    };
    deployments.live.observe = (seen) => {
      this.#observations.note(seen);
      this.requests.note(seen, deployments.settings({ id: seen.live.row.endpointId }).requestLog);
    };
    deployments.onTick = (now) => this.#tick(now);
  }

  /** Waits for what is being measured, and writes the rest. */
  async close(): Promise<void> {
    await this.#taking;
    this.#write(this.#parts.clock.now());
  }

  /** Measures the training rows of a new deployment, in a step process, after it answers. */
  async #takeBaseline(row: DeploymentRow, { fused }: Source): Promise<void> {
    if (!fused.training) return;
    const { store, pool, tables, clock, log } = this.#parts;
    const release = store.hold(fused.training.hash);
    try {
      const model = await store.open(row.hash);
      const baseline = await pool.task('baseline', { table: await tables.plain(fused.training), model: model.path, signature: row.signature });
      if (this.#parts.deployments.records.deployment(row.id)) this.#observations.setBaseline(row, baseline, clock.now());
    } catch (error) {
      log.warn({ err: error, deployment: row.name }, 'the training rows of a deployment could not be measured');
    } finally {
      release();
    }
  }

  /** The drift of one deployment, or of the one with the most traffic, against its training rows. */
  report(endpoint: EndpointRow, since: number, deployment: string | null): MonitoringReport {
    const rows = this.#parts.deployments.records.deployments(endpoint.id);
    const of = deployment === null ? mostTraffic(rows) : rows.find((each) => each.name === deployment);
    const seen = of && this.#observations.since(of.id, since, this.#parts.clock.now());
    return { deployment: of?.name ?? null, since: new Date(since).toISOString(), drift: seen ? driftReport(seen.baseline, seen.observed) : null };
  }

  #tick(now: number): void {
    this.#observations.foldSoon(now).catch((error: unknown) => this.#parts.log.error({ err: error }, 'counting what went through endpoints failed'));
    this.#writeRequests(now);
    const minute = Math.floor(now / MINUTE);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#write(now);
    void this.look();
  }

  #writeRequests(now: number): void {
    const { deployments } = this.#parts;
    this.requests.write((endpointId) => deployments.settings({ id: endpointId }).requestLog, now);
  }

  #write(now: number): void {
    const { deployments } = this.#parts;
    this.#observations.fold(now);
    this.#observations.write(now);
    this.#writeRequests(now);
    for (const { id } of deployments.live.all()) this.requests.sweep(id, deployments.settings({ id }).requestLog, now);
  }

  /** Looks at all rules. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const { id, name, workspaceId } of this.#parts.deployments.live.all()) {
        const row = this.#parts.deployments.records.byId(id);
        // A paused endpoint has no figures: that nobody is answered is meant.
        if (row && !row.settings.paused) await this.alerts.look({ id, name, workspaceId }, (rule) => this.measure(row, rule));
      }
    } catch (error) {
      this.#parts.log.error({ err: error }, 'looking at alerts failed');
    } finally {
      this.#looking = false;
    }
  }

  /** The figure that a rule is about; null where there is none. */
  measure(endpoint: EndpointRow, { metric, column, windowMinutes }: Pick<AlertRule, 'metric' | 'column' | 'windowMinutes'>): number | null {
    const { deployments, clock } = this.#parts;
    const since = clock.now() - windowMinutes * MINUTE;
    const rows = deployments.records.deployments(endpoint.id);
    const traffic = () =>
      deployments.traffic.sum(
        rows.filter((each) => each.mode === 'live'),
        since,
      );
    const worst = (columns: readonly ColumnDrift[] | undefined, of: (each: ColumnDrift) => number | null): number | null => {
      const values = (columns ?? []).filter((each) => column === null || each.name === column).map(of);
      const known = values.filter((value) => value !== null);
      return known.length === 0 ? null : Math.max(...known);
    };
    const drift = (): DriftReport | null => {
      const { drift: found } = this.report(endpoint, since, null);
      return found && found.rowCount > 0 ? found : null;
    };
    switch (metric) {
      case 'requests':
        return traffic().requests;
      case 'error_rate': {
        const { requests, errors } = traffic();
        return requests === 0 ? null : errors / requests;
      }
      case 'p50':
      case 'p95':
      case 'p99':
        return traffic()[metric];
      case 'queue_p95':
        return traffic().queue.p95;
      case 'compute_p95':
        return traffic().compute.p95;
      case 'input_drift':
        return worst(drift()?.inputs, (each) => each.stabilityIndex);
      case 'prediction_drift':
        return worst(drift()?.outputs, (each) => each.stabilityIndex);
      case 'missing_share':
        return worst(drift()?.inputs, (each) => each.missingNow);
      case 'unseen_share':
        return worst(drift()?.inputs, (each) => each.unseen);
      case 'out_of_range_share':
        return worst(drift()?.inputs, (each) => each.outOfRange);
      case 'realised_metric': {
        const days = this.requests.realised(endpoint.id, since, mostTraffic(rows)?.task === 'regression');
        const last = days.at(-1);
        return last ? (last.accuracy ?? last.rootMeanSquaredError) : null;
      }
    }
  }
}
