import type { Assets, Catalog } from '#nodes/kit/define.ts';
import type { ModelSpec } from '#nodes/kit/kinds.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PlacedIssue } from './check.ts';
import type { PipelineDocument } from './document.ts';
import { graphOf, topologicalOrder } from './graph.ts';
import { propagate, type Observed } from './propagate.ts';
import { runningPart } from './running.ts';
import { batchDocument } from './scoring/batch.ts';
import { labelAtSource, requestColumns, withoutLabel } from './scoring/columns.ts';
import { inferenceDocument } from './scoring/document.ts';
import type { InferenceResult, Place, Stage } from './scoring/types.ts';
import { atScoring, nameOf, Refusal, walkData, walkModel, wiredInputs, type FoundStage, type Walker } from './scoring/walk.ts';

export { readInference } from './scoring/document.ts';
export type { InferenceResult, Place, ProofPlaces, Scoring, Stage } from './scoring/types.ts';

export interface InferenceOptions {
  readonly catalog: Catalog;
  readonly assets: Assets;
  readonly observed?: Observed;
  /** The node id of a Train Model or Score Model; needed when the pipeline trains several models. */
  readonly model?: string;
  /** `real-time` (the usual) answers requests, `batch` runs over a dataset. */
  readonly as?: 'real-time' | 'batch';
}

/**
 * Turns a training pipeline into an inference pipeline: walks from the model's data back to the data source and asks each node type what it
 * becomes at scoring. Nothing is run. What cannot be served is refused with `scoring_refused` on the node that is the reason, and the way out.
 */
export function createInference(document: PipelineDocument, { catalog, assets, observed, model, as = 'real-time' }: InferenceOptions): InferenceResult {
  const walker: Walker = { graph: graphOf(runningPart(document, catalog).running), catalog, states: propagate(document, { catalog, assets, observed }) };
  try {
    if (document.kind === 'inference') throw new Refusal(null, 'This is an inference pipeline already. Deploy it.');
    const candidates = chooseModels(walker, model);
    let refused: Refusal | null = null;
    for (const candidate of candidates) {
      try {
        return convert(document, walker, candidate, as === 'batch' ? batchDocument : inferenceDocument);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused ??= error;
      }
    }
    throw refused ?? new Refusal(null, 'Nothing here can be served.');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { document: null, stages: [], input: null, source: null, trained: null, proof: null, issues: [error.issue] };
  }
}

/** A model with the data that shows how rows come to it. */
interface Candidate {
  readonly trained: Place;
  /** The Score Model node, or null when only the training shows the way. */
  readonly score: string | null;
  readonly data: Place;
}

function chooseModels(walker: Walker, chosen: string | undefined): Candidate[] {
  const { order } = topologicalOrder(walker.graph);
  const being = (as: 'train' | 'score') => order.filter((id) => atScoring(walker, id)?.as === as);
  if (chosen !== undefined) {
    const as = atScoring(walker, chosen)?.as;
    if (as === 'score') return [fromScore(walker, chosen)];
    if (as === 'train') return fromTrain(walker, chosen, being('score'));
    if (!walker.graph.nodes.has(chosen)) throw new Refusal(null, `There is no node “${chosen}”. Select a Train Model or Score Model node.`);
    throw new Refusal(chosen, `“${nameOf(walker, chosen)}” neither trains nor scores. Select a Train Model or Score Model node.`);
  }
  const trains = being('train');
  if (trains.length === 1) return fromTrain(walker, trains[0]!, being('score'));
  if (trains.length > 1) {
    throw new Refusal(
      null,
      `This pipeline trains ${trains.length} models (${trains.map((id) => `“${nameOf(walker, id)}”`).join(', ')}). Select the Train Model or Score Model node of the one to serve.`,
    );
  }
  const scores = being('score');
  if (scores.length === 1) return [fromScore(walker, scores[0]!)];
  throw new Refusal(
    null,
    scores.length === 0 ? 'This pipeline trains no model. Add Train Model, and run the pipeline once.' : 'Select the Score Model node of the model to serve.',
  );
}

