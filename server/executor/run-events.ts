import type { Database } from '#server/db/client.ts';
import { isFinal, type NewRunEvent, type RunEvent } from '#pipelines/events.ts';

const PAGE = 500;

/** Hears of the end of a run inside the transaction that ends it. */
export type OnRunEnded = (workspaceId: string, runId: string, status: string) => void;

/** Stores the events of runs and wakes those who follow them. */
export class RunEvents {
  readonly #insert;
  readonly #page;
  readonly #last;
  readonly #status;
  readonly #followers = new Map<string, Set<() => void>>();
  readonly #onEnded: OnRunEnded;

  constructor(db: Database, onEnded: OnRunEnded = () => {}) {
    this.#onEnded = onEnded;
    const { $client } = db;
    this.#insert = $client.prepare('INSERT INTO run_events (workspace_id, run_id, seq, at, type, node, data) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#page = $client.prepare<[string, number, number], { seq: number; at: number; data: string }>(
      'SELECT seq, at, data FROM run_events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#last = $client.prepare<[string], number | null>('SELECT max(seq) FROM run_events WHERE run_id = ?').pluck();
    this.#status = $client.prepare<[string], string>('SELECT status FROM runs WHERE id = ?').pluck();
  }

  /** Writes one event; call it inside the transaction of the change that it tells of, and `wake` after the commit. */
  write(workspaceId: string, runId: string, seq: number, at: number, event: NewRunEvent): void {
    this.#insert.run(workspaceId, runId, seq, at, event.type, 'node' in event ? event.node : null, JSON.stringify(event));
    if (event.type === 'run' && isFinal(event.status)) this.#onEnded(workspaceId, runId, event.status);
  }

  /** The number of the newest event; 0 when there is none. */
  lastSeq(runId: string): number {
    return this.#last.get(runId) ?? 0;
  }

  read(runId: string, after: number, limit: number = PAGE): RunEvent[] {
    return this.#page.all(runId, after, limit).map(({ seq, at, data }) => ({ ...(JSON.parse(data) as NewRunEvent), seq, at }) as RunEvent);
  }

  wake(runId: string): void {
    for (const follower of this.#followers.get(runId) ?? []) follower();
  }

  /** The events after `after`, those of the past first, then as they happen; ends when the run has ended, or is gone, or on abort. */
  async *follow(runId: string, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    let woken = Promise.withResolvers<void>();
    const wake = (): void => woken.resolve();
    const followers = this.#followers.get(runId) ?? new Set();
    this.#followers.set(runId, followers.add(wake));
    signal.addEventListener('abort', wake, { once: true });
    try {
      let seq = after;
      while (!signal.aborted) {
        woken = Promise.withResolvers<void>();
        // The status first: whatever it says, all events up to it are then readable.
        const status = this.#status.get(runId);
        const events = this.read(runId, seq);
        for (const event of events) {
          if (signal.aborted) return;
          yield event;
          seq = event.seq;
        }
        if (events.length === PAGE) continue;
        if (status === undefined || isFinal(status as Parameters<typeof isFinal>[0])) return;
        if (events.length === 0) await woken.promise;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      followers.delete(wake);
      if (followers.size === 0 && this.#followers.get(runId) === followers) this.#followers.delete(runId);
    }
  }
}
