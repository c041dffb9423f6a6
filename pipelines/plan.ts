import type { Catalog, Ports } from '#nodes/kit/define.ts';
import { problem } from '#nodes/kit/issues.ts';
import type { z } from 'zod';
import type { PlacedIssue } from './check.ts';
import type { NodePin, PipelineDocument } from './document.ts';
import { ancestors, descendants, graphOf, topologicalOrder, type Graph } from './graph.ts';
import { nodeType, own } from './look-up.ts';
import { atOnce, type Paused } from './paused.ts';
import { runningPart } from './running.ts';
import { paramTitle, parseParams } from './node-params.ts';
import { valueWords } from './value-words.ts';

/**
 * Which part of a pipeline runs: all of it, up to a node, a node alone, or from a node on. `before` says what of the nodes before it: they are
 * part of the run, where an earlier equal result will do (`current`), or where it will not (`fresh`), or they are not part of it and their
 * results are given (`pinned`). By default `pinned` for a node alone and `current` for the rest.
 */
export type Scope = { readonly before?: 'current' | 'fresh' | 'pinned' } & (
  { readonly kind: 'all' } | { readonly kind: 'to' | 'node' | 'from'; readonly node: string }
);

export interface PlannedStep {
  readonly node: string;
  readonly type: string;
  /** The version of the node type that will run. */
  readonly version: number;
  /** With defaults; as saved when they do not parse. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Input port → the output that feeds it. With pinned results these outputs belong to nodes outside the plan: take their earlier results. */
  readonly inputs: Readonly<Record<string, { readonly node: string; readonly port: string }>>;
  /** Results to take instead of running it. */
  readonly pin?: NodePin;
  /** True: the scope asks for its result. False: only what other steps need of it, so an earlier equal result will do. */
  readonly needed: boolean;
}
export interface Plan {
  readonly steps: readonly PlannedStep[];
}

/**
 * The steps of a run in an order that respects all wires; among steps that could go next, the one nearest to an output of the pipeline goes
 * first, then document order. Disabled nodes and what cannot run without them are left out; a pinned node waits for nothing. Nodes on a
 * circle, and a scope naming an absent node, give no steps: check first.
 */
export function plan(document: Pick<PipelineDocument, 'nodes' | 'edges'>, catalog: Catalog, scope: Scope): Plan {
  return atOnce(planning(document, catalog, scope));
}

/** `plan` for whoever has other things to do meanwhile: pauses after each step. */
export function* planning(document: Pick<PipelineDocument, 'nodes' | 'edges'>, catalog: Catalog, scope: Scope): Paused<Plan> {
  const graph = graphOf(planned(document, catalog));
  const needed = scope.before === 'fresh' ? includedNodes(graph, scope) : neededNodes(graph, scope);
  yield;
  const included = includedNodes(graph, scope);
  const steps: PlannedStep[] = [];
  for (const id of nearestFirst(graph, included)) {
    const node = graph.nodes.get(id)!;
    const definition = nodeType(catalog, node.type);
    const ports = definition?.inputs as Ports | undefined;
    const inputs: Record<string, { node: string; port: string }> = {};
    for (const { from, to } of graph.incoming.get(id)!) if (!ports || Object.hasOwn(ports, to.port)) inputs[to.port] ??= from;
    const params = (definition && node.version <= definition.version && parseParams(definition, node).params) || node.params;
    steps.push({
      node: id,
      type: node.type,
      version: definition?.version ?? node.version,
      params,
      inputs,
      ...(node.pin ? { pin: node.pin } : {}),
      needed: needed.has(id),
    });
    yield;
  }
  return { steps };
}

/** The nodes that are part of a run. */
export function includedNodes(graph: Graph, scope: Scope): Set<string> {
  const needed = neededNodes(graph, scope);
  const { before = scope.kind === 'node' ? 'pinned' : 'current' } = scope;
  return before === 'pinned' ? needed : new Set([...needed, ...ancestors(graph, ...needed)]);
}

/** The part of a document that runs are planned along: nothing leads into a pinned node. */
export function planned(document: Pick<PipelineDocument, 'nodes' | 'edges'>, catalog: Catalog): Pick<PipelineDocument, 'nodes' | 'edges'> {
  const { running } = runningPart(document, catalog);
  const pins = new Set(running.nodes.flatMap((node) => (node.pin ? [node.id] : [])));
  return pins.size === 0 ? running : { nodes: [...running.nodes], edges: running.edges.filter(({ to }) => !pins.has(to.node)) };
}

