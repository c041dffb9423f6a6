import { AppError } from '../errors.ts';
import type { DeploymentRow } from './endpoint-records.ts';
import type { KeyRing } from './key-ring.ts';
import type { LiveDeployment } from './live-deployment.ts';
import type { Scored } from './inference.ts';
import type { Batch } from './messages.ts';
import type { Reading } from './rows.ts';
import { inSlices } from '../slices.ts';
import { compareAnswers, refit } from './shadow.ts';
import { pick, placeOf } from './split.ts';
import type { TrafficBook } from './traffic-book.ts';

/** An endpoint, as far as scoring needs it. */
export interface Addressed {
  readonly id: string;
  readonly workspaceId: string;
}
/** Rows to score, in whatever protocol they came. */
export interface ScoreCall {
  /** Makes the rows into a batch for the deployment that was chosen; throws 400 for what does not fit it. */
  readonly read: (signature: DeploymentRow['signature']) => Reading;
  /** Milliseconds, within the deployment's own limit. */
  readonly timeout?: number;
  /** Requests with the same key go to the same deployment, as long as the split is the same. */
  readonly stickyKey?: string;
  /** The deployment that shall answer, whatever the split. */
  readonly deployment?: string;
  /** By which the caller can tell the truth later. */
  readonly requestId?: string;
}
export interface ScoreAnswer extends Scored {
  readonly deployment: string;
  readonly signature: DeploymentRow['signature'];
  readonly rowCount: number;
  readonly milliseconds: number;
}
/** An answered request, for whoever looks at what goes by. */
export interface Seen {
  readonly live: LiveDeployment;
  readonly endpointName: string;
  readonly batch: Batch;
  readonly answer: ScoreAnswer;
  readonly requestId: string | undefined;
}
/** Called for every answered request: it must be quick. */
export type Observer = (seen: Seen) => void;

/** The deployments of an endpoint that have processes, or would get some. */
export interface LiveEndpoint {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  keys: KeyRing;
  /** Then it has no deployments here, and answers 503. */
  paused: boolean;
  /** In the order of their making, so that a changed split moves few callers. */
  deployments: LiveDeployment[];
}

/** Requests that may wait for one shadow: it must not eat up the machine behind the back of those that answer. */
const SHADOW_WAITS = 64;

/** Chooses a deployment for each request, scores, counts, and lets shadows score it too. */
export class LiveEndpoints {
  readonly #endpoints = new Map<string, LiveEndpoint>();
  readonly #byName = new Map<string, LiveEndpoint>();
  readonly #traffic: TrafficBook;
  readonly #now: () => number;
  observe: Observer = () => {};

  constructor(traffic: TrafficBook, now: () => number) {
    this.#traffic = traffic;
    this.#now = now;
  }

  get(id: string): LiveEndpoint | undefined {
    return this.#endpoints.get(id);
  }

  /** Names are unique within a workspace, and there is one workspace so far. */
  byName(name: string): LiveEndpoint | undefined {
    return this.#byName.get(name);
  }

