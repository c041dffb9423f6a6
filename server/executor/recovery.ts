import type { Database } from '#server/db/client.ts';
import type { ArtifactSummary, Status, StepError } from '#pipelines/events.ts';
import type { RunEvents } from './run-events.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { policiesOf, type RunPolicy } from '#pipelines/policy.ts';

interface LostStep {
  readonly id: string;
  readonly node: string;
  readonly status: Status;
  readonly attempt: number;
  readonly crashes: number;
}
interface OpenRun {
  readonly id: string;
  readonly number: number;
  readonly pipelineId: string;
  readonly priority: number;
  readonly status: Status;
}

/** A restart takes one attempt more than a crash of a step: it is more likely ours. */
const MORE_OVER_RESTARTS = 1;
const blank = { milliseconds: null, reason: null, error: null, outputs: [] as ArtifactSummary[], reusedFrom: null };

/** Settles what a server left when it ended: its leases are void, since its processes are gone. */
export class Recovery {
  readonly #db: Database;
  readonly #events: RunEvents;
  readonly #now: () => number;

  constructor(db: Database, events: RunEvents, now: () => number) {
    this.#db = db;
    this.#events = events;
    this.#now = now;
  }

  /** The runs that have not ended, oldest first. */
  open(): OpenRun[] {
    return this.#db.$client
      .prepare(`SELECT id, number, pipeline_id AS pipelineId, priority, status FROM runs WHERE status IN ('queued', 'running', 'cancelling') ORDER BY number`)
      .all() as OpenRun[];
  }

  /** Steps that were running are queued again, or have crashed if that happened too often. One transaction. */
  settle(runId: string): void {
    const { $client } = this.#db;
    $client
      .transaction(() => {
        const { workspaceId, document, policy } = $client
          .prepare('SELECT r.workspace_id AS workspaceId, v.document, r.policy FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?')
          .get(runId) as { workspaceId: string; document: string; policy: string };
        const policies = policiesOf(JSON.parse(document) as PipelineDocument, JSON.parse(policy) as RunPolicy);
        const lost = $client
          .prepare(`SELECT id, node, status, attempt, crashes FROM steps WHERE run_id = ? AND status IN ('running', 'cancelling')`)
          .all(runId) as LostStep[];
        const change = $client.prepare(
          `UPDATE steps SET status = @status, lease_no = lease_no + 1, lease_owner = NULL, lease_until = NULL, finished_at = @finishedAt, error = @error, crashes = crashes + 1
           WHERE id = @id AND status = @from`,
        );
        let seq = this.#events.lastSeq(runId);
        for (const { id, node, status: from, attempt, crashes } of lost) {
          const again = from === 'cancelling' || crashes < policies.get(node)!.crashRetries + MORE_OVER_RESTARTS;
          const error: StepError | null = again
            ? null
            : { code: 'step_crashed', message: 'The server ended each time while this step ran. Look for what it needs: memory is the usual cause.' };
          const status: Status = again ? 'queued' : 'crashed';
          change.run({ id, status, from, finishedAt: again ? null : this.#now(), error: error && JSON.stringify(error) });
          this.#events.write(workspaceId, runId, ++seq, this.#now(), {
            type: 'step',
            node,
            status,
            attempt,
            ...blank,
            error,
            reason: again ? 'the server was restarted' : null,
          });
        }
      })
      .immediate();
  }

  /** Ends a run that cannot be taken up at all, so that it does not stand in the way of the others. */
  quarantine(runId: string): void {
    const { $client } = this.#db;
    const error: StepError = { code: 'step_crashed', message: 'The server cannot take up this run again; its log says why. Start a new run.' };
    const now = this.#now();
    $client
      .transaction(() => {
        const row = $client
          .prepare(
            `UPDATE runs SET status = 'crashed', finished_at = ?, error = ? WHERE id = ? AND status IN ('queued', 'running', 'cancelling') RETURNING workspace_id AS workspaceId`,
          )
          .get(now, JSON.stringify(error), runId) as { workspaceId: string } | undefined;
        if (!row) return;
        let seq = this.#events.lastSeq(runId);
        const open = $client
          .prepare(`SELECT node, attempt FROM steps WHERE run_id = ? AND status IN ('queued', 'running', 'cancelling')`)
          .all(runId) as LostStep[];
        $client
          .prepare(
            `UPDATE steps SET status = 'cancelled', lease_owner = NULL, finished_at = ? WHERE run_id = ? AND status IN ('queued', 'running', 'cancelling')`,
          )
          .run(now, runId);
        for (const { node, attempt } of open)
          this.#events.write(row.workspaceId, runId, ++seq, now, { type: 'step', node, status: 'cancelled', attempt, ...blank });
        this.#events.write(row.workspaceId, runId, ++seq, now, { type: 'run', status: 'crashed', error });
        $client
          .prepare(
            `UPDATE runs SET counts = json_set(counts, '$.queued', 0, '$.running', 0, '$.cancelled', json_extract(counts, '$.cancelled') + ?) WHERE id = ?`,
          )
          .run(open.length, runId);
      })
      .immediate();
    this.#events.wake(runId);
  }
}
