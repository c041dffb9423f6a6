import { readColumns, readSteps } from '#nodes/kit/column-texts.ts';
import type { AnyNode, Catalog, Ports } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { Kind, ModelSpec } from '#nodes/kit/kinds.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PlacedIssue } from '../check.ts';
import { FORMAT_VERSION, type DocumentNode, type PipelineDocument } from '../document.ts';
import { freeId } from '../edit/nodes.ts';
import { graphOf } from '../graph.ts';
import { CARD } from '../layout.ts';
import { nodeType } from '../look-up.ts';
import { parseParams } from '../node-params.ts';
import { runningPart } from '../running.ts';
import type { Place, Scoring, Stage } from './types.ts';
import { nameOf, type Walker } from './walk.ts';

export const WEB_SERVICE_INPUT = 'web-service-input';
export const WEB_SERVICE_OUTPUT = 'web-service-output';
export const FITTED_TRANSFORM = 'fitted-transform';
export const COLUMN_CHANGES = 'column-changes';
export const TRAINED_MODEL = 'trained-model';
const SCORE_MODEL = 'score-model';

interface Ends {
  /** The training pipeline's Score Model node, which the inference pipeline shows again. */
  readonly score: string | null;
  readonly label: string | undefined;
}

/** Draws a scoring path as a document of kind `inference`: one line from Web Service Input to Web Service Output, the model at its side. */
export function inferenceDocument(training: PipelineDocument, walker: Walker, scoring: Scoring, { score, label }: Ends): PipelineDocument {
  const { catalog, graph, states } = walker;
  const nodes: DocumentNode[] = [];
  const layout: PipelineDocument['layout'] = {};
  const edges: PipelineDocument['edges'] = [];
  const taken = new Set<string>();
  let level = 0;
  const add = (wish: string, type: string, name: string, params: Record<string, unknown>, column = 0): string => {
    const id = freeId(taken, wish);
    taken.add(id);
    nodes.push({ id, type, version: catalog[type]?.version ?? 1, name, comment: '', params });
    layout[id] = [column * (CARD.width + 68), level * (CARD.height + 32)];
    return id;
  };
  const wire = (from: Place, node: string, port: string) => edges.push({ from, to: { node, port } });

  const { raw, prepared } = scoring.proof;
  const input = add(WEB_SERVICE_INPUT, WEB_SERVICE_INPUT, '', { node: raw.node, port: raw.port, columns: JSON.stringify(scoring.input.columns) });
  let end: Place = { node: input, port: 'data' };
  for (const stage of scoring.stages) {
    level++;
    const name = nameOf(walker, stage.node);
    const id =
      stage.as === 'graph'
        ? add(stage.node, FITTED_TRANSFORM, name, { node: stage.from.node, port: stage.from.port, columns: columnsText(leaving(walker, stage.node), label) })
        : add(stage.node, COLUMN_CHANGES, name, { node: stage.node, steps: JSON.stringify(stage.steps) });
    wire(end, id, 'data');
    end = { node: id, port: 'data' };
  }
  const trainedSpec = states.get(scoring.trained.node)?.outputs[scoring.trained.port] as ModelSpec | undefined;
  const trained = add(
    scoring.trained.node,
    TRAINED_MODEL,
    '',
    { node: scoring.trained.node, port: scoring.trained.port, label: label ?? '', task: trainedSpec?.task ?? 'unknown' },
    1,
  );
  level++;
  const scoreNode = score === null ? undefined : graph.nodes.get(score);
  const scoreType = scoreNode?.type ?? SCORE_MODEL;
  const definition = catalog[scoreType];
  const scored = add(score ?? SCORE_MODEL, scoreType, scoreNode?.name ?? '', { ...scoreNode?.params });
  wire({ node: trained, port: 'model' }, scored, portOfKind(definition, 'inputs', 'model') ?? 'model');
  wire(end, scored, portOfKind(definition, 'inputs', 'table') ?? 'data');
  level++;
  const output = add(WEB_SERVICE_OUTPUT, WEB_SERVICE_OUTPUT, '', prepared === null ? {} : { node: prepared.node, port: prepared.port });
  wire({ node: scored, port: portOfKind(definition, 'outputs', 'table') ?? 'data' }, output, 'data');
  return {
    formatVersion: FORMAT_VERSION,
    name: `${training.name} (inference)`.slice(0, 200),
    description: `Made from “${training.name}”.`,
    kind: 'inference',
    parameters: [],
    nodes,
    edges,
    notes: [],
    layout,
  };
}

