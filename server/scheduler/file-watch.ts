import { and, eq } from '../db/drizzle.ts';
import type { Connections } from '../connections/connections.ts';
import type { Database } from '../db/client.ts';
import { schedules, type WatchedFiles } from '../db/schema.ts';
import type { Automation } from './automation.ts';
import type { Clock } from './clock.ts';
import type { ScheduleRow } from './schedule-view.ts';

export interface FileWatchParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly connections: Pick<Connections, 'fingerprint'>;
  readonly automation: Automation;
}

/** Sources that are asked at a time. */
const MOST_ASKED = 2;
/** Paths that an event names. */
const MOST_NAMED = 20;

/** What is new or different; what is gone starts nothing. */
export function changedPaths(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  return Object.keys(after).filter((path) => before[path] !== after[path]);
}

/** Asks connections again and again what their files look like, in step processes, and tells of what changed. */
export class FileWatch {
  readonly #parts: FileWatchParts;
  readonly #asking = new Map<string, Promise<void>>();
  readonly #end = new AbortController();

  constructor(parts: FileWatchParts) {
    this.#parts = parts;
  }

  /** Asks those whose turn it is; gives when the next one has its turn. `again` is called when an answer is there. */
  look(again: () => void): number {
    const { db, clock } = this.#parts;
    const now = clock.now();
    let next = Infinity;
    const watching = and(eq(schedules.enabled, true), eq(schedules.eventKind, 'files'));
    for (const row of db.select().from(schedules).where(watching).all()) {
      if (row.timing.kind !== 'event' || row.timing.event.kind !== 'files' || this.#asking.has(row.id)) continue;
      const pause = row.timing.event.everySeconds * 1_000;
      // A clock that was turned back makes nobody wait longer.
      const due = row.watched === null ? now : Math.min(row.watched.at, now) + pause;
      if (due > now) next = Math.min(next, due);
      else if (this.#asking.size < MOST_ASKED) {
        const asked = this.#ask(row).finally(() => {
          this.#asking.delete(row.id);
          if (!this.#end.signal.aborted) again();
        });
        this.#asking.set(row.id, asked);
      }
    }
    return next;
  }

  /** Resolves when every source that is being asked has answered. */
  async idle(): Promise<void> {
    while (this.#asking.size > 0) await Promise.all(this.#asking.values());
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.idle();
  }

  async #ask(row: ScheduleRow): Promise<void> {
    const { db, clock, connections, automation } = this.#parts;
    if (row.timing.kind !== 'event' || row.timing.event.kind !== 'files') return;
    const { connection, path } = row.timing.event;
    let states: WatchedFiles['states'] = row.watched?.states ?? null;
    let error: string | null = null;
    let changed: string[] = [];
    try {
      const found = await connections.fingerprint(row.workspaceId, connection, path, this.#end.signal);
      changed = states === null ? [] : changedPaths(states, found);
      states = found;
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    }
    if (this.#end.signal.aborted) return;
    db.transaction((tx) => {
      const { changes } = tx
        .update(schedules)
        .set({ watched: { at: clock.now(), states, error } })
        // It may have been changed meanwhile, and then begins anew.
        .where(and(eq(schedules.id, row.id), eq(schedules.updatedAt, row.updatedAt)))
        .run();
      if (changes === 0 || changed.length === 0) return;
      automation.emit({
        workspaceId: row.workspaceId,
        kind: 'files',
        subject: row.id,
        data: { path: changed[0], paths: changed.slice(0, MOST_NAMED), count: changed.length },
      });
    });
  }
}
