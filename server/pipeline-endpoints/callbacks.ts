import type { Logger } from 'pino';
import { iso } from '../assets/pages.ts';
import type { SecretBox } from '../auth/secrets.ts';
import { parseAddress, reasonOf, send } from '../connections/request.ts';
import type { Database } from '../db/client.ts';
import type { RunSummary } from '../executor/run-types.ts';
import { jitterOf } from '../scheduler/slots.ts';
import type { Clock, Timer } from '../scheduler/clock.ts';
import { sign } from './signature.ts';

/** What was told, or is still to be told, when a run ended. */
export interface Delivery {
  readonly id: string;
  readonly runId: string;
  readonly state: 'waiting' | 'due' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly status: number | null;
  readonly detail: string | null;
  readonly createdAt: string;
}

export interface CallbacksParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly box: SecretBox;
  readonly allowedHosts: readonly string[];
  readonly summary: (workspaceId: string, runId: string) => RunSummary;
}

interface DueRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly endpointId: string;
  readonly endpointName: string;
  readonly runId: string;
  readonly attempts: number;
  readonly url: string | null;
  readonly secret: string | null;
  readonly enabled: number;
}

const MINUTE = 60;
/** Seconds between attempts; after the last one it is given up. */
export const PAUSES = [5, 30, 2 * MINUTE, 10 * MINUTE, 60 * MINUTE, 3 * 60 * MINUTE, 8 * 60 * MINUTE, 24 * 60 * MINUTE];
const AT_A_TIME = 4;
const ANSWER_MILLISECONDS = 15_000;
/** Deliveries that are kept of an endpoint once they are done. */
const KEPT = 200;

/** Tells the callback addresses of pipeline endpoints that runs have ended. What is to be told is in the database until it is done. */
export class Callbacks {
  readonly #parts: CallbacksParts;
  readonly #sending = new Map<string, Promise<void>>();
  readonly #sql;
  readonly #end = new AbortController();
  #timer: Timer | null = null;

