import type { Compute } from '#server/compute/computes.ts';
import type { LiveRun } from './live-run.ts';
import type { LiveStep } from './live-step.ts';
import type { WaitingStep } from './run-types.ts';

export interface ComputeStep {
  readonly runId: string;
  readonly runNumber: number;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly node: string;
  readonly name: string;
  readonly slots: number;
}
export interface RunningStep extends ComputeStep {
  readonly startedAt: string;
  readonly residentBytes: number;
  readonly cpuMilliseconds: number;
}
export interface QueuedStep extends ComputeStep {
  /** When all that it needs was there. */
  readonly since: string | null;
  readonly place: number;
}
export interface ComputeLoad {
  readonly used: number;
  readonly waiting: number;
  readonly residentBytes: number;
  readonly running: readonly RunningStep[];
  readonly queue: readonly QueuedStep[];
}

export interface ComputeCounts {
  readonly waiting: number;
  /** Null while steps run of which none has been measured yet. */
  readonly residentBytes: number | null;
}

interface Place {
  readonly run: LiveRun;
  readonly step: LiveStep;
}

/**
 * The steps that wait for a compute, in about the order in which they will get slots: it moves while others begin and end. `most` = so many from
 * the front are enough; a run can have no more of them than that.
 */
function lineFor(compute: Compute, runs: Iterable<LiveRun>, most = Infinity): Place[] {
  const ranked = [...runs].flatMap((run) => {
    const working = run.working.length;
    const waiting = run.waiting.filter((step) => step.compute === compute);
    return waiting.slice(0, most).map((step, rank) => ({ run, step, rank: rank + working }));
  });
  return ranked.toSorted((one, other) => other.run.priority - one.run.priority || one.rank - other.rank || one.run.number - other.run.number);
}

/** The places of a run's steps that wait for slots, by node. */
export function waitingSteps(run: LiveRun, runs: Iterable<LiveRun>): Map<string, WaitingStep> {
  const all = [...runs];
  const places = new Map<string, WaitingStep>();
  for (const compute of new Set(run.waiting.map((step) => step.compute!))) {
    const line = lineFor(compute, all);
    for (const [index, { run: other, step }] of line.entries())
      if (other === run) places.set(step.planned.node, { compute: compute.name, place: index + 1, of: line.length });
  }
  return places;
}

/** What a compute does now, and what waits for it; of the line no more than `most`. */
export function loadOf(compute: Compute, runs: Iterable<LiveRun>, most: number): ComputeLoad {
  const all = [...runs];
  const line = lineFor(compute, all, most);
  const running = all.flatMap((run) =>
    run.working
      .filter((step) => step.compute === compute)
      .map((step): RunningStep => {
        const { residentBytes = 0, cpuMilliseconds = 0 } = step.usage ?? {};
        return { ...placeOf({ run, step }), startedAt: new Date(step.startedAt).toISOString(), residentBytes, cpuMilliseconds };
      }),
  );
  return {
    used: compute.slots.used,
    waiting: countLoads(all).get(compute)?.waiting ?? 0,
    residentBytes: running.reduce((sum, step) => sum + step.residentBytes, 0),
    running,
    queue: line.slice(0, most).map(({ run, step }, index): QueuedStep => {
      const since = step.readyAt === null ? null : new Date(step.readyAt).toISOString();
      return { ...placeOf({ run, step }), since, place: index + 1 };
    }),
  };
}

/** How much waits for each compute, and the memory of what runs there: a single pass that puts nothing in order. */
export function countLoads(runs: Iterable<LiveRun>): ReadonlyMap<Compute, ComputeCounts> {
  const counts = new Map<Compute, { waiting: number; residentBytes: number | null }>();
  const of = ({ compute }: LiveStep): { waiting: number; residentBytes: number | null } => {
    const found = counts.get(compute!) ?? { waiting: 0, residentBytes: null };
    counts.set(compute!, found);
    return found;
  };
  for (const run of runs) {
    for (const step of run.waiting) of(step).waiting++;
    for (const step of run.working) {
      const found = of(step);
      if (step.usage) found.residentBytes = (found.residentBytes ?? 0) + step.usage.residentBytes;
    }
  }
  return counts;
}

const placeOf = ({ run, step }: Place): ComputeStep => ({
  runId: run.facts.id,
  runNumber: run.number,
  pipelineId: run.pipelineId,
  pipelineName: run.name,
  node: step.planned.node,
  name: step.name,
  slots: step.policy.slots,
});
