import { criticalPath, expectedEnds, type CriticalPath } from '#pipelines/critical-path.ts';
import { isFinal, type Status } from '#pipelines/events.ts';
import type { Run, Step } from '../api-types.ts';
import type { Attempt } from './step-events.ts';

/** A stretch of a lane, in milliseconds since the run began. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: 'wait' | 'retried' | 'run';
}
/** One step on the time axis. */
export interface Lane {
  readonly step: Step;
  readonly bars: readonly Bar[];
  /** Where a running step should end by what it took last time; null when that is past or not known. */
  readonly expected: number | null;
  /** Where a step without length stands: reused, skipped, cancelled before it began. */
  readonly mark: number | null;
  readonly critical: boolean;
}
export interface Timeline {
  readonly lanes: readonly Lane[];
  /** The end of the axis. */
  readonly end: number;
  /** How far the run has come. */
  readonly now: number;
  /** When the running run should end; null when it ended or nothing of it ran before. */
  readonly expected: number | null;
  readonly path: CriticalPath;
}

const time = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

/** The steps of a run on a time axis that begins when the run did. Steps stand in the order in which they began; those that have not, last. */
export function timelineOf(run: Run, attempts: ReadonlyMap<string, readonly Attempt[]>, now: number): Timeline {
  const begin = time(run.startedAt) ?? time(run.createdAt)!;
  const active = !isFinal(run.status);
  const timed = run.steps.map((step) => ({
    node: step.node,
    needs: step.needs,
    startedAt: runs(step) && step.status !== 'queued' ? (attempts.get(step.node)?.[0]?.from ?? time(step.startedAt)) : null,
    finishedAt: time(step.finishedAt),
    readyAt: time(step.readyAt),
    compute: step.compute,
    expectedMilliseconds: step.expectedMilliseconds,
    final: isFinal(step.status),
  }));
  const path = criticalPath(timed, { begin, now: Math.max(begin, now) });
  const critical = new Set(path.nodes);
  const guessed = active && timed.some((step) => !step.final && step.expectedMilliseconds !== null);
  const expectedEnd = guessed ? Math.max(...expectedEnds(timed, now).values()) - begin : null;
  const lanes = run.steps.map((step) => laneOf(step, attempts.get(step.node) ?? [], { begin, now, critical: critical.has(step.node) }));
  lanes.sort((a, b) => begun(a) - begun(b) || waiting(a) - waiting(b));
  const last = Math.max(time(run.finishedAt) ?? 0, ...timed.map((step) => step.finishedAt ?? 0), active ? now : 0) - begin;
  return { lanes, end: Math.max(1, last, expectedEnd ?? 0), now: Math.max(0, last), expected: expectedEnd, path };
}

const LATE = Number.MAX_SAFE_INTEGER;
const begun = (lane: Lane): number => lane.bars.find((each) => each.kind !== 'wait')?.from ?? lane.mark ?? LATE;
const waiting = (lane: Lane): number => lane.bars[0]?.from ?? LATE;

/** It took time of its own. */
const runs = ({ status, startedAt }: Step): boolean => startedAt !== null && status !== 'reused' && status !== 'skipped';

function laneOf(step: Step, attempts: readonly Attempt[], { begin, now, critical }: { begin: number; now: number; critical: boolean }): Lane {
  const [ready, started, finished] = [time(step.readyAt), time(step.startedAt), time(step.finishedAt)];
  const waitsNow = step.status === 'queued';
  if (!runs(step)) {
    const bars: Bar[] = ready !== null && waitsNow ? [bar('wait', ready, now, begin)] : [];
    return { step, bars, expected: null, mark: isFinal(step.status) && finished !== null ? finished - begin : null, critical: false };
  }
  const tries = attempts.length > 0 ? attempts : [{ from: started!, to: waitsNow ? started : finished, failed: waitsNow }];
  const bars: Bar[] = [];
  let free = ready ?? tries[0]!.from;
  for (const [at, attempt] of tries.entries()) {
    if (attempt.from > free) bars.push(bar('wait', free, attempt.from, begin));
    const over = at < tries.length - 1 || (waitsNow && attempt.failed);
    bars.push(bar(over ? 'retried' : 'run', attempt.from, attempt.to ?? now, begin));
    free = attempt.to ?? now;
  }
  if (waitsNow && now > free) bars.push(bar('wait', free, now, begin));
  const running = !waitsNow && !isFinal(step.status);
  const expected = running && step.expectedMilliseconds !== null ? tries.at(-1)!.from + step.expectedMilliseconds : null;
  return { step, bars, expected: expected !== null && expected > now ? expected - begin : null, mark: null, critical };
}

const bar = (kind: Bar['kind'], start: number, end: number, begin: number): Bar => ({ kind, from: start - begin, to: Math.max(start, end) - begin });

/** How long a lane's step waited in all, in milliseconds. */
export const waited = ({ bars }: Lane): number => bars.reduce((sum, each) => sum + (each.kind === 'wait' ? each.to - each.from : 0), 0);

/** How a bar that ran is drawn. */
export const toneOf = (status: Status): 'good' | 'bad' | 'busy' | 'quiet' =>
  status === 'succeeded' ? 'good' : status === 'failed' || status === 'crashed' ? 'bad' : isFinal(status) ? 'quiet' : 'busy';