  constructor(parts: CallbacksParts) {
    this.#parts = parts;
    const { $client } = parts.db;
    const columns = `d.id, d.workspace_id AS workspaceId, d.endpoint_id AS endpointId, e.name AS endpointName, d.run_id AS runId, d.attempts,
      e.callback_url AS url, e.callback_secret AS secret, e.callback_enabled AS enabled`;
    this.#sql = {
      due: $client.prepare<[number], DueRow>(
        `SELECT ${columns} FROM callback_deliveries d JOIN pipeline_endpoints e ON e.id = d.endpoint_id
         WHERE d.state IN ('waiting', 'due') AND d.state = 'due' AND d.next_at <= ? ORDER BY d.next_at LIMIT 20`,
      ),
      next: $client
        .prepare<[number], number | null>(`SELECT min(next_at) FROM callback_deliveries WHERE state IN ('waiting', 'due') AND state = 'due' AND next_at > ?`)
        .pluck(),
      settle: $client.prepare('UPDATE callback_deliveries SET state = ?, attempts = ?, next_at = ?, status = ?, detail = ? WHERE id = ?'),
      disable: $client.prepare('UPDATE pipeline_endpoints SET callback_enabled = 0 WHERE id = ?'),
      prune: $client.prepare(
        `DELETE FROM callback_deliveries WHERE endpoint_id = @id AND state IN ('delivered', 'failed')
         AND created_at < (SELECT created_at FROM callback_deliveries WHERE endpoint_id = @id ORDER BY created_at DESC LIMIT 1 OFFSET ${KEPT})`,
      ),
      list: $client.prepare<[string, number], Omit<Delivery, 'nextAt' | 'createdAt'> & { nextAt: number | null; createdAt: number }>(
        `SELECT id, run_id AS runId, state, attempts, next_at AS nextAt, status, detail, created_at AS createdAt FROM callback_deliveries
         WHERE endpoint_id = ? ORDER BY created_at DESC, id DESC LIMIT ?`,
      ),
    };
  }

  /** Sends what is due and sets the timer for what comes next. */
  look(): void {
    if (this.#end.signal.aborted) return;
    this.#timer?.cancel();
    const { clock } = this.#parts;
    const now = clock.now();
    for (const row of this.#sql.due.all(now)) {
      if (this.#sending.size >= AT_A_TIME) break;
      if (this.#sending.has(row.id)) continue;
      const sent = this.#send(row).finally(() => {
        this.#sending.delete(row.id);
        this.look();
      });
      this.#sending.set(row.id, sent);
    }
    const next = this.#sql.next.get(now);
    if (next != null) this.#timer = clock.setTimer(next, () => this.look());
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending.values());
  }

  /** Breaks off what is on its way; it is sent again at the next start. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#timer?.cancel();
    await this.idle();
  }

  list(endpointId: string, limit: number): Delivery[] {
    return this.#sql.list
      .all(endpointId, limit)
      .map((row) => ({ ...row, nextAt: row.nextAt === null ? null : iso(row.nextAt), createdAt: iso(row.createdAt) }));
  }

  async #send(row: DueRow): Promise<void> {
    const { log } = this.#parts;
    if (row.url === null || row.secret === null || row.enabled === 0) return this.#settle(row, 'failed', null, null, 'There is no callback address any more.');
    try {
      const { status, retryAfter } = await this.#post(row, row.url, row.secret);
      if (status >= 200 && status < 300) return this.#settle(row, 'delivered', null, status, null);
      if (status === 410) {
        this.#sql.disable.run(row.endpointId);
        return this.#settle(row, 'failed', null, status, 'The address is gone for good (410), so callbacks are off.');
      }
      this.#again(row, status, `The address answered ${status}.`, retryAfter);
    } catch (error) {
      if (this.#end.signal.aborted) return;
      log.debug({ err: error, delivery: row.id }, 'a callback could not be delivered');
      this.#again(row, null, reasonOf(error), 0);
    }
    this.#sql.prune.run({ id: row.endpointId });
  }

  async #post(row: DueRow, address: string, secret: string): Promise<{ status: number; retryAfter: number }> {
    const { clock, box, allowedHosts } = this.#parts;
    const body = this.#bodyOf(row);
    const timestamp = Math.floor(clock.now() / 1_000);
    const response = await send(parseAddress(address), {
      allowedHosts,
      method: 'POST',
      signal: AbortSignal.any([this.#end.signal, AbortSignal.timeout(ANSWER_MILLISECONDS)]),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'webhook-id': row.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': sign(box.unseal(secret), { id: row.id, timestamp, body }),
      },
      body: Buffer.from(body),
    });
    response.destroy();
    const wait = Number(response.headers['retry-after']);
    return { status: response.statusCode ?? 0, retryAfter: Number.isFinite(wait) ? Math.max(0, wait) : 0 };
  }

  #bodyOf({ workspaceId, runId, endpointId, endpointName }: DueRow): string {
    const run = this.#parts.summary(workspaceId, runId);
    const { id, number, status, pipelineId, pipelineName, headline, startedAt, finishedAt, milliseconds, error } = run;
    return JSON.stringify({
      type: `run.${status}`,
      timestamp: finishedAt ?? iso(this.#parts.clock.now()),
      data: {
        endpoint: { id: endpointId, name: endpointName },
        run: { id, number, url: `/runs/${id}`, status, pipelineId, pipelineName, headline, startedAt, finishedAt, milliseconds, error },
      },
    });
  }

  #again(row: DueRow, status: number | null, detail: string, retryAfter: number): void {
    const pause = PAUSES[row.attempts];
    if (pause === undefined) return this.#settle(row, 'failed', null, status, `${detail} Given up after ${row.attempts + 1} attempts.`);
    const wait = Math.max(pause * 1_000 + jitterOf(row.id, row.attempts, Math.ceil(pause / 5)), Math.min(retryAfter, 86_400) * 1_000);
    this.#settle(row, 'due', this.#parts.clock.now() + wait, status, detail);
  }

  #settle(row: DueRow, state: 'due' | 'delivered' | 'failed', nextAt: number | null, status: number | null, detail: string | null): void {
    this.#sql.settle.run(state, row.attempts + 1, nextAt, status, detail, row.id);
  }
}
