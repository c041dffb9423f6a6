import { readColumns, readSteps } from '#nodes/kit/column-texts.ts';
import type { Catalog, Ports } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PlacedIssue } from '../check.ts';
import { FORMAT_VERSION, type DocumentNode, type PipelineDocument } from '../document.ts';
import { graphOf } from '../graph.ts';
import { nodeType } from '../look-up.ts';
import { parseParams } from '../node-params.ts';
import { runningPart } from '../running.ts';
import { Drawing, drawScore, portOfKind, TRAINED_MODEL } from './drawing.ts';
import type { Place, Scoring, Stage } from './types.ts';
import { nameOf, type Walker } from './walk.ts';

export const WEB_SERVICE_INPUT = 'web-service-input';
export const WEB_SERVICE_OUTPUT = 'web-service-output';
export const FITTED_TRANSFORM = 'fitted-transform';
export const COLUMN_CHANGES = 'column-changes';

export interface Ends {
  /** The training pipeline's Score Model node, which the inference pipeline shows again. */
  readonly score: string | null;
  readonly label: string | undefined;
}

/** Draws a scoring path as a document of kind `inference`: one line from Web Service Input to Web Service Output, the model at its side. */
export function inferenceDocument(training: PipelineDocument, walker: Walker, scoring: Scoring, { score, label }: Ends): PipelineDocument {
  const { catalog } = walker;
  const drawing = new Drawing(catalog);
  const { raw, prepared } = scoring.proof;
  const input = drawing.add(WEB_SERVICE_INPUT, WEB_SERVICE_INPUT, '', { node: raw.node, port: raw.port, columns: JSON.stringify(scoring.input.columns) });
  let end: Place = { node: input, port: 'data' };
  for (const stage of scoring.stages) {
    drawing.down();
    const name = nameOf(walker, stage.node);
    const id =
      stage.as === 'graph'
        ? drawing.add(stage.node, FITTED_TRANSFORM, name, {
            node: stage.from.node,
            port: stage.from.port,
            columns: columnsText(leaving(walker, stage.node), label),
          })
        : drawing.add(stage.node, COLUMN_CHANGES, name, { node: stage.node, steps: JSON.stringify(stage.steps) });
    drawing.wire(end, id, 'data');
    end = { node: id, port: 'data' };
  }
  const scored = drawScore(drawing, walker, scoring, { end, score, label });
  drawing.down();
  const output = drawing.add(WEB_SERVICE_OUTPUT, WEB_SERVICE_OUTPUT, '', prepared === null ? {} : { node: prepared.node, port: prepared.port });
  drawing.wire(scored, output, 'data');
  return {
    formatVersion: FORMAT_VERSION,
    name: `${training.name} (inference)`.slice(0, 200),
    description: `Made from “${training.name}”.`,
    kind: 'inference',
    parameters: [],
    ...drawing.drawn(),
  };
}

/** The schema that leaves a node of the training pipeline on its first table output. */
function leaving({ graph, catalog, states }: Walker, id: string): TableSchema | undefined {
  const port = portOfKind(catalog[graph.nodes.get(id)!.type], 'outputs', 'table');
  return port === undefined ? undefined : (states.get(id)?.outputs[port] as TableSchema | undefined);
}

function columnsText(schema: TableSchema | undefined, label: string | undefined): string {
  return JSON.stringify(schema?.columns.filter((each) => each.name !== label) ?? []);
}

const placeOf = ({ node, port, run }: Readonly<Record<string, unknown>>): Place => ({
  node: String(node ?? ''),
  port: String(port ?? ''),
  ...(typeof run === 'number' && run > 0 ? { run } : {}),
});

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
    const place = placeOf(params);
    if (node.type === FITTED_TRANSFORM) stages.unshift({ node: node.id, as: 'graph', from: place });
    else if (node.type === COLUMN_CHANGES) {
      const steps = readSteps(String(params.steps));
      if (!steps) return refuse(node.id, 'The list of changes cannot be read.');
      stages.unshift({ node: node.id, as: 'columns', steps });
    } else if (node.type === WEB_SERVICE_INPUT) {
      const columns = readColumns(String(params.columns));
      if (!columns || columns.length === 0) return refuse(node.id, 'The list of columns cannot be read, or is empty.');
      const prepared = output.params.node ? { node: String(output.params.node), port: String(output.params.port) } : null;
      const trained = placeOf(model.params);
      return { scoring: { stages, input: { columns, open: false }, source: place, trained, proof: { raw: place, prepared } }, issues: [] };
    } else return refuse(node.id, 'Only what was fitted in training, or row-wise changes of columns, can stand before Score Model here.');
  }
  return refuse(score.id, 'Score Model does not lead back to Web Service Input. Wire it.');
}