function neededNodes(graph: Graph, scope: Scope): Set<string> {
  if (scope.kind === 'all') return new Set(graph.nodes.keys());
  if (!graph.nodes.has(scope.node)) return new Set();
  const also = scope.kind === 'to' && scope.before !== 'pinned' ? ancestors(graph, scope.node) : scope.kind === 'from' ? descendants(graph, scope.node) : [];
  return new Set([...also, scope.node]);
}

function nearestFirst(graph: Graph, included: ReadonlySet<string>): string[] {
  const { order } = topologicalOrder(graph);
  const distance = new Map<string, number>();
  for (const id of order.toReversed()) {
    let nearest = Infinity;
    for (const edge of graph.outgoing.get(id)!) nearest = Math.min(nearest, distance.get(edge.to.node) ?? Infinity);
    distance.set(id, nearest === Infinity ? 0 : nearest + 1);
  }
  const waiting = new Map<string, number>();
  /** Ready nodes by distance; each is put in and taken out once. */
  const ready: string[][] = [];
  let lowest = 0;
  const makeReady = (id: string) => {
    const at = distance.get(id)!;
    while (ready.length <= at) ready.push([]);
    ready[at]!.push(id);
    lowest = Math.min(lowest, at);
  };
  for (const id of order) {
    if (!included.has(id)) continue;
    waiting.set(id, graph.incoming.get(id)!.filter((edge) => included.has(edge.from.node)).length);
  }
  for (const [id, count] of waiting) if (count === 0) makeReady(id);
  for (const bucket of ready) bucket.reverse();
  const result: string[] = [];
  while (lowest < ready.length) {
    const id = ready[lowest]!.pop();
    if (id === undefined) {
      lowest++;
      continue;
    }
    result.push(id);
    for (const edge of graph.outgoing.get(id)!.toReversed()) {
      const left = waiting.get(edge.to.node);
      if (left === undefined) continue;
      waiting.set(edge.to.node, left - 1);
      if (left === 1) makeReady(edge.to.node);
    }
  }
  return result;
}

/**
 * Sets pipeline parameters for one run. An unknown name gives `parameter_unknown`, a value of the wrong type `parameter_invalid`; the
 * document is then returned with the good values alone. With the catalog values are checked exactly, else by the type of the saved value.
 * A text that stands for a number or a truth (`"12.5"`, `"True"`) is taken as one where the parameter takes no text.
 */
export function applyParameters(
  document: PipelineDocument,
  values: Readonly<Record<string, unknown>>,
  catalog?: Catalog,
): { document: PipelineDocument; issues: PlacedIssue[] } {
  const issues: PlacedIssue[] = [];
  const changes = new Map<string, Record<string, unknown>>();
  const { nodes } = graphOf(document);
  for (const [name, value] of Object.entries(values)) {
    const parameter = document.parameters.find((each) => each.name === name);
    const node = parameter && nodes.get(parameter.node);
    if (!parameter || !node) {
      const known = document.parameters.map((each) => each.name);
      const hint = known.length === 0 ? 'It has none.' : `It has: ${known.join(', ')}.`;
      issues.push({ ...problem('parameter_unknown', `This pipeline has no parameter "${name}". ${hint}`, { param: name }), node: null });
      continue;
    }
    const wrongOf = (each: unknown): string | null => wrongValue(node.type, parameter.param, each, node.params[parameter.param], catalog);
    const wrong = wrongOf(value);
    const meant = wrong === null ? value : meantBy(value);
    if (meant === undefined || (wrong !== null && wrongOf(meant) !== null))
      issues.push({ ...problem('parameter_invalid', `${name}: ${wrong}`, { param: parameter.param }), node: node.id });
    else changes.set(node.id, { ...(changes.get(node.id) ?? node.params), [parameter.param]: meant });
  }
  if (changes.size === 0) return { document, issues };
  return { document: { ...document, nodes: document.nodes.map((node) => (changes.has(node.id) ? { ...node, params: changes.get(node.id)! } : node)) }, issues };
}

/** What a text may stand for where no text is taken. */
function meantBy(value: unknown): number | boolean | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function wrongValue(type: string, param: string, value: unknown, saved: unknown, catalog: Catalog | undefined): string | null {
  const definition = catalog && nodeType(catalog, type);
  if (definition) {
    const schema = own(definition.params.shape, param) as z.ZodType | undefined;
    if (!schema) return `${definition.title} has no parameter "${param}".`;
    if (value === undefined) return `Give a value for ${paramTitle(definition, param)}.`;
    const parsed = schema.safeParse(value);
    return parsed.success ? null : valueWords(parsed.error.issues[0]!);
  }
  const kindOf = (each: unknown) => (Array.isArray(each) ? 'list' : each === null ? 'null' : typeof each);
  return saved === undefined || kindOf(saved) === kindOf(value) ? null : `Expected a ${kindOf(saved)}, not a ${kindOf(value)}.`;
}
