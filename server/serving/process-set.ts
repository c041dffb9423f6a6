import type { Logger } from 'pino';
import { BY_ITSELF, type EndpointEvents, type NewEndpointEvent } from './endpoint-events.ts';
import type { DeploymentRow, EndpointRecords } from './endpoint-records.ts';
import { KeyRing } from './key-ring.ts';
import { ENDPOINT_DEFAULTS, type EndpointSettings } from './endpoint-settings.ts';
import type { Inference } from './inference.ts';
import { LiveDeployment, type DeploymentHost } from './live-deployment.ts';
import type { LiveEndpoint, LiveEndpoints } from './live-endpoints.ts';

interface ProcessSetParts {
  readonly records: EndpointRecords;
  readonly events: EndpointEvents;
  readonly live: LiveEndpoints;
  readonly log: Logger;
  readonly start: DeploymentHost['start'];
  readonly now: () => number;
}

/** Keeps the processes of deployments as the rows say: what answers is up, what is stopped ends, and what happens to them is written down. */
export class ProcessSet {
  readonly records: EndpointRecords;
  readonly events: EndpointEvents;
  readonly live: LiveEndpoints;
  readonly host: DeploymentHost;
  readonly #log: Logger;
  readonly #settings = new Map<string, Partial<EndpointSettings>>();
  /** Processes that end from now on end because they shall. */
  closed = false;

  constructor({ records, events, live, log, start, now }: ProcessSetParts) {
    this.records = records;
    this.events = events;
    this.live = live;
    this.#log = log;
    this.host = { start, now, changed: (each, state, error) => this.#changed(each, state, error) };
  }

  openEndpoint(deployment: Pick<DeploymentRow, 'endpointId'>): LiveEndpoint {
    const known = this.live.get(deployment.endpointId);
    if (known) return known;
    const row = this.records.byId(deployment.endpointId)!;
    const { paused } = this.settings(row);
    const endpoint: LiveEndpoint = {
      id: row.id,
      workspaceId: row.workspaceId,
      name: row.name,
      keys: new KeyRing(this.records.keyHashes(row.id)),
      paused,
      deployments: [],
    };
    this.live.add(endpoint);
    return endpoint;
  }

  newLive(endpoint: LiveEndpoint, row: DeploymentRow, inference: Inference | null = null): LiveDeployment {
    const { windowSeconds } = this.settings(endpoint).autoRollback;
    const live = new LiveDeployment(row, this.host, windowSeconds, inference);
    endpoint.deployments = [...endpoint.deployments, live];
    return live;
  }

  /** Takes in what the rows say now: weights and modes change, what is stopped retires after what is on its way. */
  followRecords(endpoint: LiveEndpoint): void {
    const rows = new Map(this.records.deployments(endpoint.id).map((row) => [row.id, row]));
    const kept: LiveDeployment[] = [];
    for (const live of endpoint.deployments) {
      const row = rows.get(live.row.id);
      if (row && row.state !== 'stopped') {
        live.row = row;
        kept.push(live);
      } else live.retire();
    }
    endpoint.deployments = kept.sort((a, b) => a.row.createdAt - b.row.createdAt || (a.row.id < b.row.id ? -1 : 1));
  }

  /** Ends all processes of an endpoint, after what is on its way to them. */
  pause(endpoint: LiveEndpoint): void {
    endpoint.paused = true;
    for (const live of endpoint.deployments) live.retire();
    endpoint.deployments = [];
  }

  /** Starts what should answer by the rows; what cannot start is `failed` with its reason. */
  async resume(endpoint: LiveEndpoint): Promise<void> {
    endpoint.paused = false;
    const started = this.records.answering(endpoint.id).map(async (row) => {
      const live = this.newLive(endpoint, row);
      if (row.state !== 'idle') await live.up().catch(() => {});
    });
    await Promise.all(started);
  }

  /** Starts what is not up; of a paused endpoint it is only noted that it should be. A failure leaves all as it was. */
  async ensureUp(rows: readonly DeploymentRow[]): Promise<LiveEndpoint> {
    const endpoint = this.openEndpoint(rows[0]!);
    for (const row of rows) {
      if (endpoint.paused) {
        if (row.state === 'stopped' || row.state === 'failed') this.records.setState(row, 'serving', null, this.host.now());
        continue;
      }
      const known = endpoint.deployments.find((live) => live.row.id === row.id);
      if (known) await known.up();
      else await this.#wake(endpoint, row);
    }
    return endpoint;
  }

  async #wake(endpoint: LiveEndpoint, row: DeploymentRow): Promise<void> {
    const live = new LiveDeployment(row, this.host, this.settings(endpoint).autoRollback.windowSeconds);
    try {
      await live.up();
    } catch (error) {
      await live.close();
      this.records.setState(row, 'stopped', messageOf(error), this.host.now());
      throw error;
    }
    endpoint.deployments = [...endpoint.deployments, live];
  }

  #changed(live: LiveDeployment, state: DeploymentRow['state'], error: string | null): void {
    if (this.closed || live.retired || !this.records.deployment(live.row.id)) return;
    const now = this.host.now();
    this.records.setState(live.row, state, error, now);
    live.row = { ...live.row, state, error };
    if (error !== null)
      this.#log.warn({ endpoint: this.live.get(live.row.endpointId)?.name, deployment: live.row.name, reason: error }, 'an inference process ended');
    const message = state === 'idle' ? 'Nobody asked for a while: its processes ended, and start again with the next request.' : error;
    if (message !== null)
      this.log(live.row, {
        type: state === 'idle' ? 'idle' : state === 'failed' ? 'failed' : 'process_ended',
        deployment: live.row.name,
        by: BY_ITSELF,
        message,
      });
  }

  log(of: Pick<DeploymentRow, 'endpointId' | 'workspaceId'>, event: NewEndpointEvent): void {
    this.events.add({ id: of.endpointId, workspaceId: of.workspaceId }, event, this.host.now());
  }

  settings(endpoint: { readonly id: string }): EndpointSettings {
    const given = this.#settings.get(endpoint.id) ?? this.records.byId(endpoint.id)?.settings ?? {};
    this.#settings.set(endpoint.id, given);
    return { ...ENDPOINT_DEFAULTS, ...given };
  }

  /** Reads the settings of an endpoint anew when they are next asked for. */
  forgetSettings(endpointId: string): void {
    this.#settings.delete(endpointId);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
