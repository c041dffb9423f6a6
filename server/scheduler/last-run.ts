import type { Database } from '../db/client.ts';
import type { Runs } from '../executor/runs.ts';
import type { LastRun } from './schedule-view.ts';

/** Finds the newest run that a schedule or trigger started. */
export function lastRunStartedBy(db: Database, runs: Pick<Runs, 'summary'>): LastRun {
  const newest = db.$client
    .prepare<[string, string], string>('SELECT id FROM runs WHERE workspace_id = ? AND started_by_id = ? ORDER BY number DESC LIMIT 1')
    .pluck();
  return (workspaceId, startedById) => {
    const id = newest.get(workspaceId, startedById);
    return id === undefined ? null : runs.summary(workspaceId, id);
  };
}
