import type { Catalog } from '#nodes/kit/define.ts';
import { problem, warning, type Issue } from '#nodes/kit/issues.ts';
import type { DocumentEdge, PipelineDocument } from './document.ts';
import { graphOf, topologicalOrder } from './graph.ts';
import { nodeType, portOf } from './look-up.ts';
import { atOnce, type Paused } from './paused.ts';
import { runningPart } from './running.ts';
import { propagating, type NodeState, type PropagationWorld } from './propagate.ts';

/** An issue with its place: a node, a wire, or (node null) the pipeline as a whole. */
export type PlacedIssue = Issue & { readonly node: string | null; readonly edge?: DocumentEdge };

export interface CheckWorld extends PropagationWorld {
  /** `run`: an inference pipeline is refused, since it is deployed, not run. */
  readonly purpose?: 'edit' | 'run';
  /** What `propagate` gave for this very document, when the caller has it already. */
  readonly states?: ReadonlyMap<string, NodeState>;
}

export const hasErrors = (issues: readonly Issue[]): boolean => issues.some((issue) => issue.level === 'error');

/** All that is wrong with a pipeline: its structure, then each node's issues in the order of the document. */
export function check(document: PipelineDocument, world: CheckWorld): PlacedIssue[] {
  return atOnce(checking(document, world));
}

/** `check` for whoever has other things to do meanwhile: pauses after each node. */
export function* checking(document: PipelineDocument, world: CheckWorld): Paused<PlacedIssue[]> {
  const states = world.states ?? (yield* propagating(document, world));
  const issues = checkStructure(document, world.catalog);
  if (document.kind === 'inference') issues.push(inferenceIssue(world.purpose));
  for (const id of graphOf(document).nodes.keys()) {
    for (const issue of states.get(id)?.issues ?? []) issues.push({ ...issue, node: id });
  }
  return issues;
}

/** Why no run, schedule or call can start an inference pipeline. */
export const DEPLOYED_NOT_RUN = 'An inference pipeline is deployed, not run. Press Deploy, or run the training pipeline that it was made from.';

function inferenceIssue(purpose: CheckWorld['purpose']): PlacedIssue {
  return purpose === 'run'
    ? {
        ...problem('scoring_refused', DEPLOYED_NOT_RUN),
        node: null,
      }
    : {
        ...warning('scoring_note', 'This inference pipeline is deployed, not run: Deploy serves it with the newest results of its training pipeline.'),
        node: null,
      };
}

/** What is wrong with a document whatever its parameters are: ids, wires, kinds, circles, and pipeline parameters. */
export function checkStructure(document: PipelineDocument, catalog: Catalog): PlacedIssue[] {
  const { running, off } = runningPart(document, catalog);
  const issues = [...checkWires(document, catalog), ...checkCycle(running), ...checkParameters(document, catalog)];
  return [...checkIds(document), ...issues.filter(({ node }) => node === null || !off.has(node))];
}

export function checkIds(document: PipelineDocument): PlacedIssue[] {
  const seen = new Set<string>();
  const issues: PlacedIssue[] = [];
  for (const { id } of document.nodes) {
    if (seen.has(id)) issues.push({ ...problem('node_duplicate', `Two nodes have the id "${id}". Give one of them another id.`), node: id });
    seen.add(id);
  }
  return issues;
}

const wireText = ({ from, to }: DocumentEdge): string => `${from.node}.${from.port} → ${to.node}.${to.port}`;

/** Wires whose ends are absent. */
export function checkDangling(document: PipelineDocument): PlacedIssue[] {
  const { nodes } = graphOf(document);
  const issues: PlacedIssue[] = [];
  for (const edge of document.edges) {
    const absent = [edge.from.node, edge.to.node].find((id) => !nodes.has(id));
    if (absent === undefined) continue;
    const node = [edge.to.node, edge.from.node].find((id) => nodes.has(id)) ?? null;
    issues.push({ ...problem('wire_dangling', `The wire ${wireText(edge)} names the node "${absent}", which does not exist. Remove the wire.`), node, edge });
  }
  return issues;
}

function checkWires(document: PipelineDocument, catalog: Catalog): PlacedIssue[] {
  const graph = graphOf(document);
  const issues = checkDangling(document);
  const occupied = new Set<string>();
  for (const edge of document.edges) {
    const { from, to } = edge;
    const source = graph.nodes.get(from.node);
    const target = graph.nodes.get(to.node);
    if (!source || !target) continue;
    const giver = nodeType(catalog, source.type);
    const taker = nodeType(catalog, target.type);
    const key = `${to.node}\n${to.port}`;
    if (occupied.has(key)) {
      issues.push({
        ...problem('wire_duplicate', `Two wires lead into ${portOf(taker, 'inputs', to.port)?.title ?? to.port}. An input takes one; remove the other.`, {
          port: to.port,
        }),
        node: to.node,
        edge,
      });
    }
    occupied.add(key);
    const leaves = portOf(giver, 'outputs', from.port);
    const enters = portOf(taker, 'inputs', to.port);
    if (giver && !leaves) {
      issues.push({
        ...problem('wire_dangling', `"${giver.title}" has no output "${from.port}". Remove the wire ${wireText(edge)}.`, { port: from.port }),
        node: from.node,
        edge,
      });
    }
    if (taker && !enters) {
      issues.push({
        ...problem('wire_dangling', `"${taker.title}" has no input "${to.port}". Remove the wire ${wireText(edge)}.`, { port: to.port }),
        node: to.node,
        edge,
      });
    }
    if (leaves && enters && leaves.kind !== enters.kind) {
      issues.push({
        ...problem('wire_kind', `${enters.title} takes a ${enters.kind}, but ${leaves.title} gives a ${leaves.kind}. Connect a ${enters.kind} output.`, {
          port: to.port,
        }),
        node: to.node,
        edge,
      });
    }
  }
  return issues;
}

function checkCycle(document: Pick<PipelineDocument, 'nodes' | 'edges'>): PlacedIssue[] {
  const graph = graphOf(document);
  const { cycle } = topologicalOrder(graph);
  if (cycle.length === 0) return [];
  const edge = graph.outgoing.get(cycle.at(-1)!)!.find((each) => each.to.node === cycle[0]);
  return [{ ...problem('cycle', `Wires go round in a circle: ${[...cycle, cycle[0]].join(' → ')}. Remove one of them.`), node: cycle[0]!, edge }];
}

function checkParameters(document: PipelineDocument, catalog: Catalog): PlacedIssue[] {
  const { nodes } = graphOf(document);
  const issues: PlacedIssue[] = [];
  const names = new Set<string>();
  for (const { name, node: id, param } of document.parameters) {
    if (names.has(name))
      issues.push({ ...problem('parameter_invalid', `Two pipeline parameters are named "${name}". Rename one of them.`, { param }), node: id });
    names.add(name);
    const node = nodes.get(id);
    const definition = nodeType(catalog, node?.type);
    if (!node)
      issues.push({
        ...problem('parameter_unknown', `The pipeline parameter "${name}" sets the node "${id}", which does not exist. Remove the parameter.`),
        node: null,
      });
    else if (definition && !Object.hasOwn(definition.params.shape, param)) {
      issues.push({
        ...problem('parameter_unknown', `The pipeline parameter "${name}" sets "${param}", which ${definition.title} does not have. Remove the parameter.`),
        node: id,
      });
    }
  }
  return issues;
}