  all(): LiveEndpoint[] {
    return [...this.#endpoints.values()];
  }

  add(endpoint: LiveEndpoint): void {
    this.#endpoints.set(endpoint.id, endpoint);
    this.#byName.set(endpoint.name, endpoint);
  }

  remove(id: string): LiveEndpoint | undefined {
    const endpoint = this.#endpoints.get(id);
    if (!endpoint) return undefined;
    this.#endpoints.delete(id);
    this.#byName.delete(endpoint.name);
    return endpoint;
  }

  /**
   * The deployment for a request: the one that is named, else the one in whose part of the split the key or chance falls. Throws 404 for a name
   * that nothing answers to, 503 when no deployment takes requests or the endpoint is paused.
   */
  route(endpoint: LiveEndpoint | undefined, { stickyKey, deployment }: Pick<ScoreCall, 'stickyKey' | 'deployment'> = {}): LiveDeployment {
    if (endpoint?.paused) throw paused(endpoint.name);
    if (deployment !== undefined) {
      const named = endpoint?.deployments.find((each) => each.row.name === deployment && each.row.mode === 'live');
      if (named) return named;
      throw new AppError(404, `No deployment “${deployment.slice(0, 100)}” of this endpoint takes requests.`, { code: 'not_found' });
    }
    const shares = endpoint?.deployments.map((live) => ({ live, weight: live.row.weight })) ?? [];
    const single = shares.length === 1 && shares[0]!.weight > 0;
    const picked = single ? shares[0]! : pick(shares, stickyKey === undefined ? Math.random() : placeOf(endpoint!.id, stickyKey));
    if (!picked)
      throw new AppError(503, 'No deployment of this endpoint takes requests now.', { code: 'endpoint_unavailable', headers: { 'retry-after': '2' } });
    return picked.live;
  }

  /** Scores rows. Throws 400 naming row and column, 503 when the endpoint cannot answer now, 504 over time. */
  async score(endpoint: LiveEndpoint | undefined, call: ScoreCall): Promise<ScoreAnswer> {
    const started = performance.now();
    const live = this.route(endpoint, call);
    const { row } = live;
    try {
      const read = call.read(row.signature);
      const batch = 'rowCount' in read ? read : await inSlices(read);
      const scored = await live.score(batch, call.timeout);
      const milliseconds = performance.now() - started;
      const answer: ScoreAnswer = { ...scored, deployment: row.name, signature: row.signature, rowCount: batch.rowCount, milliseconds };
      this.#count(live, answer);
      this.observe({ live, endpointName: endpoint!.name, batch, answer, requestId: call.requestId });
      this.#mirror(endpoint!, live, batch, answer);
      return answer;
    } catch (error) {
      const byCaller = error instanceof AppError && error.status < 500;
      const totals = this.#traffic.totals(row.id);
      this.#traffic.now(row).failed(byCaller);
      totals.requests++;
      if (byCaller) totals.refused++;
      else {
        totals.errors++;
        live.window.add(this.#now(), null);
      }
      throw error;
    }
  }

  #count(live: LiveDeployment, { rowCount, milliseconds, queueMilliseconds, computeMilliseconds, together }: ScoreAnswer): void {
    const totals = this.#traffic.totals(live.row.id);
    totals.requests++;
    totals.rows += rowCount;
    totals.batches += 1 / together;
    totals.milliseconds += milliseconds;
    totals.queueMilliseconds += queueMilliseconds;
    totals.computeMilliseconds += computeMilliseconds;
    this.#traffic.now(live.row).answered({ rows: rowCount, total: milliseconds, queue: queueMilliseconds, compute: computeMilliseconds });
    live.window.add(this.#now(), milliseconds);
  }

  /** After the answer, and of no consequence for it. */
  #mirror(endpoint: LiveEndpoint, live: LiveDeployment, batch: Batch, answer: ScoreAnswer): void {
    for (const shadow of endpoint.deployments) {
      if (shadow.row.mode !== 'shadow' || shadow.pending >= SHADOW_WAITS) continue;
      setImmediate(() => void this.#shadow(shadow, live, batch, answer));
    }
  }

  async #shadow(shadow: LiveDeployment, live: LiveDeployment, batch: Batch, answer: ScoreAnswer): Promise<void> {
    const { row } = shadow;
    const started = performance.now();
    try {
      const scored = await shadow.score(refit(batch, live.row.signature.inputs, row.signature.inputs));
      this.#count(shadow, { ...scored, deployment: row.name, signature: row.signature, rowCount: batch.rowCount, milliseconds: performance.now() - started });
      const found = compareAnswers(
        { columns: answer.signature.outputs, outputs: answer.outputs },
        { columns: row.signature.outputs, outputs: scored.outputs },
        batch.rowCount,
      );
      const traffic = this.#traffic.now(row);
      traffic.compared += found.compared;
      traffic.equal += found.equal;
      traffic.difference += found.difference;
    } catch {
      this.#traffic.now(row).failed(false);
      this.#traffic.totals(row.id).errors++;
    }
  }
}

const paused = (name: string): AppError =>
  new AppError(
    503,
    `The endpoint “${name}” is paused and answers nobody. It is resumed on its page, or by PATCH /api/v1/endpoints/${name} with {"paused": false}.`,
    {
      code: 'endpoint_paused',
    },
  );
