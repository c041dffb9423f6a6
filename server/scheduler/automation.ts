import type { Database } from '../db/client.ts';
import type { Clock } from './clock.ts';
import type { Due } from './settle.ts';

/** Something that happened and that schedules may wait for. */
export interface AutomationEvent {
  readonly workspaceId: string;
  readonly kind: 'dataset' | 'pipeline' | 'files' | 'alert';
  /** What it happened to: a dataset's name, a pipeline's id, a schedule's id (of watched files), or what an alert is about. */
  readonly subject: string;
  /** What parameters may refer to as `${{event.…}}`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The run that made it happen. */
  readonly runId?: string | null;
}

const FAILED = ['failed', 'crashed'];

/** Takes events in, and the ends of runs. Only what a schedule listens to is kept. */
export class Automation {
  readonly #clock: Clock;
  readonly #db: Database;
  readonly #sql;
  /** Called some time after anything happened that may start something. */
  changed: () => void = () => {};
  #soon = false;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    const { $client } = db;
    this.#sql = {
      listens: $client
        .prepare<[string, string, string], 1>(
          `SELECT 1 FROM schedules WHERE workspace_id = ? AND event_kind = ? AND (event_subject = ? OR event_subject = '') LIMIT 1`,
        )
        .pluck(),
      insert: $client.prepare('INSERT INTO automation_events (workspace_id, kind, subject, data, created_at) VALUES (?, ?, ?, ?, ?)'),
      after: $client.prepare<{ workspaceId: string; kind: string; subject: string; id: number }, { id: number; data: string; created_at: number }>(
        `SELECT id, data, created_at FROM automation_events WHERE workspace_id = @workspaceId AND kind = @kind AND (subject = @subject OR @subject = '') AND id > @id ORDER BY id LIMIT 1000`,
      ),
      depth: $client.prepare<[string], number | null>(`SELECT event ->> 'depth' FROM schedule_firings WHERE run_id = ?`).pluck(),
      ended: $client.prepare<[string, string], { schedule_id: string; backfill_id: string | null }>(
        'UPDATE schedule_firings SET run_status = ? WHERE run_id = ? RETURNING schedule_id, backfill_id',
      ),
      good: $client.prepare('UPDATE schedules SET failures = 0 WHERE id = ? AND failures > 0'),
      failed: $client.prepare('UPDATE schedules SET failures = failures + 1 WHERE id = ?'),
      pause: $client.prepare(
        `UPDATE schedules SET enabled = 0, paused_reason = failures || CASE failures WHEN 1 THEN ' run' ELSE ' runs in a row' END || ' failed.'
         WHERE id = ? AND enabled = 1 AND pause_after > 0 AND failures >= pause_after`,
      ),
      drop: $client.prepare(
        `UPDATE schedule_firings SET outcome = 'dropped', detail = 'The schedule was paused.' WHERE schedule_id = ? AND outcome = 'waiting' AND backfill_id IS NULL`,
      ),
      run: $client.prepare<[string], { pipeline_id: string; number: number }>('SELECT pipeline_id, number FROM runs WHERE id = ?'),
      callbacks: $client.prepare(`UPDATE callback_deliveries SET state = 'due', next_at = ? WHERE run_id = ? AND state = 'waiting'`),
      prune: $client.prepare('DELETE FROM automation_events WHERE created_at < ?'),
    };
  }

  /** Tells of an event; inside a transaction it is kept if and only if that is. */
  emit({ workspaceId, kind, subject, data, runId = null }: AutomationEvent): void {
    if (kind !== 'files' && this.#sql.listens.get(workspaceId, kind, subject) === undefined) return;
    const depth = runId === null ? 0 : Number(this.#sql.depth.get(runId) ?? -1) + 1;
    this.#sql.insert.run(workspaceId, kind, subject, JSON.stringify({ ...data, depth }), this.#clock.now());
    this.#wake();
  }

  /** Call it in the transaction that ends a run. */
  runEnded(workspaceId: string, runId: string, status: string): void {
    const firing = this.#sql.ended.get(status, runId);
    if (firing && firing.backfill_id === null) {
      if (status === 'succeeded') this.#sql.good.run(firing.schedule_id);
      else if (FAILED.includes(status)) this.failed(firing.schedule_id);
    }
    const { changes } = this.#sql.callbacks.run(this.#clock.now(), runId);
    if (status === 'succeeded') {
      const run = this.#sql.run.get(runId);
      if (run) this.emit({ workspaceId, kind: 'pipeline', subject: run.pipeline_id, data: { runId, runNumber: run.number }, runId });
    }
    if (firing || changes > 0) this.#wake();
  }

  /** Counts a run that failed, or that could not start, and pauses the schedule when it was one too many. */
  failed(scheduleId: string): void {
    this.#sql.failed.run(scheduleId);
    if (this.#sql.pause.run(scheduleId).changes > 0) this.#sql.drop.run(scheduleId);
  }

  /** What happened after the event with this number, the oldest first. */
  after(workspaceId: string, kind: string, subject: string, id: number): Due[] {
    return this.#sql.after.all({ workspaceId, kind, subject, id }).map((row) => ({
      key: `event:${row.id}`,
      slot: row.created_at,
      at: row.created_at,
      event: JSON.parse(row.data) as Record<string, unknown>,
    }));
  }

  /** Forgets events that are older than any catch-up goes back. */
  prune(): void {
    this.#sql.prune.run(this.#clock.now() - 31 * 86_400_000);
  }

  #wake(): void {
    if (this.#soon) return;
    this.#soon = true;
    setImmediate(() => {
      this.#soon = false;
      if (this.#db.$client.open) this.changed();
    });
  }
}
