import { difference, type DocumentDifference } from './diff.ts';
import type { PipelineDocument } from './document.ts';
import type { ArtifactSummary, Status } from './events.ts';
import { deepEqual } from './equal.ts';

/** What a run tells, as far as two are compared. */
export interface ComparedRun {
  readonly document: PipelineDocument;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly steps: readonly ComparedStep[];
}
export interface ComparedStep {
  readonly node: string;
  readonly name: string;
  readonly type: string;
  readonly status: Status;
  readonly milliseconds: number | null;
  readonly outputs: readonly ArtifactSummary[];
}
/** One step in both runs; null where a run does not have it. */
export interface StepPair {
  readonly node: string;
  readonly before: ComparedStep | null;
  readonly after: ComparedStep | null;
  /** The tables that both gave at a port. */
  readonly tables: readonly { readonly port: string; readonly before: ArtifactSummary; readonly after: ArtifactSummary; readonly same: boolean }[];
  /** Whether everything that both gave is equal to the byte; null when they have no output in common. */
  readonly same: boolean | null;
}
export interface ParameterPair {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}
export interface RunComparison {
  readonly difference: DocumentDifference;
  /** Pipeline parameters that were set otherwise. */
  readonly parameters: readonly ParameterPair[];
  readonly steps: readonly StepPair[];
}

/** Two runs laid beside each other: the documents as they ran, what they were started with, and step by step what came out. */
export function compareRuns(before: ComparedRun, after: ComparedRun): RunComparison {
  const names = [...new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)])].sort();
  const value = (run: ComparedRun, name: string): unknown => (Object.hasOwn(run.parameters, name) ? run.parameters[name] : undefined);
  const old = new Map(before.steps.map((step) => [step.node, step]));
  const now = new Map(after.steps.map((step) => [step.node, step]));
  const gone = before.steps.filter(({ node }) => !now.has(node));
  return {
    difference: difference(before.document, after.document),
    parameters: names.map((name) => ({ name, before: value(before, name), after: value(after, name) })).filter((pair) => !deepEqual(pair.before, pair.after)),
    steps: [...after.steps, ...gone].map(({ node }) => pairOf(node, old.get(node) ?? null, now.get(node) ?? null)),
  };
}

function pairOf(node: string, before: ComparedStep | null, after: ComparedStep | null): StepPair {
  const common = (after?.outputs ?? []).flatMap((output) => {
    const earlier = before?.outputs.find(({ port }) => port === output.port);
    return earlier ? [{ port: output.port, before: earlier, after: output, same: earlier.hash === output.hash }] : [];
  });
  return {
    node,
    before,
    after,
    tables: common.filter((each) => each.before.kind === 'table' && each.after.kind === 'table'),
    same: common.length === 0 ? null : common.every((each) => each.same),
  };
}
