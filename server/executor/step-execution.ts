import { availableParallelism } from 'node:os';
import type { Effect } from '#nodes/kit/context.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { attempt, type AttemptEnd } from './attempt.ts';
import type { LiveStep } from './live-step.ts';
import type { ArtifactFile } from './messages.ts';
import { fileOf, type ArtifactRecord } from './run-records.ts';
import type { EffectContext, EffectHandlers, PreparedEffect } from './run-types.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';
import type { StepReport } from './step-pool.ts';

/** What the execution of a step needs of its run. */
export interface ExecutionHost {
  readonly world: RunWorld;
  readonly run: LiveRunFacts;
  readonly document: PipelineDocument;
  readonly headline: () => string | null;
  outputOf(node: string, port: string): ArtifactRecord | undefined;
  /** Output ports of a step whose tables are read by queries alone. */
  lazyPortsOf(step: LiveStep): readonly string[];
  /** The longest that one attempt may take, in milliseconds. */
  limitOf(step: LiveStep): number;
  report(step: LiveStep, report: StepReport): void;
  freeSlots(step: LiveStep): void;
}

export const LONGEST_TIMER = 2 ** 31 - 1;

/** Has the compute carry out one attempt of a step, and writes into the step how it ended. */
export async function executeStep(host: ExecutionHost, step: LiveStep): Promise<AttemptEnd> {
  const { world, run } = host;
  const compute = step.compute!;
  const limits = compute.adapter.capabilities();
  const { slots, memoryMegabytes } = step.policy;
  const { controller, timer } = begin(host, step);
  const end = await attempt({
    world,
    compute,
    run,
    threads: Math.min(availableParallelism(), limits.threads * slots),
    memoryBytes: memoryMegabytes === null ? limits.memoryBytes : Math.min(limits.memoryBytes, memoryMegabytes * 2 ** 20),
    step: step.planned,
    key: step.key!,
    stepId: `${run.origin}.${step.planned.node}`,
    attemptId: `${step.id}.${step.leaseNo}`,
    signal: controller.signal,
    lazyPorts: host.lazyPortsOf(step),
    report: (report) => host.report(step, report),
    prepareEffect: (effect, input) => prepareEffect(host, effect, step, input),
    onFree: () => {
      host.freeSlots(step);
      world.offer();
    },
  });
  clearTimeout(timer);
  host.freeSlots(step);
  const timedOut = end.type === 'stopped' && step.timedOut;
  Object.assign(step, {
    end,
    controller: null,
    usage: null,
    milliseconds: Math.round((performance.now() - step.startedTicks) * 100) / 100,
    error: timedOut
      ? { code: 'time_exhausted', message: `The step took longer than the ${Math.round(host.limitOf(step) / 1_000)} seconds that it may take.` }
      : 'error' in end
        ? end.error
        : null,
  } satisfies Partial<LiveStep>);
  return end;
}

function begin({ world, limitOf }: ExecutionHost, step: LiveStep): { controller: AbortController; timer: NodeJS.Timeout } {
  const controller = new AbortController();
  const fresh = { end: null, error: null, timedOut: false, milliseconds: null } satisfies Partial<LiveStep>;
  Object.assign(step, { controller, startedAt: world.now(), startedTicks: performance.now(), ...fresh } satisfies Partial<LiveStep>);
  const stop = (): void => {
    step.timedOut = true;
    controller.abort();
  };
  const timer = setTimeout(stop, Math.min(LONGEST_TIMER, limitOf(step)));
  timer.unref();
  return { controller, timer };
}

const prepare = <T extends Effect['type']>(effects: EffectHandlers, effect: Extract<Effect, { type: T }>, context: EffectContext) =>
  effects[effect.type as T](effect, context);

function prepareEffect(host: ExecutionHost, effect: Effect, step: LiveStep, input: ArtifactFile): Promise<PreparedEffect> | PreparedEffect {
  const { store, effects } = host.world;
  const { workspaceId, pipelineId, id, number } = host.run;
  const context: EffectContext = {
    workspaceId,
    pipelineId,
    runId: id,
    runNumber: number,
    node: step.planned.node,
    document: host.document,
    input,
    headline: host.headline(),
    artifact: (node, port) => {
      const record = host.outputOf(node, port);
      return record && fileOf(record, store.pathOf(record.hash));
    },
  };
  return prepare(effects, effect, context);
}
