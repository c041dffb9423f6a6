import type { Catalog, Ports } from '#nodes/kit/define.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { Paused } from '#pipelines/paused.ts';
import { plan, type PlannedStep, type Scope } from '#pipelines/plan.ts';
import type { AnySpec, Observed } from '#pipelines/propagate.ts';
import { whyRun } from '#pipelines/signature.ts';
import type { PinnedAssets, PinnedInputs } from '#server/db/schema.ts';
import { withGiven } from './given-results.ts';
import type { ArtifactMeta } from './messages.ts';
import { partsOf, pinnedOutputs, whyNotPinned } from './reuse.ts';
import type { ArtifactRecord, Outputs, RunRecords } from './run-records.ts';
import type { PlanView } from './run-types.ts';
import { mayReuse, keyOf } from './step-key.ts';
import type { Store } from '#server/store/store.ts';
import type { WorkspaceAssets } from './workspace-assets.ts';

export interface ForecastWorld {
  readonly catalog: Catalog;
  readonly records: RunRecords;
  readonly assets: WorkspaceAssets;
  readonly store: Store;
}
export interface ForecastRequest {
  readonly workspaceId: string;
  readonly pipelineId: string;
  readonly document: PipelineDocument;
  readonly scope: Scope;
  readonly force: boolean;
  /** What is given of the nodes outside the scope; what is not comes from their newest results. */
  readonly inputs?: PinnedInputs;
  /** Counts on steps that are not deterministic to give again what they gave last. */
  readonly optimistic?: boolean;
}
interface Forecast {
  readonly step: PlannedStep;
  readonly view: Omit<PlanView, 'compute'>;
  /** The result that holds for the document as it stands, be it reused or made anew. */
  readonly current: Outputs | null;
}

const reasonOf = ({ node, pin }: PlannedStep, { given = {} }: PinnedAssets): string => {
  const from = pin!.run === 0 ? 'an upload' : `run ${pin!.run}`;
  return Object.hasOwn(given, node) ? `given by ${from}` : `pinned result of ${from}`;
};

/** What a run would do, step by step, without starting it; pauses after each step. */
export function* forecasting(
  { catalog, records, assets, store }: ForecastWorld,
  { workspaceId, pipelineId, document, scope, force, inputs = {}, optimistic = false }: ForecastRequest,
): Paused<Forecast[]> {
  const { steps: written } = plan(document, catalog, scope);
  const { pinned } = assets.pin({ workspaceId, pipelineId, force }, written, catalog);
  const steps = withGiven(written, pinned);
  const planned = new Set(steps.map((step) => step.node));
  const names = new Map(document.nodes.map((node) => [node.id, node.name || catalog[node.type]?.title || node.type]));
  const reused = new Map<string, Outputs>();
  const outside = (node: string): Outputs | undefined => {
    const newest = planned.has(node) ? undefined : records.newestGood(pipelineId, node);
    return newest && records.outputs(newest.id);
  };
  const disabled = new Set(document.nodes.filter((node) => node.disabled).map((node) => node.id));
  /** Where an input changed, whether that is since a node before it is disabled. */
  const withDisabled = (node: string, reason: string): string => {
    const before = disabled.size > 0 && reason.startsWith('input ') ? document.edges.filter(({ from, to }) => to.node === node && disabled.has(from.node)) : [];
    return [reason, ...new Set(before.map(({ from }) => `"${names.get(from.node)}" is disabled`))].join('; ');
  };
  const forecastOf = (step: PlannedStep): Forecast => {
    const definition = catalog[step.type];
    const newest = records.newestGood(pipelineId, step.node);
    const options = { deterministic: mayReuse(definition, step.params), force: force && step.needed, definition };
    const runs = (reason: string, current: Outputs | null): Forecast => ({
      step,
      current,
      view: { node: step.node, will: 'run', reason, lastMilliseconds: newest?.milliseconds ?? null },
    });
    const runsBefore = (node: string): Forecast => runs(`"${names.get(node)}" runs before it`, null);
    if (step.pin) {
      const outputs = whyNotPinned(records, workspaceId, step, definition) === null ? pinnedOutputs(records, workspaceId, step.pin) : null;
      if (!outputs) return runs('the pinned result is gone', null);
      reused.set(step.node, outputs);
      return { step, current: outputs, view: { node: step.node, will: 'reuse', reason: reasonOf(step, pinned), lastMilliseconds: null } };
    }
    const changed = Object.values(step.inputs).find(({ node }) => planned.has(node) && !reused.has(node));
    if (changed) return runsBefore(changed.node);
    const key = keyOf(step, catalog, pinned, (node, port): ArtifactRecord | undefined => {
      const pinned = inputs[node]?.[port];
      return pinned === undefined ? (reused.get(node) ?? outside(node))?.get(port) : records.artifact(workspaceId, pinned);
    });
    if ('missing' in key) return runsBefore(key.missing.node);
    const hit = records.lookup(workspaceId, key.key);
    const outputs = hit ? records.outputs(hit.stepId) : newest?.key === key.key ? records.outputs(newest.id) : null;
    if (optimistic && outputs) reused.set(step.node, outputs);
    if (!hit || !options.deterministic || options.force)
      return runs(withDisabled(step.node, whyRun(partsOf(records, workspaceId, newest?.key), key.parts, options) ?? 'the earlier result is gone'), outputs);
    // Its size tells most damage without reading the file; a run looks closer.
    if ([...outputs!.values()].some(({ hash, bytes }) => store.bytesOf(hash) !== bytes)) return runs('the earlier result was damaged', null);
    reused.set(step.node, outputs!);
    return { step, current: outputs, view: { node: step.node, will: 'reuse', reason: `result of run ${hit.runNumber}`, lastMilliseconds: hit.milliseconds } };
  };
  const forecasts: Forecast[] = [];
  for (const step of steps) {
    forecasts.push(forecastOf(step));
    yield;
  }
  return forecasts;
}

/**
 * The true specs of the results that hold for the document as it stands. What was made with other parameters or inputs does not count: it
 * would hide what `infer` knows better.
 */
export function* observing(world: ForecastWorld, request: Omit<ForecastRequest, 'scope' | 'force' | 'inputs' | 'optimistic'>): Paused<Observed> {
  const observed: Record<string, Record<string, AnySpec>> = {};
  for (const { step, current } of yield* forecasting(world, { ...request, scope: { kind: 'all' }, force: false, optimistic: true })) {
    if (!current) continue;
    const ports = world.catalog[step.type]?.outputs as Ports | undefined;
    const specs = [...current].filter(([port]) => ports?.[port] !== undefined).map(([port, { meta }]) => [port, specOf(meta)] as const);
    observed[step.node] = Object.fromEntries(specs);
  }
  return observed;
}

function specOf(meta: ArtifactMeta): AnySpec {
  switch (meta.kind) {
    case 'table':
      return meta.schema;
    case 'learner':
      return meta.spec;
    case 'model':
      return { task: meta.signature.task, label: meta.signature.label?.name, signature: meta.signature };
    case 'transform':
      return { signature: meta.signature };
    case 'report':
      return { report: meta.report } as AnySpec;
    default:
      return {};
  }
}
