import type { Database } from '#server/db/client.ts';

/**
 * Deletes a run with all that belongs to it. Results that another run holds too stay reusable: the cache then names that run's step.
 */
export function removeRun({ $client }: Database, id: string): void {
  $client
    .transaction(() => {
      $client
        .prepare(
          `UPDATE step_cache SET (step_id, run_number) =
             (SELECT s.id, s.run_number FROM steps s WHERE s.workspace_id = step_cache.workspace_id AND s.key = step_cache.key AND s.run_id <> @id AND s.status IN ('succeeded', 'reused') LIMIT 1)
           WHERE step_id IN (SELECT id FROM steps WHERE run_id = @id)
             AND EXISTS (SELECT 1 FROM steps s WHERE s.workspace_id = step_cache.workspace_id AND s.key = step_cache.key AND s.run_id <> @id AND s.status IN ('succeeded', 'reused'))`,
        )
        .run({ id });
      $client.prepare('DELETE FROM runs WHERE id = ?').run(id);
    })
    .immediate();
}
