import type { AnyNode, AtScoring, Catalog, ColumnStep, Ports } from '#nodes/kit/define.ts';
import { problem, warning } from '#nodes/kit/issues.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import type { PlacedIssue } from '../check.ts';
import { wireInto, type Graph } from '../graph.ts';
import { nodeType } from '../look-up.ts';
import type { NodeState } from '../propagate.ts';
import type { Place } from './types.ts';

export interface Walker {
  readonly graph: Graph;
  readonly catalog: Catalog;
  readonly states: ReadonlyMap<string, NodeState>;
}

/** A stage as the walk finds it, with the place that feeds it. */
export type FoundStage = { readonly node: string; readonly before: Place } & (
  | { readonly as: 'graph'; readonly from: Place; readonly ownRowsDiffer: boolean }
  | { readonly as: 'columns'; readonly steps: readonly ColumnStep[] }
  | { readonly as: 'identity' }
);

export interface DataPath {
  readonly source: Place;
  /** From the source to the model. */
  readonly stages: readonly FoundStage[];
  readonly notes: readonly PlacedIssue[];
}

export class Refusal extends Error {
  readonly issue: PlacedIssue;

  constructor(node: string | null, message: string) {
    super(message);
    this.name = 'Refusal';
    this.issue = { ...problem('scoring_refused', message), node };
  }
}

export const nameOf = ({ graph, catalog }: Walker, id: string): string => {
  const node = graph.nodes.get(id);
  return node === undefined ? id : node.name || nodeType(catalog, node.type)?.title || node.type;
};

export function definitionOf({ graph, catalog }: Walker, id: string): AnyNode | undefined {
  return nodeType(catalog, graph.nodes.get(id)?.type);
}

/** What a node becomes at scoring; null where that cannot be known. */
export function atScoring(walker: Walker, id: string): AtScoring | null {
  const definition = definitionOf(walker, id);
  const state = walker.states.get(id);
  if (!definition || !state?.params) return null;
  try {
    return definition.atScoring(state.params, state.inputs);
  } catch {
    return null;
  }
}

/** Inputs of a kind that have a wire, in port order, with the place that feeds each. */
export function wiredInputs(walker: Walker, id: string, kind: Kind): { port: string; from: Place }[] {
  const ports = (definitionOf(walker, id)?.inputs ?? {}) as Ports;
  return Object.keys(ports).flatMap((port) => {
    const from = ports[port]!.kind === kind ? wireInto(walker.graph, id, port)?.from : undefined;
    return from ? [{ port, from }] : [];
  });
}

/** Walks from a place back to the data source; throws `Refusal`. */
export function walkData(walker: Walker, end: Place): DataPath {
  const stages: FoundStage[] = [];
  const notes: PlacedIssue[] = [];
  const seen = new Set<string>();
  let place = end;
  while (true) {
    const { node, port } = place;
    const name = nameOf(walker, node);
    if (seen.has(node)) throw new Refusal(node, `The way back from the model goes round in a circle at “${name}”. Remove one of its wires.`);
    seen.add(node);
    const at = atScoring(walker, node);
    if (!at) throw new Refusal(node, `“${name}” has a mistake in its settings or is of an unknown type. Correct it first.`);
    if (at.as === 'source') return { source: place, stages: stages.reverse(), notes };
    if (at.as === 'refuse') throw new Refusal(node, at.reason);
    if (at.as === 'train' || at.as === 'score')
      throw new Refusal(
        node,
        `The model takes what “${name}” gives, so it stands on another model. Only one model can be served: train it on data that was not scored before.`,
      );
    const before = sourceOf(walker, node, at.as === 'fitted' || at.as === 'columns' ? at.input : null);
    if ((at.as === 'fitted' || at.as === 'columns') && at.through !== port) {
      throw new Refusal(
        node,
        `The model takes its data from the output “${port}” of “${name}”, but at scoring rows pass only through “${at.through}”. Wire that one.`,
      );
    }
    if (at.as === 'fitted') stages.push({ node, before, as: 'graph', from: fittedPlace(walker, node, at.output), ownRowsDiffer: at.ownRowsDiffer === true });
    else if (at.as === 'columns') stages.push({ node, before, as: 'columns', steps: at.steps });
    else {
      stages.push({ node, before, as: 'identity' });
      if (at.as === 'identity' && at.note !== undefined) notes.push({ ...warning('scoring_note', at.note), node });
    }
    place = before;
  }
}

function sourceOf(walker: Walker, node: string, input: string | null): Place {
  const name = nameOf(walker, node);
  const tables = wiredInputs(walker, node, 'table');
  if (input !== null) {
    const wire = tables.find((each) => each.port === input);
    if (wire) return wire.from;
  } else if (tables.length > 1) {
    throw new Refusal(
      node,
      `Two tables meet at “${name}”, but a request is one table. Join them in a pipeline of its own, keep the result as a dataset, and train on that.`,
    );
  } else if (tables[0]) {
    return tables[0].from;
  }
  throw new Refusal(node, `“${name}” has no data. Connect its input.`);
}

/** The fitted output; a node that applies what another fitted names the input by which that comes. */
function fittedPlace(walker: Walker, node: string, port: string): Place {
  const definition = definitionOf(walker, node);
  if (definition && Object.hasOwn(definition.outputs as Ports, port)) return { node, port };
  const wire = wireInto(walker.graph, node, port);
  if (!wire)
    throw new Refusal(
      node,
      `“${nameOf(walker, node)}” has nothing fitted to apply. Connect “${(definition?.inputs as Ports | undefined)?.[port]?.title ?? port}”.`,
    );
  return wire.from;
}

/** Walks from a model wire through nodes that pass a model on to the one that trained or holds it; throws `Refusal`. */
export function walkModel(walker: Walker, end: Place): Place {
  const seen = new Set<string>();
  let place = end;
  while (!seen.has(place.node)) {
    seen.add(place.node);
    const at = atScoring(walker, place.node);
    if (at?.as === 'train' || at?.as === 'source') return place;
    const through = at?.as === 'vanish' || at?.as === 'identity' ? wiredInputs(walker, place.node, 'model')[0] : undefined;
    if (!through) break;
    place = through.from;
  }
  throw new Refusal(place.node, `“${nameOf(walker, place.node)}” does not give a trained model. Connect a Train Model node.`);
}
