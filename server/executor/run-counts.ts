import type { RunCounts } from '#server/db/schema.ts';
import type { Phase } from './core.ts';

/** How many steps are in which state; `waiting`, `preparing`, `ready` and `resting` are queued to people. */
export function countSteps(phases: readonly Phase[]): RunCounts {
  const counts = { total: phases.length, succeeded: 0, reused: 0, failed: 0, skipped: 0, running: 0, queued: 0, cancelled: 0, crashed: 0 };
  for (const phase of phases) {
    if (phase === 'waiting' || phase === 'preparing' || phase === 'ready' || phase === 'resting') counts.queued++;
    else if (phase === 'running' || phase === 'stopping') counts.running++;
    else counts[phase]++;
  }
  return counts;
}
