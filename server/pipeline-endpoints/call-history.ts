import { iso } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { StartedRun } from '../executor/run-types.ts';
import type { Clock } from '../scheduler/clock.ts';

/** A call and what was answered; without secrets, and without the values that it gave. */
export interface CallView {
  readonly id: number;
  readonly at: string;
  /** The name of a token, or `signature`. */
  readonly caller: string | null;
  readonly version: number | null;
  readonly status: number;
  readonly code: string | null;
  readonly detail: string | null;
  readonly runId: string | null;
  readonly runNumber: number | null;
  readonly parameters: readonly string[];
}

/** Calls that are kept of an endpoint, at least; now and then the older ones go. */
const KEPT = 500;
const PRUNE_EACH = 256;
/** Refused calls of an endpoint that are written down in a minute. */
const REFUSED_A_MINUTE = 60;

export class CallHistory {
  readonly #clock: Clock;
  readonly #sql;
  readonly #refused = new Map<string, { minute: number; count: number }>();
  readonly #written = new Map<string, number>();

  constructor({ $client }: Database, clock: Clock) {
    this.#clock = clock;
    this.#sql = {
      insert: $client.prepare(
        `INSERT INTO pipeline_endpoint_calls (workspace_id, endpoint_id, caller, version, status, code, detail, run_id, run_number, parameters, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      prune: $client.prepare(
        `DELETE FROM pipeline_endpoint_calls WHERE endpoint_id = @id
         AND id <= coalesce((SELECT id FROM pipeline_endpoint_calls WHERE endpoint_id = @id ORDER BY id DESC LIMIT 1 OFFSET ${KEPT}), 0)`,
      ),
      list: $client.prepare<[string, number], Omit<CallView, 'at' | 'parameters'> & { at: number; parameters: string }>(
        `SELECT id, created_at AS at, caller, version, status, code, detail, run_id AS runId, run_number AS runNumber, parameters
         FROM pipeline_endpoint_calls WHERE endpoint_id = ? ORDER BY id DESC LIMIT ?`,
      ),
    };
  }

  /** Call it in the transaction that makes the run. */
  accepted(
    endpoint: { readonly id: string; readonly workspaceId: string },
    { caller, version, run, parameters }: { caller: string; version: number | null; run: StartedRun; parameters: readonly string[] },
  ): void {
    this.#sql.insert.run(
      endpoint.workspaceId,
      endpoint.id,
      caller,
      version,
      202,
      null,
      null,
      run.id,
      run.number,
      JSON.stringify(parameters),
      this.#clock.now(),
    );
    const written = (this.#written.get(endpoint.id) ?? 0) + 1;
    this.#written.set(endpoint.id, written % PRUNE_EACH);
    if (written === PRUNE_EACH) this.#sql.prune.run({ id: endpoint.id });
  }

  refused(
    endpoint: { readonly id: string; readonly workspaceId: string },
    { caller, version, error, parameters }: { caller: string; version: number | null; error: unknown; parameters: readonly string[] },
  ): void {
    const now = this.#clock.now();
    const minute = Math.floor(now / 60_000);
    const before = this.#refused.get(endpoint.id);
    const count = before?.minute === minute ? before.count + 1 : 1;
    this.#refused.set(endpoint.id, { minute, count });
    if (count > REFUSED_A_MINUTE) return;
    const { status = 500, code = null } = error instanceof AppError ? error : {};
    const detail = error instanceof AppError ? error.message.slice(0, 500) : 'The server met an error.';
    this.#sql.insert.run(endpoint.workspaceId, endpoint.id, caller, version, status, code, detail, null, null, JSON.stringify(parameters), now);
    this.#sql.prune.run({ id: endpoint.id });
  }

  list(endpointId: string, limit: number): CallView[] {
    return this.#sql.list.all(endpointId, limit).map((row) => ({ ...row, at: iso(row.at), parameters: JSON.parse(row.parameters) as string[] }));
  }
}
