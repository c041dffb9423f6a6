import { whyRun, type StepParts } from '#pipelines/signature.ts';
import type { LiveStep, Reuse } from './live-step.ts';
import type { RunRecords } from './run-records.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';
import { mayReuse, type StepKey } from './step-key.ts';

/**
 * An earlier result that will do: of a resumed run any step with the same key, else what the cache holds, unless the step is forced or not
 * deterministic. Whether its files are sound is not looked at here.
 */
export function findReuse({ records }: RunWorld, run: LiveRunFacts, step: LiveStep, { key }: StepKey): Reuse | null {
  if (run.resumeOf !== null) {
    const done = records.finishedStep(run.resumeOf, step.planned.node, key);
    if (done) return { outputs: records.outputs(done.id), runNumber: done.reusedFrom ?? done.runNumber, milliseconds: done.milliseconds };
  }
  if (!mayReuse(step.definition, step.planned.params) || (run.force && step.planned.needed)) return null;
  const hit = records.lookup(run.workspaceId, key);
  return hit ? { outputs: records.outputs(hit.stepId), runNumber: hit.runNumber, milliseconds: hit.milliseconds } : null;
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
