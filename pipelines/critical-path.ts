/** When a step of a run was ready, began and ended, in milliseconds since 1970; null = not yet, or not known. */
export interface TimedStep {
  readonly node: string;
  /** The nodes whose steps it waits for. */
  readonly needs: readonly string[];
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** When all that it needs was there; with `compute` it tells whose slot it waited for. */
  readonly readyAt?: number | null;
  readonly compute?: string | null;
}

export interface CriticalPath {
  /** The chain that the run's length hangs on, first step first. */
  readonly nodes: readonly string[];
  /** From the run's begin to the end of the chain, in milliseconds: its steps and the waits between them. */
  readonly milliseconds: number;
  /** Of that, the time in which a step of the chain ran. */
  readonly busy: number;
  /** The step of the chain that took longest. */
  readonly slowest: { readonly node: string; readonly milliseconds: number; readonly saves: number } | null;
}

const NOTHING: CriticalPath = { nodes: [], milliseconds: 0, busy: 0, slowest: null };

/**
 * The longest chain of steps by when they ended: from the last one to end back to the one that each of them waited for longest, be it a need or,
 * where all needs were there, the step of the same compute that left its slot to it. `begin` is when the run began; a step that still runs counts
 * as ending at `now`; steps that never began are left out. `slowest.saves` says how much shorter the longest chain of needs would be at most if
 * that step took no time. n log n in steps, linear in needs.
 */
export function criticalPath(steps: readonly TimedStep[], { begin, now }: { begin: number; now: number }): CriticalPath {
  const timed = new Map(steps.filter((step) => step.startedAt !== null).map((step) => [step.node, step]));
  const endOf = (step: TimedStep): number => Math.max(step.startedAt!, step.finishedAt ?? now);
  const last = [...timed.values()].reduce<TimedStep | null>((latest, step) => (latest && endOf(latest) >= endOf(step) ? latest : step), null);
  if (!last) return NOTHING;
  const leaving = Map.groupBy(
    [...timed.values()].sort((a, b) => endOf(a) - endOf(b)),
    (step) => step.compute ?? null,
  );
  const chain: TimedStep[] = [];
  const seen = new Set<string>();
  for (let step: TimedStep | null = last; step && !seen.has(step.node);) {
    seen.add(step.node);
    chain.push(step);
    const need: TimedStep | null = step.needs.reduce<TimedStep | null>((latest, node) => {
      const each = timed.get(node);
      return each && (!latest || endOf(each) > endOf(latest)) ? each : latest;
    }, null);
    step = leftSlotTo(step, leaving.get(step.compute ?? null) ?? [], endOf) ?? need;
  }
  chain.reverse();
  const tookOf = (step: TimedStep): number => endOf(step) - step.startedAt!;
  const longest = chain.reduce((most, step) => (tookOf(step) > tookOf(most) ? step : most));
  const saves = tookOf(longest) === 0 ? 0 : longestChain(timed, tookOf) - longestChain(timed, (step) => (step === longest ? 0 : tookOf(step)));
  return {
    nodes: chain.map(({ node }) => node),
    milliseconds: Math.max(0, endOf(last) - begin),
    busy: chain.reduce((sum, step) => sum + tookOf(step), 0),
    slowest: tookOf(longest) === 0 ? null : { node: longest.node, milliseconds: tookOf(longest), saves },
  };
}

/** The step of the same compute that ended last while the given one was ready and waited; `leaving` by when they ended. */
function leftSlotTo(step: TimedStep, leaving: readonly TimedStep[], endOf: (step: TimedStep) => number): TimedStep | null {
  const { compute, readyAt, startedAt } = step;
  if (compute == null || readyAt == null || startedAt! <= readyAt) return null;
  let [low, high] = [0, leaving.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endOf(leaving[middle]!) <= startedAt!) low = middle + 1;
    else high = middle;
  }
  const left = leaving[low - 1];
  return left && left !== step && endOf(left) > readyAt ? left : null;
}

/** The length of the longest chain when each step takes what `tookOf` says and begins when its needs have ended. */
function longestChain(steps: ReadonlyMap<string, TimedStep>, tookOf: (step: TimedStep) => number): number {
  const ends = endsOf(steps, (step, begin) => begin + tookOf(step), 0);
  return Math.max(0, ...ends.values());
}

/** A step of a run that is on its way. */
export interface ExpectedStep extends TimedStep {
  /** What it took when it last ran; null = never ran. */
  readonly expectedMilliseconds: number | null;
  readonly final: boolean;
}

/**
 * When each step is expected to have ended, in milliseconds since 1970, if none has to wait for a slot. A step that takes longer than last time
 * is expected at `now`; one that never ran counts as taking no time, so that the latest of these is the earliest sensible end of the run.
 */
export function expectedEnds(steps: readonly ExpectedStep[], now: number): ReadonlyMap<string, number> {
  return endsOf(
    new Map(steps.map((step) => [step.node, step])),
    (step, begin) => {
      if (step.final) return step.finishedAt ?? begin;
      return Math.max(now, (step.startedAt ?? begin) + (step.expectedMilliseconds ?? 0));
    },
    now,
  );
}

/** The end of each step from the latest end of its needs, `earliest` for one that needs none. Goes deep by a list, not by calls. */
function endsOf<S extends TimedStep>(steps: ReadonlyMap<string, S>, end: (step: S, begin: number) => number, earliest: number): Map<string, number> {
  const ends = new Map<string, number>();
  const open = new Set<string>();
  const stack = [...steps.values()].toReversed();
  for (let step = stack.at(-1); step; step = stack.at(-1)) {
    const missing = ends.has(step.node) ? [] : step.needs.map((node) => steps.get(node)).filter((need) => need && !ends.has(need.node) && !open.has(need.node));
    if (missing.length > 0) {
      open.add(step.node);
      for (const need of missing) stack.push(need!);
      continue;
    }
    stack.pop();
    if (ends.has(step.node)) continue;
    const begin = step.needs.reduce((latest, node) => Math.max(latest, ends.get(node) ?? earliest), earliest);
    ends.set(step.node, end(step, begin));
  }
  return ends;
}
