import { iso } from '../assets/pages.ts';
import type { Database } from '../db/client.ts';
import { FIRING_COLUMNS, firingView, type Firing, type FiringRow } from './schedule-view.ts';

export interface GridQuery {
  readonly limit: number;
  readonly backfillId?: string;
  /** Firings before this slot and moment; of the page before. */
  readonly before?: { readonly at: number; readonly id: string };
}
/** Firings, the newest first, and how each step of their runs stands. */
export interface SlotGrid {
  readonly steps: readonly { readonly node: string; readonly name: string }[];
  readonly items: readonly (Firing & { readonly states: Readonly<Record<string, string>> })[];
  /** Where the next page begins. */
  readonly next: { readonly at: number; readonly id: string } | null;
}

/** Time by step: a column for each firing of a schedule, a row for each step of the pipeline. */
export function slotGrid({ $client }: Database, scheduleId: string, { limit, backfillId, before }: GridQuery): SlotGrid {
  const rows = $client
    .prepare<{ schedule: string; backfill: string | null; at: number | null; id: string | null; limit: number }, FiringRow>(
      `SELECT ${FIRING_COLUMNS} FROM schedule_firings WHERE schedule_id = @schedule AND (@backfill IS NULL OR backfill_id = @backfill)
       AND (@at IS NULL OR slot < @at OR (slot = @at AND id < @id)) ORDER BY slot DESC, id DESC LIMIT @limit`,
    )
    .all({ schedule: scheduleId, backfill: backfillId ?? null, at: before?.at ?? null, id: before?.id ?? null, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const stepsOf = $client.prepare<[string], { node: string; name: string; status: string; position: number }>(
    'SELECT node, name, status, position FROM steps WHERE run_id = ? ORDER BY position',
  );
  const steps = new Map<string, string>();
  const items = shown.map((row) => {
    const states: Record<string, string> = {};
    for (const { node, name, status } of row.run_id === null ? [] : stepsOf.all(row.run_id)) {
      states[node] = status;
      if (!steps.has(node)) steps.set(node, name);
    }
    return { ...firingView(row), slot: iso(row.slot), states };
  });
  const last = shown.at(-1);
  return {
    steps: [...steps].map(([node, name]) => ({ node, name })),
    items,
    next: rows.length > limit && last ? { at: last.slot, id: last.id } : null,
  };
}