function fromScore(walker: Walker, score: string): Candidate {
  const model = wiredInputs(walker, score, 'model')[0];
  const data = wiredInputs(walker, score, 'table')[0];
  if (!model) throw new Refusal(score, `“${nameOf(walker, score)}” has no model. Connect a Train Model node.`);
  if (!data) throw new Refusal(score, `“${nameOf(walker, score)}” has no data. Connect its input.`);
  return { trained: walkModel(walker, model.from), score, data: data.from };
}

function fromTrain(walker: Walker, train: string, scores: readonly string[]): Candidate[] {
  const found = scores.flatMap((score) => {
    try {
      const candidate = fromScore(walker, score);
      return candidate.trained.node === train ? [candidate] : [];
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  });
  if (found.length > 0) return found;
  const data = wiredInputs(walker, train, 'table')[0];
  const ports = walker.catalog[walker.graph.nodes.get(train)!.type]!.outputs as Record<string, { kind: string }>;
  const port = Object.keys(ports).find((name) => ports[name]!.kind === 'model');
  if (!data || port === undefined) throw new Refusal(train, `“${nameOf(walker, train)}” has no data. Connect its input.`);
  return [{ trained: { node: train, port }, score: null, data: data.from }];
}

function convert(document: PipelineDocument, walker: Walker, { trained, score, data }: Candidate, draw: typeof inferenceDocument): InferenceResult {
  const { source, stages: found, notes } = walkData(walker, data);
  const table = walker.states.get(source.node)?.outputs[source.port] as TableSchema | undefined;
  if (!table || table.open)
    throw new Refusal(
      source.node,
      `The columns of “${nameOf(walker, source.node)}” are not known yet. Run the pipeline once, then create the inference pipeline.`,
    );
  const label = labelOf(walker, trained);
  const sourceLabel = label === undefined ? undefined : labelAtSource(found, label);
  const clean = sourceLabel === undefined ? [...found] : withoutLabel(found, sourceLabel);
  const stages = clean.flatMap(toStage);
  const input = requestColumns(table, clean, sourceLabel);
  if (input.columns.length === 0) throw new Refusal(source.node, 'No column is left for a request beside the label. Keep at least one feature.');
  const scoring = { stages, input, source, trained, proof: proofPlaces(found, data) };
  const issues: PlacedIssue[] = [...notes];
  return { document: draw(document, walker, scoring, { score, label }), ...scoring, issues };
}

function labelOf(walker: Walker, trained: Place): string | undefined {
  const spec = walker.states.get(trained.node)?.outputs[trained.port] as ModelSpec | undefined;
  const label = spec?.label ?? spec?.signature?.label?.name ?? walker.states.get(trained.node)?.params?.label;
  return typeof label === 'string' && label !== '' ? label : undefined;
}

function toStage(stage: FoundStage): Stage[] {
  if (stage.as === 'identity') return [];
  if (stage.as === 'graph') return [{ node: stage.node, as: 'graph', from: stage.from }];
  return stage.steps.length === 0 ? [] : [{ node: stage.node, as: 'columns', steps: stage.steps }];
}

/** Rows are the same ones, in order, from the first change to the last, unless something between them takes rows away or treats its own apart. */
function proofPlaces(found: readonly FoundStage[], end: Place) {
  const first = found.findIndex((stage) => stage.as !== 'identity');
  if (first < 0) return { raw: end, prepared: end };
  const last = found.findLastIndex((stage) => stage.as !== 'identity');
  const oneToOne = found.slice(first, last).every((stage) => stage.as !== 'identity') && !found.some((stage) => stage.as === 'graph' && stage.ownRowsDiffer);
  return { raw: found[first]!.before, prepared: oneToOne ? (found[last + 1]?.before ?? end) : null };
}