function portOfKind(definition: AnyNode | undefined, side: 'inputs' | 'outputs', kind: Kind): string | undefined {
  const ports = (definition?.[side] ?? {}) as Ports;
  return Object.keys(ports).find((name) => ports[name]!.kind === kind);
}

/** The schema that leaves a node of the training pipeline on its first table output. */
function leaving({ graph, catalog, states }: Walker, id: string): TableSchema | undefined {
  const port = portOfKind(catalog[graph.nodes.get(id)!.type], 'outputs', 'table');
  return port === undefined ? undefined : (states.get(id)?.outputs[port] as TableSchema | undefined);
}

function columnsText(schema: TableSchema | undefined, label: string | undefined): string {
  return JSON.stringify(schema?.columns.filter((each) => each.name !== label) ?? []);
}

/** What an inference document says itself, also after it was edited or imported; `scoring` is null when it is not one whole line. */
export function readInference(document: PipelineDocument, catalog: Catalog): { scoring: Scoring | null; issues: readonly PlacedIssue[] } {
  const { running } = runningPart(document, catalog);
  const graph = graphOf(running);
  const refuse = (node: string | null, message: string) => ({ scoring: null, issues: [{ ...problem('scoring_refused', message), node }] });
  const output = running.nodes.find((node) => node.type === WEB_SERVICE_OUTPUT);
  if (!output) return refuse(null, 'There is no Web Service Output. Create the inference pipeline anew from its training pipeline.');
  const before = (id: string, kind: Kind): DocumentNode | undefined => {
    const ports = (nodeType(catalog, graph.nodes.get(id)?.type)?.inputs ?? {}) as Ports;
    const wire = graph.incoming.get(id)?.find((edge) => ports[edge.to.port]?.kind === kind);
    return wire && graph.nodes.get(wire.from.node);
  };
  const score = before(output.id, 'table');
  const model = score && before(score.id, 'model');
  if (!score || model?.type !== TRAINED_MODEL)
    return refuse(score?.id ?? output.id, 'Web Service Output must follow Score Model, and Score Model a Trained model.');
  const stages: Stage[] = [];
  const seen = new Set<string>();
  let node = before(score.id, 'table');
  for (; node && !seen.has(node.id); node = before(node.id, 'table')) {
    seen.add(node.id);
    const definition = nodeType(catalog, node.type);
    const params = definition && parseParams(definition, node).params;
    if (!params) return refuse(node.id, 'This node has a mistake in its settings.');
    const place: Place = { node: String(params.node ?? ''), port: String(params.port ?? '') };
    if (node.type === FITTED_TRANSFORM) stages.unshift({ node: node.id, as: 'graph', from: place });
    else if (node.type === COLUMN_CHANGES) {
      const steps = readSteps(String(params.steps));
      if (!steps) return refuse(node.id, 'The list of changes cannot be read.');
      stages.unshift({ node: node.id, as: 'columns', steps });
    } else if (node.type === WEB_SERVICE_INPUT) {
      const columns = readColumns(String(params.columns));
      if (!columns || columns.length === 0) return refuse(node.id, 'The list of columns cannot be read, or is empty.');
      const prepared = output.params.node ? { node: String(output.params.node), port: String(output.params.port) } : null;
      const trained: Place = { node: String(model.params.node), port: String(model.params.port) };
      return { scoring: { stages, input: { columns, open: false }, source: place, trained, proof: { raw: place, prepared } }, issues: [] };
    } else return refuse(node.id, 'Only what was fitted in training, or row-wise changes of columns, can stand before Score Model here.');
  }
  return refuse(score.id, 'Score Model does not lead back to Web Service Input. Wire it.');
}
