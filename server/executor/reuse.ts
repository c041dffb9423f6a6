import type { AnyNode } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { PlacedIssue } from '#pipelines/check.ts';
import type { NodePin } from '#pipelines/document.ts';
import { portOf } from '#pipelines/look-up.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import { whyRun, type StepParts } from '#pipelines/signature.ts';
import type { LiveStep, Reuse } from './live-step.ts';
import type { ArtifactRecord, Outputs, RunRecords } from './run-records.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';
import { mayReuse, type StepKey } from './step-key.ts';

/**
 * An earlier result that will do: of a pinned step what it is pinned to, of a resumed run any step with the same key, else what the cache holds, unless the step is forced or not
 * deterministic. Whether its files are sound is not looked at here.
 */
export function findReuse({ records }: RunWorld, run: LiveRunFacts, step: LiveStep, { key }: StepKey): Reuse | null {
  const { pin } = step.planned;
  if (pin) {
    const outputs = pinnedOutputs(records, run.workspaceId, pin);
    return outputs && { outputs, runNumber: pin.run, milliseconds: null };
  }
  if (run.resumeOf !== null) {
    const done = records.finishedStep(run.resumeOf, step.planned.node, key);
    if (done) return { outputs: records.outputs(done.id), runNumber: done.reusedFrom ?? done.runNumber, milliseconds: done.milliseconds };
  }
  if (!mayReuse(step.definition, step.planned.params) || (run.force && step.planned.needed)) return null;
  const hit = records.lookup(run.workspaceId, key);
  return hit ? { outputs: records.outputs(hit.stepId), runNumber: hit.runNumber, milliseconds: hit.milliseconds } : null;
}

/** What a pinned step gives; null when one of its artifacts is gone. */
export function pinnedOutputs(records: RunRecords, workspaceId: string, pin: NodePin): Outputs | null {
  const outputs = Object.entries(pin.outputs).map(([port, hash]) => [port, records.artifact(workspaceId, hash)] as const);
  return outputs.every((each): each is [string, ArtifactRecord] => each[1] !== undefined) ? new Map(outputs) : null;
}

/** Why a pinned step cannot take what it is pinned to, for people; null when it can. */
export function whyNotPinned(records: RunRecords, workspaceId: string, { node, pin }: PlannedStep, definition: AnyNode | undefined): PlacedIssue | null {
  if (!pin) return null;
  const outputs = pinnedOutputs(records, workspaceId, pin);
  const fits = outputs !== null && [...outputs].every(([port, { kind }]) => portOf(definition, 'outputs', port)?.kind === kind);
  if (fits) return null;
  return { ...problem('pin_missing', `The pinned result of run ${pin.run} is gone. Unpin the node, so that it runs again.`), node };
}

/** The parts that a key was made of. */
export function partsOf(records: RunRecords, workspaceId: string, key: string | null | undefined): StepParts | null {
  const canonical = key ? records.canonicalOf(workspaceId, key) : undefined;
  return canonical === undefined ? null : (JSON.parse(canonical) as StepParts);
}

/** Why a step runs, for people. */
export function whyItRuns({ records }: RunWorld, run: LiveRunFacts, step: LiveStep, key: StepKey, known: string | null): string {
  if (known !== null) return known;
  const previous = partsOf(records, run.workspaceId, records.newestGood(run.pipelineId, step.planned.node)?.key);
  const options = { deterministic: mayReuse(step.definition, step.planned.params), force: run.force && step.planned.needed, definition: step.definition };
  return whyRun(previous, key.parts, options) ?? 'the earlier result is gone';
}

/** The steps of a run that gave one of its steps an artifact and would give it again. */
export function makersOf(steps: ReadonlyMap<string, LiveStep>, { planned, key }: LiveStep, hash: string): string[] {
  const gave = Object.entries(planned.inputs).flatMap(([port, { node }]) => (key?.inputs.get(port)?.hash === hash ? (steps.get(node) ?? []) : []));
  return gave.filter((maker) => mayReuse(maker.definition, maker.planned.params)).map((maker) => maker.planned.node);
}
